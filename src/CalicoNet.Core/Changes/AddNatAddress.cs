using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>placeholder</summary>
public sealed record AddNatAddress(NetNamespaceRef Namespace, IPAddr Address) : NetworkChange(Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Firewall;
    /// <inheritdoc/>
    public override string Title => $"masquerade {Address}";
    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [];
    /// <inheritdoc/>
    public override NetworkChange? Inverse => null;
    /// <inheritdoc/>
    public override void Write(NetworkSession session) { }
}
/// <summary>placeholder</summary>
public sealed record RemoveNatAddress(NetNamespaceRef Namespace, IPAddr Address) : NetworkChange(Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Firewall;
    /// <inheritdoc/>
    public override string Title => $"masquerade {Address}";
    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [];
    /// <inheritdoc/>
    public override NetworkChange? Inverse => null;
    /// <inheritdoc/>
    public override void Write(NetworkSession session) { }
}
