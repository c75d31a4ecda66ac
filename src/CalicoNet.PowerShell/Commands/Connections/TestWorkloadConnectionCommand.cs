using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Sends ICMP echo requests from a workload's network namespace, as <c>ip netns exec NAME ping</c> does it, and tells what came back. Needs
/// CAP_NET_RAW, and CAP_SYS_ADMIN to reach into another namespace.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "WorkloadConnection", DefaultParameterSetName = NamespaceSet)]
[OutputType(typeof(ConnectionResult), typeof(bool))]
[Needs(NeedsAttribute.NetRaw)]
public sealed class TestWorkloadConnectionCommand : PairCommand
{
    private const string NamespaceSet = "Namespace", PairSet = "Pair";

    /// <summary>The targets' IP addresses.</summary>
    [Parameter(Mandatory = true, Position = 0), Alias("ComputerName", "IPAddress"), IPAddressTransformation]
    public string[] TargetName { get; set; } = [];

    /// <summary>A pair, or what has one: from its workload's namespace.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>The namespace to send from: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = NamespaceSet), NetNamespaceTransformation, NameTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>How many requests, 1 to 10,000.</summary>
    [Parameter, ValidateRange(1, 10_000)]
    public int Count { get; set; } = 3;

    /// <summary>The time from one request to the next in milliseconds, 1 to 60,000.</summary>
    [Parameter, ValidateRange(1, 60_000)]
    public int IntervalMilliseconds { get; set; } = 200;

    /// <summary>How long to wait for each reply in seconds, 1 to 600.</summary>
    [Parameter, ValidateRange(1, 600)]
    public int TimeoutSeconds { get; set; } = 1;

    /// <summary>Writes true or false for each target and nothing else.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override void Process()
    {
        if (ParameterSetName == PairSet)
        {
            FromPair(VethPair, pair => Run(pair.Session.Stack(pair.RequireReal().Namespace)));
            return;
        }

        List<object> results;
        using (var stack = NetworkStack.Open(Where))
        {
            results = [.. Run(stack)];
        }

        WriteObject(results, enumerateCollection: true);
    }

    private IEnumerable<object> Run(NetworkStack stack)
    {
        var options = new EchoOptions { Count = Count, Interval = TimeSpan.FromMilliseconds(IntervalMilliseconds), Timeout = TimeSpan.FromSeconds(TimeoutSeconds) };
        foreach (var target in TargetName)
        {
            var replies = stack.Ping(IPAddr.Parse(target), options, Cancellation).ToList();
            Cancellation.ThrowIfCancellationRequested();
            var times = replies.Where(reply => reply.Succeeded).Select(reply => reply.Milliseconds!.Value).ToList();
            yield return Quiet ? times.Count > 0 : ToObject(stack, target, replies, times);
        }
    }

    private static ConnectionResult ToObject(NetworkStack stack, string target, List<EchoReply> replies, List<double> times)
    {
        double? Milliseconds(Func<List<double>, double> of) => times.Count == 0 ? null : Math.Round(of(times), 3);
        var failed = replies.FindLast(reply => !reply.Succeeded);
        return new ConnectionResult
        {
            NetNamespace = stack.Namespace.ToString(),
            TargetName = target,
            Sent = replies.Count,
            Received = times.Count,
            LossPercent = replies.Count == 0 ? 0 : 100 * (replies.Count - times.Count) / replies.Count,
            Succeeded = times.Count > 0,
            LatencyMin = Milliseconds(Enumerable.Min),
            LatencyAverage = Milliseconds(Enumerable.Average),
            LatencyMax = Milliseconds(Enumerable.Max),
            Reason = times.Count > 0 || failed is null ? "" : failed.ToString()[(failed.ToString().IndexOf(": ", StringComparison.Ordinal) + 2)..],
        };
    }
}
