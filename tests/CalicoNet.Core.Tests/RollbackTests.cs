using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

public sealed class RollbackTests
{
    /// <summary>A change that the kernel refuses, at its place in the flush: what comes after it is carried out all the same.</summary>
    private sealed record Refused(LinkRef Link) : NetworkChange(Link.Namespace)
    {
        public override Channel Channel => Channel.Rtnetlink;

        public override IReadOnlyList<string> Commands => [];

        public override NetworkChange? Inverse => null;

        public override string Title => "be refused";

        public override Finding Inspect(NetworkSnapshot seen) => new(this, FindingState.Missing, "", "");

        public override void Write(NetworkSession session) => RouteWire.Add(
            session.Stack(Namespace).Batch, new Route(IPPrefix.Parse("192.0.2.77/32"), session.IndexOf(Link)) { Gateway = IPAddr.Parse("198.51.100.99") });
    }

    [Fact]
    public void A_failure_at_any_step_undoes_every_earlier_one_and_keeps_the_first_error()
    {
        using var lab = new EndpointLab();
        using (var manager = lab.Open())
        {
            manager.Remove([manager.Create(lab.Endpoint("first", "10.65.9.9", "fd00:65::99") with { NatOutgoing = true }).Endpoint.Name]);
        }

        var before = lab.HostState();
        var endpoint = lab.Endpoint("web", "10.65.0.1", "fd00:65::1") with { NatOutgoing = true, StaticNeighbor = true, OwnsNamespace = true };
        var whole = EndpointPlan.For(endpoint);
        var veth = whole.Changes.OfType<AddVeth>().Single();
        for (var position = whole.Changes.ToList().IndexOf(veth) + 1; position <= whole.Changes.Count; position++)
        {
            var plan = new NetworkPlan();
            for (var i = 0; i < whole.Changes.Count; i++)
            {
                if (i == position)
                {
                    plan.Add(new Refused(endpoint.Host));
                }

                var change = whole.Changes[i];
                plan.Add(change, carrier: i > whole.Changes.ToList().IndexOf(veth) && change.Channel != Channel.Firewall ? veth : null);
            }

            if (position == whole.Changes.Count)
            {
                plan.Add(new Refused(endpoint.Host));
            }

            using var session = new NetworkSession();
            var result = plan.Apply(session, OnFailure.Undo);

            Assert.IsType<Refused>(result.FirstFailure!.Change);
            Assert.DoesNotContain(Outcome.Done, result.Outcomes);
            Assert.DoesNotContain(Outcome.NotUndone, result.Outcomes);
            Assert.Equal(before, lab.HostState());
            Assert.False(NetNamespaces.Exists(endpoint.Workload.Namespace.ToString()));
        }
    }

    [Fact]
    public void What_a_creation_that_ended_after_any_change_left_is_taken_over_or_removed()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        manager.Remove([manager.Create(lab.Endpoint("first", "10.65.9.9", "fd00:65::99") with { NatOutgoing = true }).Endpoint.Name]);
        var before = lab.HostState();
        var endpoint = lab.Endpoint("web", "10.65.0.1", "fd00:65::1") with { NatOutgoing = true };
        var steps = EndpointPlan.For(endpoint with { OwnsNamespace = true }).Changes;
        for (var ended = 1; ended <= steps.Count; ended++)
        {
            // As a process leaves it that was killed here: done so far, nothing undone.
            Leave(steps, ended);
            manager.Remove([endpoint.Name]);
            Assert.Equal(before, lab.HostState());
            Assert.False(NetNamespaces.Exists(endpoint.Workload.Namespace.ToString()));

            Leave(steps, ended);
            if (manager.Find(endpoint.Name)?.Status != EndpointStatus.Ready && Ip.In(lab.Sandbox.HostName).Routes(4).All(route => route.Destination != "10.65.0.1"))
            {
                manager.Create(endpoint);
                Assert.Equal(EndpointStatus.Ready, manager.Find(endpoint.Name)!.Status);
            }

            manager.Remove([endpoint.Name]);
            Assert.Equal(before, lab.HostState());
        }
    }

    private static void Leave(IReadOnlyList<NetworkChange> steps, int count)
    {
        var plan = new NetworkPlan();
        foreach (var change in steps.Take(count))
        {
            plan.Add(change);
        }

        using var session = new NetworkSession();
        plan.Apply(session, OnFailure.Continue).ThrowIfFailed();
    }
}
