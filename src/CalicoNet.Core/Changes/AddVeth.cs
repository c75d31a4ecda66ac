using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Makes a veth pair, the workload's end born in its namespace. Both ends are down.</summary>
/// <param name="Host">The host's end.</param>
/// <param name="Workload">The workload's end.</param>
public sealed record AddVeth(LinkRef Host, LinkRef Workload) : NetworkChange(Host.Namespace)
{
    /// <summary>The MTU of both ends in bytes; 0: the kernel's default, 1500.</summary>
    public int Mtu { get; init; }

    /// <summary>The host end's MAC address; none: the kernel makes one.</summary>
    public LinkLayerAddress HostMac { get; init; }

    /// <summary>The workload end's MAC address; none: the kernel makes one.</summary>
    public LinkLayerAddress WorkloadMac { get; init; }

    /// <summary>The host end's interface group.</summary>
    public uint Group { get; init; }

    /// <inheritdoc/>
    public override Channel Channel => Channel.Link;

    /// <inheritdoc/>
    public override string Title => $"create veth pair {Host} - {Workload}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands
    {
        get
        {
            var group = Group == 0 ? "" : $" group {Group}";
            var peer = Workload.Namespace.IsOwn ? "" : $" netns {CommandText.Quote(Workload.Namespace.IsName ? Workload.Namespace.ToString() : Workload.Namespace.Path)}";
            return [CommandText.Ip(Namespace, $"link add {End(Host.Name, HostMac)}{group} type veth peer {End(Workload.Name, WorkloadMac)}{peer}")];
        }
    }

    /// <inheritdoc/>
    public override NetworkChange Inverse => new RemoveLink(Host) { Group = Group };

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var spec = new VethSpec(Host.Name, Workload.Name) { Mtu = Mtu, Address = HostMac, PeerAddress = WorkloadMac, Group = Group };
        LinkWire.AddVeth(session.Stack(Namespace).Batch, spec, session.Stack(Workload.Namespace));
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var expected = $"{Host.Name} - {Workload.Name}{Describe(Mtu, HostMac, Group, Mtu, WorkloadMac)}";
        return (seen.Find(Host), seen.Find(Workload)) switch
        {
            (null, _) => Finding.Missing(this, expected),
            ({ } host, { } workload) when host.PeerIndex == workload.Index && workload.PeerIndex == host.Index
                => Finding.Compare(this, expected, $"{Host.Name} - {Workload.Name}{Describe(host.Mtu, host.Address, host.Group, workload.Mtu, workload.Address)}"),
            _ => new Finding(this, FindingState.Different, expected, $"{Host.Name} has another peer"),
        };
    }

    /// <summary>What was asked for of both ends; what was not may be anything. A link that is being removed has another of our groups.</summary>
    private string Describe(int mtu, LinkLayerAddress mac, uint group, int workloadMtu, LinkLayerAddress workloadMac)
        => (Mtu == 0 ? "" : $" mtu {mtu}/{workloadMtu}")
            + (HostMac.IsNone ? "" : $" address {mac}")
            + (WorkloadMac.IsNone ? "" : $" peer address {workloadMac}")
            + (Group == 0 ? "" : $" group {(Ownership.IsSame(Group, group) ? Group : group)}");

    internal override void OnEcho(NetworkSession session, Link link)
    {
        session.Learn(Host, link.Index);
        session.Learn(Workload, link.PeerIndex);
    }

    private string End(string name, LinkLayerAddress mac)
    {
        var address = mac.IsNone ? "" : $" address {mac}";
        var mtu = Mtu == 0 ? "" : $" mtu {Mtu}";
        return $"name {CommandText.Quote(name)}{address}{mtu} numtxqueues 1 numrxqueues 1";
    }
}
