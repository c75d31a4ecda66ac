namespace CalicoNet;

/// <summary>Whether packets are forwarded between interfaces.</summary>
public sealed record IPForwarding : NetworkObject
{
    internal IPForwarding()
    {
    }

    /// <summary>The interface's name; <c>all</c> for the namespace as a whole.</summary>
    public string InterfaceAlias { get; internal init; } = "all";

    /// <summary>Enabled or Disabled, for IPv4.</summary>
    public string IPv4 { get; internal init; } = "";

    /// <summary>Enabled or Disabled, for IPv6; empty where the kernel has none.</summary>
    public string IPv6 { get; internal init; } = "";

    /// <summary>Both states.</summary>
    public override string ToString() => $"{InterfaceAlias}: IPv4 {IPv4}, IPv6 {IPv6}";
}
