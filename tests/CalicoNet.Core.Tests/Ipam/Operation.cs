namespace CalicoNet.Core.Tests.Ipam;

/// <summary>An operation under way, one step at a time: each step is one visit to the datastore.</summary>
internal interface IOperation
{
    bool IsDone { get; }

    /// <param name="store">The datastore.</param>
    /// <param name="losesReply">Whether the reply to a commit is lost: it is made, and the operation is not told.</param>
    void Step(MemoryStore store, bool losesReply = false);
}

/// <summary>One of ours.</summary>
/// <param name="decide">What is to be decided.</param>
/// <param name="memory">What operations before it remember; null for none.</param>
internal sealed class Operation<T>(Func<View, Decision<T>> decide, Memory? memory = null) : IOperation
{
    private View _view = new(memory);

    public bool IsDone { get; private set; }

    public T? Result { get; private set; }

    public Exception? Refusal { get; private set; }

    public bool LostReply { get; private set; }

    /// <summary>The visits so far.</summary>
    public int Visits { get; private set; }

    /// <summary>What was read on them.</summary>
    public List<ReadKeys> Reads { get; } = [];

    /// <summary>Does it to the end.</summary>
    public static T Run(MemoryStore store, Func<View, Decision<T>> decide) => Run(store, decide, out _);

    public static T Run(MemoryStore store, Func<View, Decision<T>> decide, out int visits)
    {
        var operation = new Operation<T>(decide).Run(store);
        visits = operation.Visits;
        return operation.Refusal is null ? operation.Result! : throw operation.Refusal;
    }

    public Operation<T> Run(MemoryStore store)
    {
        while (!IsDone)
            Step(store);
        return this;
    }

    public void Step(MemoryStore store, bool losesReply = false)
    {
        Visits++;
        try
        {
            switch (decide(_view))
            {
                case Decision<T>.Read read:
                    Learn(store, read.Reads);
                    break;
                case Decision<T>.Done when _view.HasBorrowed:
                    _view = new View();
                    break;
                case Decision<T>.Done done:
                    memory?.Keep(_view);
                    (IsDone, Result) = (true, done.Result);
                    break;
                case Decision<T>.Commit commit:
                    Assert.InRange(Math.Max(commit.Compares.Count, commit.Writes.Count), 1, 128);
                    if (!store.Commit(commit.Compares, commit.Writes))
                    {
                        _view = _view.HasBorrowed ? new View() : _view;
                        Learn(store, commit.Fresh);
                    }
                    else if (losesReply)
                    {
                        _view.Doubt();
                        LostReply = true;
                    }
                    else
                    {
                        memory?.Keep(_view, commit.Compares, commit.Written(store.Revision), store.Revision);
                        (IsDone, Result) = (true, commit.Result);
                    }

                    break;
            }
        }
        catch (Exception refusal) when (refusal is CalicoException or CorruptDocumentException)
        {
            (IsDone, Refusal) = _view.HasBorrowed ? (false, null) : (true, refusal);
            _view = _view.HasBorrowed ? new View() : _view;
        }

        Assert.True(Visits < 1000, "The operation does not come to an end.");
    }

    private void Learn(MemoryStore store, IReadOnlyList<ReadKeys> reads)
    {
        Reads.AddRange(reads);
        foreach (var keys in reads)
            _view.Learn(keys, store.Read(keys));
    }
}
