using System.Text.Json;
using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

/// <summary>
/// The kernel state of our endpoints against that of Calico's own plugin (v3.32.1, recorded with <c>ip -j -d</c> and every per-interface
/// sysctl): the same addresses, routes, neighbors and switches. Every difference is listed here with its reason, and no other is allowed.
/// </summary>
public sealed class GoldenTests
{
    [Theory]
    [InlineData("01-after-add-v4.json", "caliaaaa1111bbb")]
    [InlineData("02-after-add-dual.json", "calidual1111")]
    [InlineData("03-after-add-v6-only.json", "calisixonly1")]
    [InlineData("04-after-add-mtu-forwarding.json", "calimtu11111")]
    public void An_endpoint_is_in_the_kernel_as_Calico_makes_it(string stage, string hostLink)
    {
        using var recorded = JsonDocument.Parse(File.ReadAllText(Requires.Golden("calico", "kernel", stage)));
        var theirs = KernelView.Of(recorded.RootElement, hostLink);
        using var lab = new EndpointLab();
        using var manager = lab.Open();

        var made = manager.Create(lab.Endpoint("web", [.. theirs.Addresses]) with { Mtu = theirs.Mtu }).Endpoint;

        using var now = KernelView.Record(lab.Sandbox.HostName, made.Workload.Namespace.ToString());
        var ours = KernelView.Of(now.RootElement, made.Host.Name);
        var name = made.Workload.Namespace.ToString();
        Assert.Equal(Wanted(theirs, name).Order(StringComparer.Ordinal), Difference(theirs.Lines, ours.Lines));
    }

    [Fact]
    public void What_a_removal_leaves_is_what_Calicos_leaves()
    {
        using var recorded = JsonDocument.Parse(File.ReadAllText(Requires.Golden("calico", "kernel", "08-after-del-v4.json")));
        var theirs = KernelView.Of(recorded.RootElement, "caliaaaa1111bbb");
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        // The namespace is the container runtime's, as it was there: it stays.
        var workload = lab.Sandbox.AddNamespace("pod");
        Ip.In(workload).Run("link set lo up");
        var made = manager.Create(lab.Endpoint("web", "10.65.174.128") with { Workload = new LinkRef(NetNamespaceRef.Parse(workload), "eth0") }).Endpoint;

        manager.Remove([made.Name]);

        using var now = KernelView.Record(lab.Sandbox.HostName, workload);
        var ours = KernelView.Of(now.RootElement, made.Host.Name);
        Assert.Empty(Difference(theirs.Lines, ours.Lines));
        Assert.DoesNotContain(Ip.In(lab.Sandbox.HostName).Routes(4), route => route.Destination == "10.65.174.128");
    }

    /// <summary>The differences that are wanted, and why.</summary>
    private static IEnumerable<string> Wanted(KernelView theirs, string name)
    {
        var hasIPv4 = theirs.Addresses.Any(address => !address.Contains(':', StringComparison.Ordinal));
        var hasIPv6 = theirs.Addresses.Any(address => address.Contains(':', StringComparison.Ordinal));

        // Ours are found by group and alias, in the kernel alone: no file tells whose a link is.
        foreach (var line in Instead("host cali group", "default", "211881984")
            .Concat(Instead("host cali ifalias", "", $"caliconet:default/{name} own"))
            .Concat(Instead("workload lo ifalias", "", $"caliconet:default/{name}")))
        {
            yield return line;
        }

        // The host knows its workloads' MAC addresses: no ARP before the first packet, and nobody else can answer for them.
        foreach (var address in theirs.Addresses)
        {
            yield return $"+ host cali neighbor {address} MAC PERMANENT";
        }

        // Calico's link has a queue length of 0, iproute2's default is 1000; without a queue (qdisc noqueue, both) it means nothing.
        foreach (var line in Instead("host cali txqlen", "", "1000")
            // IPv4's forged sources are dropped by rp_filter; Calico leaves them to Felix (stage 21 has rp_filter 1).
            .Concat(Instead("host cali sysctl net.ipv4.conf.DEV.rp_filter =", "0", "1"))
            // Router advertisements of workloads are dropped by the anti-spoofing chain, redirects too: Calico writes a switch for each link.
            .Concat(Instead("host cali sysctl net.ipv6.conf.DEV.accept_ra =", "0", "1"))
            // Link-local addresses are written, not made by the kernel: they are there at once, and only where IPv6 is.
            .Concat(Instead("host cali inet6_addr_gen_mode", "eui64", "none"))
            .Concat(Instead("host cali sysctl net.ipv6.conf.DEV.addr_gen_mode =", "0", "1"))
            .Concat(Instead("workload eth0 inet6_addr_gen_mode", "eui64", "none"))
            .Concat(Instead("workload eth0 sysctl net.ipv6.conf.DEV.addr_gen_mode =", "0", "1")))
        {
            yield return line;
        }

        // Each family's switches are turned with its first endpoint, and not for the other one.
        if (hasIPv6)
        {
            // The gateway is link-local and the workload knows no other neighbor: nothing is left to proxy.
            foreach (var line in Instead("host cali sysctl net.ipv6.conf.DEV.proxy_ndp =", "1", "0"))
            {
                yield return line;
            }
        }
        else
        {
            foreach (var line in Instead("host cali sysctl net.ipv6.conf.DEV.forwarding =", "1", "0"))
            {
                yield return line;
            }
        }

        if (!hasIPv4)
        {
            foreach (var line in Instead("host cali sysctl net.ipv4.conf.DEV.forwarding =", "1", "0"))
            {
                yield return line;
            }
        }

        // Stage 04 was asked for forwarding inside the container (allow_ip_forwarding): a setting of the CNI plugin's.
        if (theirs.Lines.Contains("workload eth0 sysctl net.ipv4.conf.DEV.forwarding = 1"))
        {
            foreach (var line in Instead("workload eth0 sysctl net.ipv4.conf.DEV.forwarding =", "1", "0"))
            {
                yield return line;
            }
        }

        foreach (var (end, address) in new[] { ("host cali", "fe80::ecee:eeff:feee:eeee"), ("workload eth0", "fe80::MAC") })
        {
            yield return $"- {end} address {address} prefixlen=64 scope=link valid_life_time=4294967295";
            if (hasIPv6)
            {
                // No duplicate address detection, told by the address itself (Calico: by a switch of the link).
                yield return $"+ {end} address {address} prefixlen=64 scope=link nodad=True valid_life_time=4294967295";
                foreach (var line in Instead($"{end} sysctl net.ipv6.conf.DEV.accept_dad =", "0", "1"))
                {
                    yield return line;
                }
            }
            else
            {
                yield return $"- {end} route fe80::/64 type=unicast table=main protocol=kernel scope=global metric=256 flags=";
            }
        }

        foreach (var address in theirs.Addresses.Where(address => address.Contains(':', StringComparison.Ordinal)))
        {
            yield return $"- workload eth0 address {address} prefixlen=128 scope=global valid_life_time=4294967295";
            yield return $"+ workload eth0 address {address} prefixlen=128 scope=global nodad=True valid_life_time=4294967295";
        }
    }

    private static IEnumerable<string> Instead(string what, string theirs, string ours) => [$"- {what} {theirs}", $"+ {what} {ours}"];

    private static IEnumerable<string> Difference(IReadOnlyCollection<string> theirs, IReadOnlyCollection<string> ours)
        => theirs.Except(ours).Select(line => $"- {line}").Concat(ours.Except(theirs).Select(line => $"+ {line}")).Order(StringComparer.Ordinal);
}
