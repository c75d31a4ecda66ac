namespace CalicoNet.Core;

/// <summary>
/// Changes in order. What is carried by another change (a route by its link) goes with it: undoing the carrier undoes it, so that removal,
/// rollback and cleaning up after a crash are the same short plan, which needs no memory of what was applied.
/// </summary>
public sealed class NetworkPlan
{
    private readonly List<NetworkChange> _changes = [];
    private readonly List<int> _carriers = [];   // the carrier's position, or -1

    /// <summary>The changes in order.</summary>
    public IReadOnlyList<NetworkChange> Changes => _changes;

    /// <summary>The whole plan as pasteable command lines.</summary>
    public IEnumerable<string> Commands => _changes.SelectMany(change => change.Commands);

    /// <summary>Appends a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="carrier">An earlier change whose undoing takes this one along.</param>
    /// <returns>The change.</returns>
    public T Add<T>(T change, NetworkChange? carrier = null)
        where T : NetworkChange
    {
        var position = -1;
        if (carrier is not null)
        {
            position = _changes.FindIndex(c => ReferenceEquals(c, carrier));
            if (position < 0)
            {
                throw new ArgumentException($"'{carrier}' carries nothing in this plan: it is not in it.", nameof(carrier));
            }
        }

        _changes.Add(change);
        _carriers.Add(position);
        return change;
    }

    /// <summary>
    /// Several removals as one: firewall first, then links, namespaces last, so that equal ones share a request and nothing goes before what
    /// stands on it.
    /// </summary>
    public static NetworkPlan Together(IEnumerable<NetworkPlan> plans)
    {
        ArgumentNullException.ThrowIfNull(plans);
        var together = new NetworkPlan();
        foreach (var change in plans.SelectMany(plan => plan.Changes).OrderByDescending(change => change.Channel).ThenBy(change => change.Namespace.IsOwn ? "" : change.Namespace.Path, StringComparer.Ordinal))
        {
            together.Add(change);
        }

        return together;
    }

    /// <summary>The plan that undoes this one: in reverse order, without what is carried.</summary>
    public NetworkPlan Inverse()
    {
        var inverse = new NetworkPlan();
        for (var i = _changes.Count - 1; i >= 0; i--)
        {
            if (_carriers[i] < 0 && _changes[i].Inverse is { } undo)
            {
                inverse.Add(undo);
            }
        }

        return inverse;
    }

    /// <summary>The part of this plan that is missing, by the findings of <see cref="Inspect"/>.</summary>
    public NetworkPlan Missing(IReadOnlyList<Finding> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        var missing = new NetworkPlan();
        for (var i = 0; i < _changes.Count; i++)
        {
            if (findings[i].State == FindingState.Missing)
            {
                var carried = _carriers[i] >= 0 && findings[_carriers[i]].State == FindingState.Missing;
                missing.Add(_changes[i], carried ? _changes[_carriers[i]] : null);
            }
        }

        return missing;
    }

    /// <summary>Judges each change.</summary>
    public IReadOnlyList<Finding> Inspect(NetworkSnapshot seen) => [.. _changes.Select(change => change.Inspect(seen))];

    /// <summary>
    /// Applies the changes run by run: consecutive ones of one namespace and channel are one flush. Creating is exclusive - what was there
    /// already is a failure, so it is never undone.
    /// </summary>
    /// <param name="session">The operation's stacks.</param>
    /// <param name="mode">What to do when a change fails.</param>
    public PlanResult Apply(NetworkSession session, OnFailure mode)
    {
        ArgumentNullException.ThrowIfNull(session);
        return Begin(session, mode).Run();
    }

    /// <summary>An application that can be stopped in between, while more comes into the plan.</summary>
    internal PlanRunner Begin(NetworkSession session, OnFailure mode) => new(_changes, _carriers, session, mode);
}
