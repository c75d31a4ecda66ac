using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet;

/// <summary>Gathers veth pairs, and removes them together: one by one each costs milliseconds, many of one namespace share a request.</summary>
internal sealed class PairRemoval
{
    private const int BatchSize = 256;

    private readonly List<NetworkPlan> _waiting = [];

    /// <summary>The removal of an open pair.</summary>
    /// <exception cref="CommandFault">It is a Calico endpoint's.</exception>
    public static RemoveLink Of(OpenPair pair, bool force)
    {
        CheckOwner(force, pair.HostLink, pair.WorkloadLink);
        return new RemoveLink(pair.Host) { Index = pair.HostLink.Index };
    }

    /// <summary>The removal of a pair that is only planned, for its command line.</summary>
    public static RemoveLink OfPlanned(OpenPair pair) => new(pair.Host);

    /// <summary>The removal of a pair by one of its ends.</summary>
    /// <exception cref="CommandFault">There is no such veth, or it is a Calico endpoint's.</exception>
    public static RemoveLink Of(LinkRef end, bool force)
    {
        using var session = new NetworkSession();
        var stack = session.Stack(end.Namespace);
        if (stack.Links.Find(end.Name) is not { Kind: "veth" } link)
        {
            throw CommandFault.NotFound($"veth pair with the end {end}");
        }

        var host = PairReader.List(stack, [link]) is [var pair] ? session.Stack(NetNamespaceRef.Parse(pair.HostNetNamespace)).Links.Find(pair.HostInterfaceIndex) : null;
        CheckOwner(force, link, host);
        return new RemoveLink(end) { Index = link.Index };
    }

    /// <summary>Takes a removal in. True when it is time to flush.</summary>
    public bool Add(RemoveLink change)
    {
        var plan = new NetworkPlan();
        plan.Add(change);
        _waiting.Add(plan);
        return _waiting.Count >= BatchSize;
    }

    /// <summary>Removes what waits, as far as the kernel lets it. What is gone meanwhile went with its other end.</summary>
    /// <returns>What could not be removed.</returns>
    public IReadOnlyList<CalicoException> Flush()
    {
        if (_waiting.Count == 0)
        {
            return [];
        }

        var plan = NetworkPlan.Together(_waiting);
        _waiting.Clear();
        using var session = new NetworkSession();
        return [.. plan.Apply(session, OnFailure.Continue).Failures.Select(failure => failure.ToException())];
    }

    private static void CheckOwner(bool force, params ReadOnlySpan<Link?> ends)
    {
        foreach (var end in ends)
        {
            if (!force && end is not null && Ownership.IsOurs(end.Group))
            {
                var owner = end.Alias is null ? "a Calico endpoint that is half made" : $"a Calico endpoint ({end.Alias})";
                throw new CommandFault(
                    ErrorIds.NotOurs,
                    ErrorCategory.ResourceExists,
                    $"Interface '{end.Name}' belongs to {owner}, whose routes, NAT and namespace would stay behind.",
                    "Use Remove-CalicoEndpoint, or -Force for the pair alone.");
            }
        }
    }
}
