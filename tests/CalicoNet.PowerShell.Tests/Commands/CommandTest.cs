using System.Management.Automation;
using CalicoNet.Shell;
using CalicoNet.Testing;
using Sandbox = CalicoNet.Testing.Sandbox;

namespace CalicoNet.PowerShell.Tests.Commands;

/// <summary>
/// A test of cmdlets: a sandbox, and an engine with the staged module in which <c>$h</c> is the name of the sandbox's host and <c>$w</c> that of an
/// empty namespace beside it.
/// </summary>
public abstract class CommandTest : IDisposable
{
    private const string Announcement = "What if: ";

    private protected CommandTest()
    {
        Sandbox = Sandbox.Create();
        Workload = Sandbox.AddNamespace("w");
        Module = ModuleHost.Open();
        Set("h", Sandbox.HostName);
        Set("w", Workload);
        Module.Run("$PSStyle.OutputRendering = 'PlainText'");
    }

    private protected Sandbox Sandbox { get; }

    private protected string Workload { get; }

    private protected ModuleHost Module { get; }

    private protected Ip HostIp => Ip.In(Sandbox.HostName);

    private protected Ip WorkloadIp => Ip.In(Workload);

    public void Dispose()
    {
        Module.Dispose();
        Sandbox.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void Set(string variable, object? value) => Module.Runspace.SessionStateProxy.SetVariable(variable, value);

    /// <summary>Runs a script that must not give errors.</summary>
    private protected ModuleResult Run(string script)
    {
        var result = Module.Run(script);
        Assert.Empty(result.Errors.Select(error => $"{error.FullyQualifiedErrorId}: {error}"));
        return result;
    }

    /// <summary>Runs a script that must give one object.</summary>
    private protected PSObject One(string script) => Assert.Single(Run(script).Output);

    /// <summary>Runs a script that must give just these errors, by the first parts of their ids, and not be ended by them.</summary>
    private protected ModuleResult Fails(string script, params string[] ids)
    {
        var result = Module.Run(script);
        Assert.Equal(ids, result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.False(result.WasEnded, "the error ended the pipeline");
        return result;
    }

    /// <summary>Makes a pair with one address, which is then <c>$pair</c>: <c>v-cali</c> in the workload, <c>v-cali-peer</c> on the host.</summary>
    private protected PSObject AddPair(string address = "10.2.0.1")
        => One($"$pair = New-VethPair $w -HostNetNamespace $h -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer -IPAddress {address}; $pair");

    /// <summary>The command lines that a run under -WhatIf has printed.</summary>
    private protected static IReadOnlyList<string> Lines(ModuleResult result)
        => [.. result.HostText.Split('\n').Where(line => line.StartsWith(Announcement, StringComparison.Ordinal)).Select(line => line[Announcement.Length..].Trim())];
}

internal static class ObjectValues
{
    /// <summary>A property's value as text.</summary>
    public static string Text(this PSObject found, string property) => found.Properties[property].Value?.ToString() ?? "";
}
