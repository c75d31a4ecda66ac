using System.Diagnostics;

namespace CalicoNet.Netlink;

/// <summary>
/// A run of ICMP echoes to one target. One is sent every interval, whether those before are answered or not, so a gap in the answers is as
/// long as the network's. Nothing runs in the background: sending, receiving and giving up all happen while the next result is asked for.
/// </summary>
internal sealed class IcmpEcho : IDisposable
{
    private readonly IPAddr _target;
    private readonly EchoOptions _options;
    private readonly EchoSocket _socket;
    private readonly Dictionary<ushort, Probe> _pending = [];
    private readonly Queue<Probe> _oldest = new();   // in the order of sending, which is the order of giving up; answered ones too
    private readonly List<EchoArrival> _arrivals = [];
    private readonly List<EchoReply> _results = [];
    private long _next = Stopwatch.GetTimestamp();
    private int _sent;

    private IcmpEcho(IPAddr target, EchoOptions options, EchoSocket socket) => (_target, _options, _socket) = (target, options, socket);

    private bool HasMore => _options.Count == 0 || _sent < _options.Count;

    public static IEnumerable<EchoReply> Run(NetworkStack stack, IPAddr target, EchoOptions options, CancellationToken cancellation)
    {
        using var echo = new IcmpEcho(target, options, EchoSocket.Open(stack, target, options));
        using var cancelled = new CancellationDescriptor(cancellation);
        while (echo.HasMore || echo._pending.Count > 0)
        {
            var (ready, stop) = Sys.Poll(echo._socket.Number, cancelled.Number, echo.MillisecondsToNextStep());
            if (stop)
            {
                yield break;
            }

            echo.Step(ready);
            foreach (var result in echo._results)
            {
                yield return result;
            }

            echo._results.Clear();
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Takes in what has arrived, gives up what is overdue, and sends what is due - in that order: an answer that lay waiting counts.</summary>
    private void Step(bool ready)
    {
        if (ready)
        {
            _socket.Receive(_arrivals);
        }

        TakeArrivals();
        var now = Stopwatch.GetTimestamp();
        while (TryOldest(out var probe) && Stopwatch.GetElapsedTime(probe.Stamp, now) >= _options.Timeout)
        {
            _pending.Remove(probe.WireSequence);
            _results.Add(new EchoReply(probe.Sequence, _target, EchoOutcome.Timeout, probe.Sent));
        }

        if (HasMore && now >= _next)
        {
            Send();
            _next = Math.Max(_next + ToStamp(_options.Interval), now);   // after a pause of the caller's, one at once, and no burst
            TakeArrivals();
        }
    }

    private void Send()
    {
        var probe = new Probe(++_sent, DateTimeOffset.UtcNow, Stopwatch.GetTimestamp());
        var error = _socket.Send(probe.WireSequence, _arrivals);
        if (error != Errno.None)
        {
            _results.Add(new EchoReply(probe.Sequence, _target, EchoOutcome.NotSent, probe.Sent) { Error = error });
            return;
        }

        _pending.Add(probe.WireSequence, probe);
        _oldest.Enqueue(probe);
    }

    private void TakeArrivals()
    {
        foreach (var arrival in _arrivals)
        {
            // What is not awaited is a duplicate, or too late.
            if (_pending.Remove(arrival.Sequence, out var probe))
            {
                _results.Add(new EchoReply(probe.Sequence, _target, arrival.Outcome, probe.Sent)
                {
                    From = arrival.From,
                    Milliseconds = arrival.Outcome == EchoOutcome.Reply ? RoundTrip(probe, arrival.ArrivalTicks) : null,
                    TimeToLive = arrival.TimeToLive,
                    Error = arrival.Error,
                    IcmpType = arrival.IcmpType,
                    IcmpCode = arrival.IcmpCode,
                });
            }
        }

        _arrivals.Clear();
    }

    /// <summary>
    /// From sending to the kernel's own time stamp, so that neither a busy machine nor a slow caller lengthens it; by this process's
    /// steady clock where the system's was set meanwhile, which shows in a time below zero or above ours.
    /// </summary>
    private static double RoundTrip(in Probe probe, long? arrivalTicks)
    {
        var ours = Stopwatch.GetElapsedTime(probe.Stamp);
        var kernels = arrivalTicks is { } ticks ? new TimeSpan(ticks - probe.Sent.UtcTicks) : ours;
        return (kernels > TimeSpan.Zero && kernels < ours ? kernels : ours).TotalMilliseconds;
    }

    private int MillisecondsToNextStep()
    {
        var step = HasMore ? _next : long.MaxValue;
        if (TryOldest(out var probe))
        {
            step = Math.Min(step, probe.Stamp + ToStamp(_options.Timeout));
        }

        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), step);
        return (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 0, int.MaxValue);
    }

    private bool TryOldest(out Probe probe)
    {
        while (_oldest.TryPeek(out probe))
        {
            if (_pending.TryGetValue(probe.WireSequence, out var awaited) && awaited.Sequence == probe.Sequence)
            {
                return true;
            }

            _oldest.Dequeue();
        }

        return false;
    }

    private static long ToStamp(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private readonly record struct Probe(int Sequence, DateTimeOffset Sent, long Stamp)
    {
        public ushort WireSequence => unchecked((ushort)Sequence);
    }
}
