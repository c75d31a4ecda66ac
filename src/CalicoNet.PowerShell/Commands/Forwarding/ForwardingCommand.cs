using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>What the cmdlets of forwarding have in common: a namespace as a whole, or one interface of it.</summary>
public abstract class ForwardingCommand : NamespaceCommand
{
    private protected ForwardingCommand()
    {
    }

    /// <summary>The interface; without it the namespace as a whole.</summary>
    [Parameter(Position = 0), Alias("ifAlias"), ValidateNotNullOrEmpty, ArgumentCompleter(typeof(InterfaceCompleter))]
    public string? InterfaceAlias { get; set; }

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter, NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public virtual string? NetNamespace { get; set; }

    private protected sealed override string? NamespaceArgument => NetNamespace;

    private protected sealed override object? Target => InterfaceAlias ?? "all";

    private protected IPForwarding Read(NetworkStack stack)
    {
        string State(IPFamily family) => stack.Sysctls.Find(PathOf(family)) is { } value ? Texts.Of(value != "0") : "";
        return new IPForwarding
        {
            NetNamespace = stack.Namespace.ToString(),
            InterfaceAlias = InterfaceAlias ?? "all",
            IPv4 = State(IPFamily.IPv4),
            IPv6 = State(IPFamily.IPv6),
        };
    }

    private protected string PathOf(IPFamily family)
        => InterfaceAlias is null ? HostSetup.ForwardingPath(family) : Sysctls.InterfacePath(family, InterfaceAlias, "forwarding");

    /// <summary>Whether there is what is asked for.</summary>
    private protected void Check(NetworkStack stack)
    {
        if (InterfaceAlias is not null && stack.Links.Find(InterfaceAlias) is null)
        {
            throw CommandFault.NotFound($"interface {new LinkRef(stack.Namespace, InterfaceAlias)}");
        }
    }
}

/// <summary>A cmdlet that switches forwarding.</summary>
public abstract class SwitchForwardingCommand : ForwardingCommand
{
    private protected SwitchForwardingCommand()
    {
    }

    /// <summary>IPv4, the default, IPv6, or both. A host that forwards IPv6 takes no more router advertisements where accept_ra is 1.</summary>
    [Parameter, ValidateSet(nameof(IPFamily.IPv4), nameof(IPFamily.IPv6))]
    public string[] AddressFamily { get; set; } = [nameof(IPFamily.IPv4)];

    /// <summary>Switches, and gives the state as it became; null where the user said no.</summary>
    private protected IPForwarding? Switch(bool on)
    {
        using var session = new NetworkSession();
        var stack = session.Stack(Where);
        Check(stack);
        var to = on ? "1" : "0";
        var plan = new NetworkPlan();
        foreach (var family in AddressFamily.Select(text => Enum.Parse<IPFamily>(text, ignoreCase: true)).Distinct())
        {
            var from = stack.Sysctls.Find(PathOf(family)) ?? throw new NetlinkException($"switch {family} forwarding", new NetlinkError(0, Errno.EAFNOSUPPORT));
            if (from != to)
            {
                plan.Add(new SetSysctl(stack.Namespace, PathOf(family), to, from));
            }
        }

        var isDone = plan.Changes.Count == 0 || Apply(plan, session, $"{Target} in {stack.Namespace}", $"{(on ? "Enable" : "Disable")} forwarding");
        var state = Read(stack);
        if (isDone || !IsPreview)
        {
            return isDone ? state : null;
        }

        bool Chosen(IPFamily family) => AddressFamily.Contains(family.ToString(), StringComparer.OrdinalIgnoreCase);
        return state with
        {
            IPv4 = Chosen(IPFamily.IPv4) ? Texts.Of(on) : state.IPv4,
            IPv6 = Chosen(IPFamily.IPv6) ? Texts.Of(on) : state.IPv6,
            Planned = true,
        };
    }
}
