using System.Management.Automation;
using System.Security.Cryptography;
using System.Text;
using CalicoNet.Shell;
using CalicoNet.Testing;
using Sandbox = CalicoNet.Testing.Sandbox;

namespace CalicoNet.PowerShell.Tests;

/// <summary>
/// A sandbox and an engine with the module. Scripts find the host's namespace in <c>$h</c> and what the names of all namespaces begin with in
/// <c>$p</c>: <c>New-CalicoEndpoint "${p}web" 10.65.0.2 -HostNetNamespace $h</c>. Their datastore is the lab's own, in <c>$d</c>, as if
/// <c>-Datastore</c> were given to each cmdlet: the default is one for the whole process.
/// </summary>
internal sealed class Lab : IDisposable
{
    private readonly TempDirectory _folder;

    private Lab(Sandbox sandbox, ModuleHost host, TempDirectory folder)
    {
        Sandbox = sandbox;
        Host = host;
        _folder = folder;
        host.Runspace.SessionStateProxy.SetVariable("d", DatastorePath);
        File.WriteAllBytes(DatastorePath, []);   // an empty file is a datastore; what looks for something misses one that is absent
        host.Run("$PSDefaultParameterValues['*-Calico*:Datastore'] = $d");
        host.Runspace.SessionStateProxy.SetVariable("h", sandbox.HostName);
        host.Runspace.SessionStateProxy.SetVariable("p", sandbox.Prefix);
    }

    public Sandbox Sandbox { get; }

    public ModuleHost Host { get; }

    public string HostName => Sandbox.HostName;

    /// <summary>Begins the name of every namespace.</summary>
    public string Prefix => Sandbox.Prefix;

    /// <summary>The file of the datastore.</summary>
    public string DatastorePath => _folder.File("caliconet.db");

    public static Lab Create() => new(Sandbox.Create(), ModuleHost.Open(), new TempDirectory());

    /// <summary>Another engine for the same sandbox.</summary>
    public Lab Beside() => new(Sandbox, ModuleHost.Open(), _folder);

    /// <summary>Runs a script that is expected to succeed.</summary>
    public ModuleResult Run(string script, params object?[] arguments)
    {
        var result = Host.Run(script, arguments);
        Assert.Empty(result.Errors.Select(error => $"{error.FullyQualifiedErrorId}: {error}"));
        return result;
    }

    /// <summary>Runs a script that is expected to give one error, and gives it.</summary>
    public ErrorRecord Fails(string script, params object?[] arguments) => Assert.Single(Host.Run(script, arguments).Errors);

    /// <summary>The host link of an endpoint: Calico's rule, told again by the test.</summary>
#pragma warning disable CA5350 // Calico's rule, and no secret
    public static string LinkOf(string endpoint, string workloadNamespace = "default")
        => "cali" + Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes($"{workloadNamespace}.{endpoint}")))[..11];
#pragma warning restore CA5350

    /// <summary>The host's links that are endpoints' by their name.</summary>
    public IReadOnlyList<LinkRow> EndpointLinks() => [.. Ip.In(HostName).Links().Where(link => link.Name.StartsWith("cali", StringComparison.Ordinal))];

    /// <summary>The namespaces of the sandbox beside host and outside.</summary>
    public IReadOnlyList<string> Workloads()
        => [.. Netns.Names().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name != Sandbox.HostName && name != Sandbox.OutsideName)];

    public void AssertNoEndpoints()
    {
        Assert.Empty(EndpointLinks());
        Assert.Empty(Workloads());
        Assert.Equal([$"{Sandbox.HostAddress}/24"], Ip.In(HostName).Addresses().Where(address => address.Device != "lo" && address.Family == 4).Select(address => address.Prefix));
        Assert.DoesNotContain(Ip.In(HostName).Routes(), route => route.Device != Sandbox.Uplink && route.Device != "lo");
        Assert.Empty(NatAddresses());
    }

    /// <summary>The single addresses that have outgoing NAT, as nft sees them.</summary>
    public IReadOnlyList<string> NatAddresses()
        => [.. Nft.In(HostName).Objects("set")
            .Where(set => set.GetProperty("name").GetString()!.StartsWith("nat_addresses", StringComparison.Ordinal) && set.TryGetProperty("elem", out _))
            .SelectMany(set => set.GetProperty("elem").EnumerateArray().Select(element => element.GetString()!))
            .Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        Host.Dispose();
        Sandbox.Dispose();
        _folder.Dispose();
    }
}

internal static class ObjectExtensions
{
    /// <summary>A property of an output object.</summary>
    public static object? Get(this PSObject value, string property)
    {
        var found = value.Properties[property];
        Assert.True(found is not null, $"{value.BaseObject.GetType().Name} has no property {property}");
        return found.Value;
    }

    public static string Text(this PSObject value, string property) => value.Get(property)?.ToString() ?? "";

    /// <summary>A property of each.</summary>
    public static IEnumerable<string> Texts(this IEnumerable<PSObject> values, string property) => values.Select(value => value.Text(property));

    /// <summary>What -WhatIf printed, without the words before it.</summary>
    public static IReadOnlyList<string> PreviewLines(this ModuleResult result)
    {
        const string mark = "What if: ";
        return [.. result.HostText.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith(mark, StringComparison.Ordinal)).Select(line => line[mark.Length..])];
    }
}
