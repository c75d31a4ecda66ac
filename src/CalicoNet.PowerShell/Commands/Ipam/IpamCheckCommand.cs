using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>A cmdlet that looks for what is wrong with address management.</summary>
public abstract class IpamCheckCommand : DatastoreCommand
{
    private protected IpamCheckCommand()
    {
    }

    /// <summary>The host's network namespace, whose interfaces are compared with the node's records.</summary>
    [Parameter, NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? HostNetNamespace { get; set; }

    /// <summary>Looks at the datastore and at the host.</summary>
    private protected (IpamSurvey Survey, IReadOnlyList<IpamProblem> Problems) Look()
    {
        using var stack = NetworkStack.Open(HostNetNamespace is null ? CurrentNamespace.Reference : NetNamespaceRef.Parse(HostNetNamespace));
        var links = stack.Links.List().ToList();
        var survey = IpamSurvey.Take(Store, Cancellation);
        return (survey, IpamCheck.Find(survey, Node, links));
    }
}
