namespace CalicoNet.Core;

/// <summary>
/// Mends what is wrong with address management, beside a Calico at work. Between the writes of one of Calico's operations up to 90 s may pass, and
/// what is seen then looks wrong and is not: what two looks saw alike, longer apart, is. Each mend is a transaction that holds only while
/// everything it rests on is as the last look saw it.
/// </summary>
public sealed class IpamRepair
{
    private readonly Datastore _datastore;
    private readonly IpamSurvey _survey;
    private readonly DateTimeOffset _now;

    private IpamRepair(Datastore datastore, IpamSurvey survey, DateTimeOffset now)
    {
        _datastore = datastore;
        _survey = survey;
        _now = now;
    }

    /// <summary>What of the problems of a later look was there in an earlier one, unchanged, and can be mended.</summary>
    public static IReadOnlyList<IpamProblem> Lasting(IReadOnlyList<IpamProblem> earlier, IReadOnlyList<IpamProblem> later)
    {
        ArgumentNullException.ThrowIfNull(later);
        var seen = earlier.ToHashSet();
        return [.. later.Where(problem => problem.IsMendable && seen.Contains(problem))];
    }

    /// <summary>Mends a problem.</summary>
    /// <param name="datastore">The datastore.</param>
    /// <param name="survey">The look that found it.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Whether it was mended; false where something has changed since the look: it may be none any more.</returns>
    /// <exception cref="ArgumentException">It is none of those that can be mended.</exception>
    /// <exception cref="CalicoException">The datastore is locked (<see cref="CalicoFault.NotReady"/>).</exception>
    /// <exception cref="DatastoreException">The datastore failed. Repeating is safe.</exception>
    public static bool Mend(Datastore datastore, IpamSurvey survey, IpamProblem problem, DateTimeOffset now, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(datastore);
        ArgumentNullException.ThrowIfNull(survey);
        ArgumentNullException.ThrowIfNull(problem);
        return survey.IsReady
            ? new IpamRepair(datastore, survey, now).Mend(problem, cancellation)
            : throw new CalicoException(CalicoFault.NotReady, "The datastore is locked against changes (datastoreReady is false in its ClusterInformation): a migration is under way.", ClusterInformation.Key.Text);
    }

    private bool Mend(IpamProblem problem, CancellationToken cancellation)
    {
        var affinity = problem.Node.Length > 0 && !problem.Block.Address.IsNone ? new BlockAffinityKey(problem.Node, problem.Block) : null;
        var block = problem.Block.Address.IsNone ? null : new BlockKey(problem.Block);
        return problem.Kind switch
        {
            IpamProblemKind.AllocatedNotInUse => Release(problem, cancellation),
            IpamProblemKind.OrphanedHandle => Commit([new HandleKey(problem.Handle)], [KeyOperation.Delete(new HandleKey(problem.Handle).Text)], cancellation),
            IpamProblemKind.MissingHandle or IpamProblemKind.WrongHandleCount => Recount(problem.Handle, cancellation),
            IpamProblemKind.BlockWithoutAffinity => Commit([block!, affinity!], [Put(affinity!, BlockAffinity.Create())], cancellation),
            IpamProblemKind.AffinityWithoutBlock => Commit([block!, affinity!], [KeyOperation.Delete(affinity!.Text)], cancellation),
            IpamProblemKind.UnconfirmedAffinity => Commit(
                [block!, affinity!],
                [Put(affinity!, _survey.Affinities.First(found => found.Key == affinity).Document with { State = BlockAffinity.Confirmed }), Put(block!, _survey.Blocks[problem.Block].Stored())],
                cancellation),
            IpamProblemKind.UnownedEmptyBlock => Commit([block!], [KeyOperation.Delete(block!.Text)], cancellation),
            _ => throw new ArgumentException($"{problem.Kind} cannot be mended here.", nameof(problem)),
        };
    }

    private bool Release(IpamProblem problem, CancellationToken cancellation)
        => new Assignments(_datastore).Release(
            [new ReleaseRequest { Addresses = [new AddressRelease(problem.Address, problem.Handle.Length == 0 ? null : problem.Handle, problem.SequenceNumber)], Time = _now }], cancellation)
            .Addresses.Count == 1;

    /// <summary>Has a handle count what the blocks show, all of which must be as they were.</summary>
    private bool Recount(string handle, CancellationToken cancellation)
    {
        var key = new HandleKey(handle);
        var shown = IpamCheck.HandleCounts(_survey).GetValueOrDefault(handle) ?? [];
        var before = _survey.Handles.GetValueOrDefault(handle) ?? IPAMHandle.Create();
        var blocks = shown.Keys.Union(before.Blocks?.Keys ?? []).Order().Select(cidr => new BlockKey(cidr));
        return Commit([key, .. blocks], [Put(key, before with { Blocks = shown })], cancellation);
    }

    private bool Commit(IReadOnlyList<DatastoreKey> rests, IReadOnlyList<KeyOperation> writes, CancellationToken cancellation)
        => _datastore.Transact([.. rests.Append(ClusterInformation.Key).Select(_survey.Unchanged)], writes, [], cancellation).Succeeded;

    private static PutKey Put<T>(DatastoreKey<T> key, T document)
        where T : Document
        => KeyOperation.Put(key.Text, key.Write(document));
}
