using System.Collections;
using System.Management.Automation;
using CalicoNet.PowerShell.Tests.Module;

namespace CalicoNet.PowerShell.Tests.Commands;

/// <summary>What Tab offers; and that it never spoils what is being typed.</summary>
public sealed class CompletionTests : CommandTest
{
    public CompletionTests() => Run("$null = New-CalicoEndpoint \"${w}web\" 10.65.0.2 -HostNetNamespace $h -WorkloadNamespace shop; $null = New-CalicoEndpoint \"${w}db\" 10.65.0.3 -HostNetNamespace $h");

    public static TheoryData<string> Completers => [.. Surface.Exported.Where(type => typeof(IArgumentCompleter).IsAssignableFrom(type)).Select(type => type.FullName!)];

    [Theory]
    [InlineData("Get-NetNamespace {w}w", "{w}web")]
    [InlineData("Get-HostRoute -NetNamespace {w}d", "{w}db")]
    [InlineData("New-VethPair {w}", "{w},{w}db,{w}web")]
    [InlineData("Get-CalicoEndpoint -HostNetNamespace {h} -Name ", "{w}db,{w}web")]
    [InlineData("Remove-CalicoEndpoint -HostNetNamespace {h} -WorkloadNamespace shop -Name ", "{w}web")]
    [InlineData("Get-CalicoEndpoint -HostNetNamespace {h} -WorkloadNamespace ", "default,shop")]
    [InlineData("Get-HostInterface -NetNamespace {h} -InterfaceAlias u", "up0")]
    [InlineData("Get-NeighborTable -State Re", "Reachable")]
    [InlineData("Add-HostRoute -Scope L", "Link")]
    [InlineData("Add-HostRoute -Table ", "default,local,main")]
    [InlineData("Get-HostRoute -Table ", "all,default,local,main")]
    [InlineData("Set-HostInterface lo -Status D", "Down")]
    [InlineData("New-CalicoEndpoint x 10.0.0.1 -NatOutgoing ", "Disabled,Enabled,IPv4,IPv6")]
    public void It_offers_what_there_is(string line, string offered)
    {
        string Real(string text) => text.Replace("{w}", Workload, StringComparison.Ordinal).Replace("{h}", Sandbox.HostName, StringComparison.Ordinal);
        Set("line", Real(line));

        Assert.Equal(Real(offered).Split(','), Module.Run("(TabExpansion2 $line $line.Length).CompletionMatches.CompletionText").Output.Select(text => text.ToString()));
    }

    [Theory]
    [MemberData(nameof(Completers))]
    public void Whatever_is_typed_it_never_throws(string type)
    {
        var completer = (IArgumentCompleter)Activator.CreateInstance(Surface.Find(type))!;
        string?[] words = [null, "", "'", "x'y", "*", "[", "\0", new('x', 5000)];
        IDictionary?[] parameters =
        [
            null,
            new Hashtable(),
            new Hashtable { ["NetNamespace"] = "no-such", ["HostNetNamespace"] = "no-such" },
            new Hashtable { ["NetNamespace"] = "../../etc", ["HostNetNamespace"] = "\0" },
            new Hashtable { ["NetNamespace"] = 7, ["HostNetNamespace"] = new object(), ["WorkloadNamespace"] = null },
        ];
        foreach (var word in words)
        {
            Assert.All(parameters, given => Assert.NotNull(completer.CompleteArgument("Get-HostRoute", "x", word!, null!, given!)?.ToList()));
        }
    }
}
