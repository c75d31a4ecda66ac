using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>
/// Mends what is wrong with address management, and gives what it mended. Only what two looks saw alike is mended, as long apart as Calico may
/// take for one operation, and each only while everything it rests on stays as it was seen.
/// </summary>
[Cmdlet(VerbsDiagnostic.Repair, "CalicoIpam", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CalicoIpamProblem))]
public sealed class RepairCalicoIpamCommand : IpamCheckCommand
{
    private const string Waiting = "Looking for what is wrong with address management";

    /// <summary>How many seconds a problem must have been there: 120. Less only where no Calico runs on the datastore; 0 looks once.</summary>
    [Parameter, ValidateRange(0, 86400)]
    public int MinimumAge { get; set; } = 120;

    private protected override void Process()
    {
        var (survey, problems) = Look();
        var lasting = IpamRepair.Lasting(problems, problems);
        if (MinimumAge > 0 && lasting.Count > 0 && !IsPreview)
        {
            Wait(lasting.Count);
            var earlier = problems;
            (survey, problems) = Look();
            lasting = IpamRepair.Lasting(earlier, problems);
        }

        foreach (var problem in lasting)
        {
            Guard(() => Mend(survey, problem), IpamProblems.SubjectOf(problem));
        }
    }

    private void Mend(IpamSurvey survey, IpamProblem problem)
    {
        if (!MayChange([$"{IpamProblems.StepOf(problem)} in {Source}"], IpamProblems.SubjectOf(problem), $"Mend {problem.Kind}"))
        {
            return;
        }

        if (IpamRepair.Mend(Store, survey, problem, DateTimeOffset.UtcNow, Cancellation))
        {
            WriteObject(IpamProblems.ToObject(Source, problem));
        }
        else
        {
            WriteVerbose($"{problem.Kind} {IpamProblems.SubjectOf(problem)} has changed since it was looked at, and was left alone.");
        }
    }

    /// <summary>Lets the time go by that Calico may take to end what it began: nothing tells of it.</summary>
    private void Wait(int count)
    {
        for (var left = MinimumAge; left > 0 && !Cancellation.IsCancellationRequested; left--)
        {
            WriteProgress(new ProgressRecord(0, Waiting, $"{count} problems, which may be operations under way") { SecondsRemaining = left, PercentComplete = (MinimumAge - left) * 100 / MinimumAge });
            Cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
        }

        WriteProgress(new ProgressRecord(0, Waiting, "Done") { RecordType = ProgressRecordType.Completed });
        Cancellation.ThrowIfCancellationRequested();
    }
}
