using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Which pools may be, beside which others: Calico's rules, and two of ours (no loopback, no IPv4-mapped addresses). Pure.</summary>
public static class IPPoolRules
{
    private static readonly IPPrefix IPv4LinkLocal = IPPrefix.Parse("169.254.0.0/16");
    private static readonly IPPrefix IPv6LinkLocal = IPPrefix.Parse("fe80::/10");
    private static readonly IPPrefix[] Loopback = [IPPrefix.Parse("127.0.0.0/8"), IPPrefix.Parse("::1/128")];
    private static readonly IPPrefix IPv4Mapped = IPPrefix.Parse("::ffff:0:0/96");
    private static readonly string[] Modes = [IPPoolSpec.Never, IPPoolSpec.Always, IPPoolSpec.CrossSubnet];
    private static readonly string[] Uses = [IPPoolUse.Workload, IPPoolUse.Tunnel, IPPoolUse.LoadBalancer];

    /// <summary>What forbids a new pool; empty if nothing does. Each text names the value and the rule.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="others">All pools there are; one of the same name is not looked at.</param>
    /// <param name="blocks">All blocks there are, of a deleted pool too.</param>
    public static IReadOnlyList<string> FaultsOf(IPPool pool, IEnumerable<IPPool> others, IEnumerable<IPPrefix> blocks)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(blocks);
        return
        [
            .. Alone(pool),
            .. others.Where(other => other.Name != pool.Name && other.Cidr.Overlaps(pool.Cidr))
                .Select(other => $"the pool's addresses '{pool.Cidr}' overlap those of the pool '{other.Name}', '{other.Cidr}'"),
            .. blocks.Where(block => block.Length != pool.BlockSize && block.Overlaps(pool.Cidr)).Take(1)
                .Select(block => $"the block size {pool.BlockSize} is not that of the block '{block}', of which addresses are in use"),
        ];
    }

    /// <summary>What forbids a change of a pool; empty if nothing does.</summary>
    /// <param name="before">The pool as it is.</param>
    /// <param name="after">The pool as it is to be.</param>
    public static IReadOnlyList<string> FaultsOfChange(IPPool before, IPPool after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        List<string> faults = [];
        if (after.Cidr != before.Cidr)
        {
            faults.Add($"the addresses of a pool never change: '{before.Cidr}' to '{after.Cidr}'; make a new pool and disable this one");
        }

        if (after.BlockSize != before.BlockSize)
        {
            faults.Add($"the block size of a pool never changes: {before.BlockSize} to {after.BlockSize}; make a new pool and disable this one");
        }

        if (before.AllowedUses.Contains(IPPoolUse.LoadBalancer) && after.AllowedUses.FirstOrDefault(use => use != IPPoolUse.LoadBalancer) is { } use)
        {
            faults.Add($"a load balancer's pool stays one: '{use}' cannot be allowed");
        }

        return [.. faults, .. Alone(after)];
    }

    private static List<string> Alone(IPPool pool)
    {
        var cidr = pool.Cidr;
        if (cidr.Address.IsNone)
        {
            return ["a pool needs addresses"];
        }

        List<string> faults = [];
        var (smallest, largest) = cidr.Family == IPFamily.IPv4 ? (32, 20) : (128, 116);
        if (cidr.Network != cidr)
        {
            faults.Add($"'{cidr}' has host bits: did you mean '{cidr.Network}'?");
        }

        if (pool.BlockSize < largest || pool.BlockSize > smallest)
        {
            faults.Add($"the block size {pool.BlockSize} is none: an {cidr.Family} block is a /{largest} to /{smallest}");
        }
        else if (cidr.Length > pool.BlockSize)
        {
            faults.Add($"the pool '{cidr}' is smaller than one of its blocks, a /{pool.BlockSize}: give it a block size of {cidr.Length} to {smallest}");
        }

        Outside(IPv4LinkLocal, "link-local");
        Outside(IPv6LinkLocal, "link-local");
        Outside(Loopback[0], "loopback");
        Outside(Loopback[1], "loopback");
        Outside(IPv4Mapped, "IPv4-mapped");

        Among("vxlanMode", pool.Spec!.VxlanMode, Modes);
        Among("ipipMode", pool.Spec.IpipMode, Modes);
        Among("assignmentMode", pool.Spec.AssignmentMode, [IPPoolSpec.Automatic, IPPoolSpec.Manual]);
        foreach (var use in pool.AllowedUses)
        {
            Among("allowedUses", use, Uses);
        }

        if (pool.AllowedUses.Contains(IPPoolUse.LoadBalancer) && pool.AllowedUses.Count > 1)
        {
            faults.Add($"a load balancer's pool is for nothing else: '{string.Join(", ", pool.AllowedUses)}'");
        }

        if (On(pool.Spec.IpipMode) && On(pool.Spec.VxlanMode))
        {
            faults.Add($"a pool has one encapsulation: IPIP is '{pool.Spec.IpipMode}' and VXLAN is '{pool.Spec.VxlanMode}'");
        }

        if (On(pool.Spec.IpipMode) && cidr.Family == IPFamily.IPv6)
        {
            faults.Add($"IPIP ('{pool.Spec.IpipMode}') carries IPv4 only, not '{cidr}'");
        }

        foreach (var (name, selector) in new[] { ("nodeSelector", pool.NodeSelector), ("namespaceSelector", pool.NamespaceSelector) })
        {
            try
            {
                _ = Selector.Parse(selector);
            }
            catch (SelectorException error)
            {
                faults.Add($"{name}: {error.Message.TrimEnd('.')}");
            }
        }

        return faults;

        static bool On(string? mode) => mode is not (null or "" or IPPoolSpec.Never);

        void Outside(IPPrefix range, string what)
        {
            if (cidr.Overlaps(range))
            {
                faults.Add($"the pool's addresses '{cidr}' overlap the {what} ones, '{range}'");
            }
        }

        void Among(string field, string? value, string[] known)
        {
            if (value is { Length: > 0 } && !known.Contains(value))
            {
                faults.Add($"{field} '{value}' is none of {string.Join(", ", known)}");
            }
        }
    }
}
