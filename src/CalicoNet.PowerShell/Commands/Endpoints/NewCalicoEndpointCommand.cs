using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Connects a workload to its host in one step, all of it or nothing: address and record, namespace, veth pair, host routes, proxy ARP, the
/// link-local gateway, protection against forged sources, and NAT. Needs CAP_NET_ADMIN and CAP_SYS_ADMIN.
/// </summary>
[Cmdlet(VerbsCommon.New, "CalicoEndpoint", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(CalicoEndpoint))]
[Needs(NeedsAttribute.NetAdmin, NeedsAttribute.SysAdmin)]
public sealed class NewCalicoEndpointCommand : EndpointCommand
{
    private const int DefaultMtu = 1500;
    private int _made;

    /// <summary>Its name: letters, digits, '_', '.' and '-', at most 128. From the pipeline by value texts only.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), NameTransformation]
    [AllowEmptyString]
    public string Name { get; set; } = "";

    /// <summary>The workload namespace its name is in.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ValidateNotNullOrEmpty, ArgumentCompleter(typeof(WorkloadNamespaceCompleter))]
    public string WorkloadNamespace { get; set; } = EndpointName.DefaultWorkloadNamespace;

    /// <summary>The workload's addresses, IPv4, IPv6 or both. One in an IP pool is taken from it. Without any, one of each family for which there is a pool.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true), IPAddressTransformation]
    public string[] IPAddress { get; set; } = [];

    /// <summary>The IP pools to take addresses from, by name or CIDR, in this order. Without any, every pool that serves this node.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), TextListTransformation, ValidateNotNullOrEmpty, ArgumentCompleter(typeof(IPPoolCompleter))]
    public string[] Pool { get; set; } = [];

    /// <summary>The workload's network namespace, used where it exists and made where not. Without it the endpoint's name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>The host's network namespace.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? HostNetNamespace { get; set; }

    /// <summary>The workload's interface, 15 bytes at most.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Alias("ifAlias"), ValidateNotNullOrEmpty]
    public string InterfaceAlias { get; set; } = "eth0";

    /// <summary>The MTU in bytes.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ValidateRange(68, 65535)]
    public int MtuSize { get; set; } = DefaultMtu;

    /// <summary>The workload's MAC address; without it a random one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Alias("MAC"), MacAddressTransformation]
    public string? MacAddress { get; set; }

    /// <summary>Whether what the workload sends to the outside gets the host's address, or of which family. Without it the address's pool says so; where that is none, it does.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ValidateSet(Texts.Enabled, Texts.Disabled, nameof(IPFamily.IPv4), nameof(IPFamily.IPv6))]
    public string NatOutgoing { get; set; } = "";

    /// <summary>Whether the workload gets its gateways' MAC address for good, so that it needs no ARP and no NDP, and the host no default route.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ValidateSet(Texts.Enabled, Texts.Disabled)]
    public string StaticNeighbor { get; set; } = Texts.Disabled;

    /// <summary>The workload's IPv4 gateway.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), IPAddressTransformation(Single = true)]
    public string Gateway { get; set; } = Endpoint.DefaultGateway.ToString();

    /// <summary>
    /// Gives the endpoint the addresses again that it had last, while they are free, and notes those it gets for the next time. The note stays
    /// when the endpoint is removed.
    /// </summary>
    [Parameter]
    public SwitchParameter StickyAddress { get; set; }

    /// <inheritdoc/>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowNull, AllowEmptyString, ArgumentCompleter(typeof(NodeCompleter))]
    public override string? NodeName { get; set; }

    /// <summary>Takes an equal endpoint that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private readonly HashSet<ulong> _asked = [];

    private protected override object? Target => Name;

    private protected override bool MakesDatastore => true;

    private protected override void Process()
    {
        var host = HostOf(HostNetNamespace);
        var wanted = Wanted(host.Kernel);
        var name = wanted.Endpoint.Name;
        // One that is but recorded is no endpoint to take: it is made, as it is without -Force.
        if (Force && !IsPreview && host.Find(name, Cancellation) is { Status: not EndpointStatus.Missing } existing)
        {
            var difference = Difference(wanted.Endpoint, existing);
            WriteObject(difference is null ? ToObject(host, existing) : throw CommandFault.Exists($"Endpoint '{name}'", difference));
            return;
        }

        Endpoint? planned = null;
        if (MayChange(Commands(), name.ToString(), "Create endpoint"))
        {
            var made = host.Create(wanted, Cancellation);
            WarnOfSilence(host.Kernel, made.Endpoint);
            WriteObject(ToObject(host, made));
            ShowProgress();
        }
        else if (IsPreview)
        {
            WriteObject(Planned(ToObject(host, new EndpointState(planned!, EndpointStatus.Missing, []))));
        }

        // Made only when somebody reads them.
        IEnumerable<string> Commands()
        {
            (planned, var plan) = host.Preview(wanted, Cancellation);
            foreach (var command in plan.Commands)
            {
                yield return command;
            }
        }
    }

    /// <summary>Says, once for each host, that its workloads will get no answer to their ARP requests.</summary>
    private void WarnOfSilence(EndpointManager host, Endpoint wanted)
    {
        if (!wanted.StaticNeighbor && wanted.Addresses.Any(address => address.Family == IPFamily.IPv4) && _asked.Add(host.HostCookie) && !host.AnswersFor(wanted.Gateway))
        {
            WriteWarning($"This host has no default route, so it does not answer ARP for {wanted.Gateway}, and its workloads reach nobody by IPv4: add one, or use -StaticNeighbor Enabled.");
        }
    }

