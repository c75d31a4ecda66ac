namespace CalicoNet.Core;

/// <summary>An endpoint that is asked for: what of it is given, and how the rest is chosen.</summary>
/// <param name="Endpoint">
/// What is given. Without addresses it gets one of each family for which there is a pool. Addresses in a pool are handed out by name, others are
/// recorded as they are.
/// </param>
public sealed record EndpointRequest(Endpoint Endpoint)
{
    /// <summary>The pools to choose addresses from, by name or CIDR, in this order; empty: every pool that serves the node.</summary>
    public IReadOnlyList<string> Pools { get; init; } = [];

    /// <summary>
    /// Whether it gets the addresses again that it had last, while they are free and its pools have them, and those it gets are noted for the next
    /// time. The note outlives the endpoint. It binds CalicoNet alone: Calico hands the addresses out to others.
    /// </summary>
    public bool Sticky { get; init; }

    /// <summary>Whether the pools say who gets outgoing NAT, instead of the endpoint: an address that is in none gets it.</summary>
    public bool NatFollowsPools { get; init; }
}
