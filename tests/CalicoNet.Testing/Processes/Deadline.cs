namespace CalicoNet.Testing;

/// <summary>A moment after which waiting ends. Every wait here is for an event, bounded by one of these; none is a fixed sleep.</summary>
public readonly record struct Deadline(long Tick)
{
    public static Deadline In(TimeSpan time) => new(Environment.TickCount64 + (long)time.TotalMilliseconds);

    public bool IsOver => Left == TimeSpan.Zero;

    public TimeSpan Left => TimeSpan.FromMilliseconds(Math.Max(0, Tick - Environment.TickCount64));

    /// <summary>Asks again and again, in short but growing intervals, until the answer is yes; false when the time is over. For what sends no event.</summary>
    public static bool Until(Func<bool> isSo, TimeSpan timeout)
    {
        var deadline = In(timeout);
        for (var pause = 1; ; pause = Math.Min(pause * 2, 50))
        {
            if (isSo())
                return true;
            if (deadline.IsOver)
                return false;
            Thread.Sleep(pause);
        }
    }
}
