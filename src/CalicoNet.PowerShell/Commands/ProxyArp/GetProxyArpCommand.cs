using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Tells whether interfaces answer for other hosts' addresses.</summary>
[Cmdlet(VerbsCommon.Get, "ProxyArp", DefaultParameterSetName = NameSet)]
[OutputType(typeof(ProxyArp))]
public sealed class GetProxyArpCommand : LinkTargetCommand
{
    /// <summary>Names; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameSet), Alias("ifAlias"), SupportsWildcards, ArgumentCompleter(typeof(InterfaceCompleter))]
    [AllowEmptyString]
    public override string[] InterfaceAlias { get; set; } = [];

    private protected override IEnumerable<string> Patterns => InterfaceAlias;

    private protected override object? Act(NetworkSession session, LinkRef link, Link? now, VethPair? pair)
        => ProxyArpState.Read(session, link, now).ToObject(link, now, pair);
}