    private EndpointRequest Wanted(EndpointManager host)
    {
        var name = EndpointName.Create(WorkloadNamespace, Name);
        Names.CheckInterface(InterfaceAlias);
        var gateway = IPAddr.Parse(Gateway);
        if (gateway.Family != IPFamily.IPv4)
        {
            throw new ArgumentException($"'{gateway}' is not an IPv4 gateway; the IPv6 gateway is always the host end's link-local address.");
        }

        List<IPAddr> addresses = [.. IPAddress.Select(IPAddr.Parse).Distinct()];
        foreach (var address in addresses)
        {
            if (address.IsUnspecified || address.IsLoopback || address.IsMulticast || address.IsLinkLocal || address.IsBroadcast)
            {
                throw new ArgumentException($"'{address}' cannot be a workload's address: it is unspecified, loopback, multicast, broadcast or link-local.");
            }

            // It stands for a node of IPv4 (RFC 4291, section 2.5.5.2), and was hardly meant as an address of IPv6.
            if (address.MappedIPv4 is { IsNone: false } mapped)
            {
                throw new ArgumentException($"'{address}' cannot be a workload's address: it is IPv4-mapped. Give '{mapped}'.");
            }
        }

        IPv6Mtu.Check(MtuSize, addresses);
        if (gateway.IsUnspecified || gateway.IsLoopback || gateway.IsMulticast || gateway.IsBroadcast || addresses.Contains(gateway))
        {
            throw new ArgumentException($"'{gateway}' cannot be the workload's gateway: it is unspecified, loopback, multicast, broadcast or the workload's own address.");
        }

        var workload = NetNamespaceRef.Parse(NetNamespace ?? Name);
        if (workload == host.Host)
        {
            throw new ArgumentException($"'{workload}' is the host's own network namespace: the workload needs another, or its routes would be the host's.");
        }

        var family = Enum.TryParse<IPFamily>(NatOutgoing, ignoreCase: true, out var only) ? only : default(IPFamily?);
        return new EndpointRequest(new Endpoint
        {
            Name = name,
            Host = new LinkRef(host.Host, name.HostLinkName),
            Workload = new LinkRef(workload, InterfaceAlias),
            Addresses = addresses,
            Mac = MacAddress is null ? Endpoint.NewMac() : LinkLayerAddress.ParseMac(MacAddress),
            Mtu = MtuSize,
            NatOutgoing = family is not null || NatOutgoing.Equals(Texts.Enabled, StringComparison.OrdinalIgnoreCase),
            NatFamily = family,
            StaticNeighbor = StaticNeighbor.Equals(Texts.Enabled, StringComparison.OrdinalIgnoreCase),
            Gateway = gateway,
        })
        {
            Pools = Pool,
            Sticky = StickyAddress,
            NatFollowsPools = NatOutgoing.Length == 0,
        };
    }

    /// <summary>What of an existing endpoint is not as it is wanted; null for nothing.</summary>
    private string? Difference(Endpoint wanted, EndpointState existing)
    {
        var found = existing.Endpoint;
        List<string> differences = [];
        void Compare<T>(string what, T expected, T actual, string verb = "is")
        {
            if (!EqualityComparer<T>.Default.Equals(expected, actual))
            {
                differences.Add($"its {what} {verb} {actual}");
            }
        }

        if (wanted.Addresses.Count > 0)
        {
            Compare("addresses", TextList.Of(wanted.Addresses.Order()), TextList.Of(found.Addresses.Order()), "are");
        }

        if (NatOutgoing.Length > 0)
        {
            Compare("outgoing NAT", Texts.Of(wanted.NatOutgoing, wanted.NatFamily), Texts.Of(found.NatOutgoing, found.NatFamily));
        }

        Compare("network namespace", wanted.Workload.Namespace, found.Workload.Namespace);
        Compare("interface", wanted.Workload.Name, found.Workload.Name);
        Compare("MTU", wanted.Mtu, found.Mtu);
        Compare("static neighbor", Texts.Of(wanted.StaticNeighbor), Texts.Of(found.StaticNeighbor));
        Compare("gateway", wanted.Gateway, found.Gateway);
        Compare("status", EndpointStatus.Ready, existing.Status);
        if (MacAddress is not null)
        {
            Compare("MAC address", wanted.Mac, found.Mac);
        }

        return differences.Count == 0 ? null : string.Join("; ", differences);
    }

    private static CalicoEndpoint Planned(CalicoEndpoint endpoint) => endpoint with
    {
        Planned = true,
        VethPair = new VethPair
        {
            NetNamespace = endpoint.NetNamespace,
            InterfaceAlias = endpoint.InterfaceAlias,
            HostNetNamespace = endpoint.HostNetNamespace,
            HostInterfaceAlias = endpoint.HostInterfaceAlias,
            MacAddress = endpoint.MacAddress,
            HostMacAddress = Endpoint.HostMac.ToString(),
            IPAddress = endpoint.IPAddress,
            MtuSize = endpoint.MtuSize,
            Planned = true,
        },
    };

    private void ShowProgress()
    {
        const int step = 100;   // about ten a second
        if (++_made % step == 0)
        {
            WriteProgress(new ProgressRecord(0, "Creating endpoints", $"{_made} created, the last one {Name}"));
        }
    }

    private protected override void Finish()
    {
        if (_made > 0)
        {
            WriteProgress(new ProgressRecord(0, "Creating endpoints", "Done") { RecordType = ProgressRecordType.Completed });
        }
    }
}
