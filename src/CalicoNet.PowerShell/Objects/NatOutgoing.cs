namespace CalicoNet;

/// <summary>A source whose packets to the outside get the host's address.</summary>
public sealed record NatOutgoing : NetworkObject
{
    internal NatOutgoing()
    {
    }

    /// <summary>An address as /32 or /128, or a prefix.</summary>
    public string SourcePrefix { get; internal init; } = "";

    /// <summary>Enabled or Disabled.</summary>
    public string Status { get; internal init; } = "";

    /// <summary>Destinations to which packets of all sources keep their address.</summary>
    public TextList ExcludePrefix { get; internal init; } = TextList.Empty;

    /// <summary>IPv4 or IPv6.</summary>
    public string AddressFamily { get; internal init; } = "";

    /// <summary>The pair, where it was set through one.</summary>
    public VethPair? VethPair { get; internal init; }

    /// <summary>Source and state.</summary>
    public override string ToString() => $"{SourcePrefix}: {Status}";
}
