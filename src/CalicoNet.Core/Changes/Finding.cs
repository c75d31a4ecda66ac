namespace CalicoNet.Core;

/// <summary>Whether a change is in place.</summary>
public enum FindingState
{
    /// <summary>It is.</summary>
    Present,
    /// <summary>It is not: what it makes is not there, or what it removes still is.</summary>
    Missing,
    /// <summary>Something else is in its place.</summary>
    Different,
}

/// <summary>What was found in a change's place.</summary>
/// <param name="Change">The change.</param>
/// <param name="State">Whether it is in place.</param>
/// <param name="Expected">What should be there.</param>
/// <param name="Actual">What is there; empty for nothing.</param>
public sealed record Finding(NetworkChange Change, FindingState State, string Expected, string Actual)
{
    internal static Finding Present(NetworkChange change, string expected) => new(change, FindingState.Present, expected, expected);

    internal static Finding Missing(NetworkChange change, string expected) => new(change, FindingState.Missing, expected, "");

    /// <summary>Present when the actual text is the expected one, missing for null, different otherwise.</summary>
    internal static Finding Compare(NetworkChange change, string expected, string? actual) => actual switch
    {
        null => Missing(change, expected),
        _ when actual == expected => Present(change, expected),
        _ => new Finding(change, FindingState.Different, expected, actual),
    };

    /// <summary>For a removal: present when nothing is there, missing as long as something is.</summary>
    internal static Finding Gone(NetworkChange removal, string? actual) => actual is null ? Present(removal, "") : new Finding(removal, FindingState.Missing, "", actual);
}
