using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>What became of a change.</summary>
public enum Outcome
{
    /// <summary>It was not reached: one before it failed.</summary>
    NotReached,
    /// <summary>It was made.</summary>
    Done,
    /// <summary>What should go was gone already, or what is shared was there.</summary>
    AlreadyDone,
    /// <summary>It was refused.</summary>
    Failed,
    /// <summary>It was made, and undone because a later one failed.</summary>
    Undone,
    /// <summary>It was made, a later one failed, and it could not be undone.</summary>
    NotUndone,
}

/// <summary>What to do when a change fails.</summary>
public enum OnFailure
{
    /// <summary>Undo what was done: for making things.</summary>
    Undo,
    /// <summary>Go on with the rest: for removing and collecting garbage.</summary>
    Continue,
}

/// <summary>A change that failed.</summary>
/// <param name="Change">The change.</param>
/// <param name="Error">Why.</param>
public sealed record ChangeFailure(NetworkChange Change, NetlinkError Error)
{
    /// <summary>The failure as an exception.</summary>
    /// <param name="remains">What could not be undone.</param>
    public CalicoException ToException(IReadOnlyList<string>? remains = null)
    {
        var message = $"Could not {Change.Title}: {Error}.";
        if (remains is { Count: > 0 })
        {
            message += $" This could not be undone: {string.Join("; ", remains)}.";
        }

        return new CalicoException(CalicoFault.ChangeFailed, message, Change.Title) { Error = Error, Remains = remains ?? [] };
    }
}

/// <summary>What became of a plan.</summary>
/// <param name="Changes">The plan's changes.</param>
/// <param name="Outcomes">What became of each.</param>
/// <param name="Failures">The failures in the order they happened; the first is the cause.</param>
public sealed record PlanResult(IReadOnlyList<NetworkChange> Changes, IReadOnlyList<Outcome> Outcomes, IReadOnlyList<ChangeFailure> Failures)
{
    /// <summary>Whether nothing failed.</summary>
    public bool Succeeded => Failures.Count == 0;

    /// <summary>The first failure.</summary>
    public ChangeFailure? FirstFailure => Failures.Count > 0 ? Failures[0] : null;

    /// <summary>Throws the first failure, with what could not be undone.</summary>
    /// <exception cref="CalicoException">A change failed.</exception>
    public void ThrowIfFailed()
    {
        if (FirstFailure is { } failure)
        {
            throw ToException(failure);
        }
    }

    private CalicoException ToException(ChangeFailure failure)
    {
        List<string> remains = [];
        for (var i = 0; i < Changes.Count; i++)
        {
            if (Outcomes[i] == Outcome.NotUndone)
            {
                remains.Add(Changes[i].Title);
            }
        }

        return failure.ToException(remains);
    }
}
