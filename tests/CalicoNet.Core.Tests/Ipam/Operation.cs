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
internal sealed class Operation<T>(Func<View, Decision<T>> decide) : IOperation
{
    private readonly View _view = new();

    public bool IsDone { get; private set; }

    public T? Result { get; private set; }

    public Exception? Refusal { get; private set; }

    public bool LostReply { get; private set; }

    /// <summary>The visits so far.</summary>
    public int Visits { get; private set; }

    /// <summary>Does it to the end.</summary>
    public static T Run(MemoryStore store, Func<View, Decision<T>> decide) => Run(store, decide, out _);

    public static T Run(MemoryStore store, Func<View, Decision<T>> decide, out int visits)
    {
        var operation = new Operation<T>(decide);
        while (!operation.IsDone)
            operation.Step(store);
        visits = operation.Visits;
        return operation.Refusal is null ? operation.Result! : throw operation.Refusal;
    }

    public void Step(MemoryStore store, bool losesReply = false)
    {
        Visits++;
        try
        {
            switch (decide(_view))
            {
                case Decision<T>.Read read:
                    foreach (var keys in read.Reads)
                        _view.Learn(keys, store.Read(keys));
                    break;
                case Decision<T>.Done done:
                    (IsDone, Result) = (true, done.Result);
                    break;
                case Decision<T>.Commit commit:
                    Assert.InRange(Math.Max(commit.Compares.Count, commit.Writes.Count), 1, 128);
                    if (!store.Commit(commit.Compares, commit.Writes))
                    {
                        foreach (var keys in commit.Compares.Select(compare => KeyOperation.Read(compare.Key)))
                            _view.Learn(keys, store.Read(keys));
                    }
                    else if (losesReply)
                    {
                        _view.Doubt();
                        LostReply = true;
                    }
                    else
                    {
                        (IsDone, Result) = (true, commit.Result);
                    }

                    break;
            }
        }
        catch (Exception refusal) when (refusal is CalicoException or CorruptDocumentException)
        {
            (IsDone, Refusal) = (true, refusal);
        }

        Assert.True(Visits < 1000, "The operation does not come to an end.");
    }
}
