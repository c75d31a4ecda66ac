using System.Management.Automation;
using CalicoNet.Shell;
using CalicoNet.Testing;
using Sandbox = CalicoNet.Testing.Sandbox;

namespace CalicoNet.PowerShell.Tests.Commands;

/// <summary>A test of cmdlets in a lab of its own, whose scripts find in <c>$w</c> an empty namespace beside the host, <c>$h</c>.</summary>
public abstract class CommandTest : IDisposable
{
    private readonly Lab _lab = Lab.Create();

    private protected CommandTest()
    {
        Workload = Sandbox.AddNamespace("w");
        Set("w", Workload);
        Module.Run("$PSStyle.OutputRendering = 'PlainText'");
    }

    private protected Sandbox Sandbox => _lab.Sandbox;

    private protected string Workload { get; }

    private protected ModuleHost Module => _lab.Host;

    private protected Ip HostIp => Ip.In(Sandbox.HostName);

    private protected Ip WorkloadIp => Ip.In(Workload);

    public void Dispose()
    {
        _lab.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void Set(string variable, object? value) => Module.Runspace.SessionStateProxy.SetVariable(variable, value);

    /// <summary>Runs a script that must not give errors.</summary>
    private protected ModuleResult Run(string script) => _lab.Run(script);

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

    /// <summary>Makes a pair with addresses, which is then <c>$pair</c>: <c>v-cali</c> in the workload, <c>v-cali-peer</c> on the host.</summary>
    private protected PSObject AddPair(string addresses = "10.2.0.1")
        => One($"$pair = New-VethPair $w -HostNetNamespace $h -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer -IPAddress {addresses}; $pair");
}
