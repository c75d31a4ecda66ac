namespace CalicoNet;

/// <summary>Whether an interface answers for other hosts' addresses.</summary>
public sealed record ProxyArp : NetworkObject
{
    internal ProxyArp()
    {
    }

    /// <summary>The interface's name.</summary>
    public string InterfaceAlias { get; internal init; } = "";

    /// <summary>The interface's number.</summary>
    public int InterfaceIndex { get; internal init; }

    /// <summary>Enabled or Disabled: ARP, for IPv4 (<c>proxy_arp</c>).</summary>
    public string Status { get; internal init; } = "";

    /// <summary>Enabled or Disabled: NDP, for IPv6 (<c>proxy_ndp</c>).</summary>
    public string Ndp { get; internal init; } = "";

    /// <summary>The longest time in milliseconds that it waits before it answers (<c>proxy_delay</c>).</summary>
    public long DelayMilliseconds { get; internal init; }

    /// <summary>The pair, where it was set through one.</summary>
    public VethPair? VethPair { get; internal init; }

    /// <summary>Interface and state.</summary>
    public override string ToString() => $"{InterfaceAlias}: {Status}";
}
