using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests.Endpoints;

/// <summary>
/// A crash leaves a part of an endpoint: so many of its changes in the kernel, with its record or, as what needs no address is made meanwhile,
/// without one. Each part is left here in turn, in a namespace of the endpoint's own and in one that was there before.
/// </summary>
public sealed class LeftoverTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Any_part_that_a_crash_left_is_made_whole_by_the_next_creation_and_taken_by_a_removal(bool recorded, bool ownsNamespace)
    {
        using var lab = new RecordLab("four 10.65.0.0/24 26 \"natOutgoing\":true", "six fd00:65::/120 122");
        using var endpoints = lab.Open();
        var first = endpoints.Create(lab.Request("first")).Endpoint;
        endpoints.Remove([first.Name]);
        var given = NetNamespaceRef.Parse(lab.Kernel.Sandbox.AddNamespace("given"));
        var before = KernelState.Whole(lab.Kernel.Sandbox);
        IReadOnlyList<NetworkChange> Changes(Endpoint endpoint) => (recorded ? EndpointPlan.For(endpoint) : EndpointPlan.Unaddressed(endpoint)).Changes;
        var length = Changes(first with { OwnsNamespace = ownsNamespace }).Count;
        foreach (var count in Cuts(Changes(first with { OwnsNamespace = ownsNamespace })))
        {
            // To be removed, to be made again by itself, and to be made again as one of many: what is left of any of them stays until the end.
            foreach (var then in (string[])["removed", "alone", "another"])
            {
                var request = lab.Request($"{then}{count}");
                if (!ownsNamespace)
                    request = request with { Endpoint = request.Endpoint with { Workload = new LinkRef(given, "eth0") } };
                var endpoint = EndpointManager.WithNamespaceDecided(request.Endpoint);
                Assert.Equal(ownsNamespace, endpoint.OwnsNamespace);
                if (recorded)
                {
                    endpoint = endpoints.Create(request).Endpoint;
                    Assert.Null(Assert.Single(endpoints.Kernel.Remove([endpoint.Name])).Error);
                }

                var changes = Changes(endpoint);
                Assert.Equal(length, changes.Count);
                Leave(changes.Take(count));

                if (then == "removed")
                {
                    Assert.Equal(new EndpointRemoval(endpoint.Name, Found: recorded || count > 0, null), Assert.Single(endpoints.Remove([endpoint.Name])));
                    continue;
                }

                using var others = lab.Open();
                var maker = then == "alone" ? others : endpoints;
                if (recorded && count == length)
                    Assert.Equal(CalicoFault.Exists, Assert.Throws<CalicoException>(() => maker.Create(request)).Fault);
                else
                    maker.Create(request);
                var state = Assert.Single(others.List());
                Assert.Equal((endpoint.Name, EndpointStatus.Ready, ownsNamespace), (state.Endpoint.Name, state.Status, state.Endpoint.OwnsNamespace));
                Assert.Equal(state.Endpoint.Addresses.Select(address => address.ToString()).Order(StringComparer.Ordinal), lab.Used().Keys.Order(StringComparer.Ordinal));
                Assert.Null(Assert.Single(endpoints.Remove([endpoint.Name])).Error);
            }
        }

        lab.AssertNothingHeld();
        Assert.Equal(before, KernelState.Whole(lab.Kernel.Sandbox));
    }

    /// <summary>After how many changes a crash can come: the host's end is made by one flush, which no crash cuts in two.</summary>
    private static IEnumerable<int> Cuts(IReadOnlyList<NetworkChange> changes)
    {
        var last = changes.TakeWhile(change => change is not ConfigureLink { Settings.Alias: not null }).Count();
        return Enumerable.Range(0, last + 1).Append(changes.Count).Distinct();
    }

    private static void Leave(IEnumerable<NetworkChange> changes)
    {
        var part = new NetworkPlan();
        foreach (var change in changes)
            part.Add(change);
        using var session = new NetworkSession();
        part.Apply(session, OnFailure.Continue).ThrowIfFailed();
    }
}
