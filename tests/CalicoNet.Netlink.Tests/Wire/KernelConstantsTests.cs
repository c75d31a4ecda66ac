using System.Globalization;
using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Wire;

public sealed class KernelConstantsTests
{
    private const string Includes = """
        #include <errno.h>
        #include <limits.h>
        #include <stddef.h>
        #include <stdio.h>
        #include <time.h>
        #include <sys/file.h>
        #include <sys/socket.h>
        #include <linux/errqueue.h>
        #include <linux/icmp.h>
        #include <linux/icmpv6.h>
        #include <linux/if.h>
        #include <linux/if_addr.h>
        #include <linux/if_link.h>
        #include <linux/in.h>
        #include <linux/in6.h>
        #include <linux/ip.h>
        #include <linux/ipv6.h>
        #include <linux/magic.h>
        #include <linux/neighbour.h>
        #include <linux/net_namespace.h>
        #include <linux/netfilter.h>
        #include <linux/netfilter_ipv4.h>
        #include <linux/netfilter/nf_conntrack_common.h>
        #include <linux/netfilter/nf_nat.h>
        #include <linux/netfilter/nf_tables.h>
        #include <linux/netfilter/nfnetlink.h>
        #include <linux/netlink.h>
        #include <linux/rtnetlink.h>
        #include <linux/sched.h>
        #include <linux/veth.h>
        """;

    /// <summary>What the headers of Debian 12 (Linux 6.1) cannot confirm, and why.</summary>
    private static readonly Dictionary<string, string> s_elsewhere = new()
    {
        ["LOOPBACK_IFINDEX"] = "net/flow.h is the kernel's own; user space sees the number in every namespace",
        ["NFT_MSG_DESTROYSETELEM"] = "Linux 6.3",
        ["NFT_TABLE_F_PERSIST"] = "Linux 6.9",
        ["RouteProtocol.Felix"] = "Calico's choice of one of the numbers that the kernel leaves to routing daemons",
        ["TYPE_INVALID"] = "nft's own datatype.h; the kernel keeps the number and does not read it",
        ["TYPE_IPADDR"] = "as above",
        ["TYPE_IP6ADDR"] = "as above",
        ["BYTEORDER_BIG_ENDIAN"] = "as above",
        ["NFTNL_UDATA_SET_KEYBYTEORDER"] = "libnftnl's udata.h; the kernel keeps user data and does not read it",
        ["NFTNL_UDATA_SET_MERGE_ELEMENTS"] = "as above",
        ["NFTNL_UDATA_SET_COMMENT"] = "as above",
        ["NFTNL_UDATA_COMMENT_MAXLEN"] = "as above",
    };

    [Fact]
    public void Every_constant_and_every_header_is_the_kernels()
    {
        var names = KernelNames.Read();
        var numbers = names.Numbers.Where(number => !s_elsewhere.ContainsKey(number.Expression)).ToList();

        var program = CCompiler.Compile($$"""
            {{Includes}}
            int main(void)
            {
            {{string.Concat(numbers.Select(number => $"    printf(\"%lld\\n\", (long long)({InC(number.Expression)}));\n"))}}    return 0;
            }
            """);
        var kernels = Exec.Run(program).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        // xUnit cuts texts short; each of these lines is wanted.
        var faults = names.Nameless.Except(s_elsewhere.Keys).Select(place => $"{place} has no name of the kernel's")
            .Concat(numbers.Zip(kernels).Where(pair => pair.First.Value.ToString(CultureInfo.InvariantCulture) != pair.Second)
                .Select(pair => $"{pair.First.Place} is {pair.First.Value}, but {pair.First.Expression} is {pair.Second}"))
            .Concat(s_elsewhere.Keys.Except(names.Nameless).Except(names.Numbers.Select(number => number.Expression))
                .Select(name => $"{name} is excepted and nowhere to be found"))
            .ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(numbers.Count, kernels.Length);
        Assert.InRange(numbers.Count, 400, int.MaxValue);   // a parser that finds nothing finds no fault
    }

    /// <summary>As it stands on the wire: a message of nf_tables carries its subsystem in the high byte, an attribute's type has 16 bits.</summary>
    private static string InC(string expression)
        => expression.StartsWith("NFT_MSG_", StringComparison.Ordinal) ? $"NFNL_SUBSYS_NFTABLES << 8 | {expression}"
            : expression == "NFNL_SUBSYS_NFTABLES" ? "NFNL_SUBSYS_NFTABLES << 8"
            : expression == "NLA_TYPE_MASK" ? "(unsigned short)NLA_TYPE_MASK"
            : expression;
}
