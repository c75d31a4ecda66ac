namespace CalicoNet.Testing;

/// <summary>Something was left behind, or taken away; the message lists it.</summary>
public sealed class LeakException(IReadOnlyList<string> differences)
    : Exception("left behind (+) or missing (-):\n" + string.Join('\n', differences))
{
    public IReadOnlyList<string> Differences => differences;
}
