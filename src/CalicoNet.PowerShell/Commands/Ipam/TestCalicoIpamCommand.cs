using System.Management.Automation;

namespace CalicoNet.Commands;

/// <summary>
/// Finds what is wrong with address management, in one look at the datastore and one at this host's interfaces: all that
/// <c>calicoctl ipam check</c> finds, and more. Beside a Calico at work a look may see an operation half done; Repair-CalicoIpam looks twice.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "CalicoIpam")]
[OutputType(typeof(CalicoIpamProblem), typeof(bool))]
public sealed class TestCalicoIpamCommand : IpamCheckCommand
{
    /// <summary>Gives only whether nothing is wrong.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override void Process()
    {
        var problems = Look().Problems;
        if (Quiet)
        {
            WriteObject(problems.Count == 0);
            return;
        }

        WriteObject(problems.Select(problem => IpamProblems.ToObject(Source, problem)), enumerateCollection: true);
    }
}
