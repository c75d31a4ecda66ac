using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Makes a veth pair: one end on the host, the other born in the workload's namespace, both up. Needs CAP_NET_ADMIN, and CAP_SYS_ADMIN to
/// reach into the namespace.
/// </summary>
[Cmdlet(VerbsCommon.New, "VethPair", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(VethPair))]
[Needs(NeedsAttribute.NetAdmin, NeedsAttribute.SysAdmin)]
public sealed class NewVethPairCommand : NetworkCommand
{
    private const string DefaultAlias = "eth0";

    /// <summary>The workload's namespace.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), NetNamespaceTransformation, NameTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string NetNamespace { get; set; } = "";

    /// <summary>The workload end's name, 15 bytes at most.</summary>
    [Parameter, Alias("ifAlias"), ValidateNotNullOrEmpty]
    public string InterfaceAlias { get; set; } = DefaultAlias;

    /// <summary>The host end's name. Without it <c>veth</c> and 11 hexadecimal digits of the SHA-1 of namespace, dot and workload end.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? HostInterfaceAlias { get; set; }

    /// <summary>The host's namespace.</summary>
    [Parameter, NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? HostNetNamespace { get; set; }

    /// <summary>Addresses of the workload end; without a length /32 and /128.</summary>
    [Parameter, IPAddressTransformation(AllowPrefix = true)]
    public string[] IPAddress { get; set; } = [];

    /// <summary>The MTU of both ends in bytes.</summary>
    [Parameter, ValidateRange(68, 65535)]
    public int MtuSize { get; set; }

    /// <summary>The workload end's MAC address.</summary>
    [Parameter, Alias("MAC"), MacAddressTransformation]
    public string? MacAddress { get; set; }

    /// <summary>The host end's MAC address.</summary>
    [Parameter, MacAddressTransformation]
    public string? HostMacAddress { get; set; }

    /// <summary>Takes an equal pair that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override object? Target => NetNamespace;

    private protected override void Process()
    {
        var workloadPlace = NetNamespaceRef.Parse(NetNamespace);
        var hostPlace = HostNetNamespace is null ? CurrentNamespace.Reference : NetNamespaceRef.Parse(HostNetNamespace);
        var hostName = HostInterfaceAlias ?? Ownership.HashedName("veth", $"{workloadPlace}.{InterfaceAlias}");
        Names.CheckInterface(InterfaceAlias);
        Names.CheckInterface(hostName);
        var (host, workload) = (new LinkRef(hostPlace, hostName), new LinkRef(workloadPlace, InterfaceAlias));
        var addresses = IPAddress.Select(IPPrefix.Parse).Distinct().ToList();
        if (MtuSize != 0)
        {
            IPv6Mtu.Check(MtuSize, addresses.Select(prefix => prefix.Address));
        }

        var plan = new NetworkPlan();
        var veth = plan.Add(new AddVeth(host, workload)
        {
            Mtu = MtuSize,
            WorkloadMac = Mac(MacAddress),
            HostMac = Mac(HostMacAddress),
        });
        plan.Add(new SetLinkState(host, Up: true), carrier: veth);
        plan.Add(new SetLinkState(workload, Up: true), carrier: veth);
        foreach (var address in addresses)
        {
            plan.Add(new AddAddress(workload, address) { NoDuplicateDetection = address.Family == IPFamily.IPv6 }, carrier: veth);
        }

        using var session = new NetworkSession();
        if (!IsPreview && PairReader.Find(session, host) is { } existing)
        {
            WriteObject(Existing(existing, addresses));
            return;
        }

        if (Apply(plan, session, $"{hostName} - {InterfaceAlias} in {workloadPlace}", "Create veth pair"))
        {
            WriteObject(PairReader.Find(session, host) ?? throw CommandFault.NotFound($"interface {host} any more"));
        }
        else if (IsPreview)
        {
            WriteObject(new VethPair
            {
                NetNamespace = workloadPlace.ToString(),
                InterfaceAlias = InterfaceAlias,
                MacAddress = veth.WorkloadMac.ToString(),
                HostNetNamespace = hostPlace.ToString(),
                HostInterfaceAlias = hostName,
                HostMacAddress = veth.HostMac.ToString(),
                IPAddress = TextList.Of(addresses.Select(a => a.Address)),
                MtuSize = MtuSize,
                Status = Texts.Up,
                Planned = true,
            });
        }
    }

    /// <summary>Left to the kernel where none is given; in a preview chosen here, because later command lines speak of it.</summary>
    private LinkLayerAddress Mac(string? given) => given is not null ? LinkLayerAddress.ParseMac(given) : IsPreview ? Endpoint.NewMac() : default;

    private VethPair Existing(VethPair existing, List<IPPrefix> addresses)
    {
        List<string> differences = [];
        var there = new LinkRef(NetNamespaceRef.Parse(existing.NetNamespace), existing.InterfaceAlias);
        if (there != new LinkRef(NetNamespaceRef.Parse(NetNamespace), InterfaceAlias))
        {
            differences.Add($"its workload end is {there}");
        }

        if (MtuSize != 0 && existing.MtuSize != MtuSize)
        {
            differences.Add($"its MTU is {existing.MtuSize}");
        }

        if (addresses.Count > 0 && !addresses.Select(a => a.Address.ToString()).ToHashSet().SetEquals(existing.IPAddress))
        {
            differences.Add($"its addresses are {(existing.IPAddress.Count == 0 ? "none" : existing.IPAddress)}");
        }

        var difference = differences.Count == 0 ? null : string.Join("; ", differences);
        return Force && difference is null ? existing : throw CommandFault.Exists($"Veth pair {existing}", difference ?? "it is equal, -Force takes it");
    }
}
