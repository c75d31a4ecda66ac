using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>One application of a plan: the run loop, and the way back.</summary>
internal sealed class PlanRunner(IReadOnlyList<NetworkChange> changes, IReadOnlyList<int> carriers, NetworkSession session, OnFailure mode)
{
    private readonly List<Outcome> _outcomes = [];
    private readonly List<ChangeFailure> _failures = [];
    private int _next;

    /// <summary>Applies what is in the plan, or what came into it since the last time. After a failure that undid all, nothing.</summary>
    public PlanResult Run()
    {
        _outcomes.AddRange(Enumerable.Repeat(Outcome.NotReached, changes.Count - _outcomes.Count));
        while (_next < changes.Count && !IsOver)
        {
            var start = _next;
            _next = EndOfRun(start);
            Apply(start, _next);
            if (IsOver)
            {
                Undo();
            }
        }

        return new PlanResult(changes, _outcomes, _failures);
    }

    /// <summary>Whether a failure has ended it.</summary>
    private bool IsOver => mode == OnFailure.Undo && _failures.Count > 0;

    /// <summary>Where the run that starts here ends: at another namespace or channel. Link creations stand alone, link removals go together.</summary>
    private int EndOfRun(int start)
    {
        var first = changes[start];
        var end = start + 1;
        if (first.Channel is Channel.Link && first is not RemoveLink)
        {
            return end;
        }

        while (end < changes.Count && changes[end].Channel == first.Channel && changes[end].Namespace == first.Namespace
            && (first is RemoveLink) == (changes[end] is RemoveLink))
        {
            end++;
        }

        return end;
    }

    private void Apply(int start, int end)
    {
        switch (changes[start].Channel)
        {
            case Channel.Link when changes[start] is RemoveLink:
                RemoveLinks(start, end);
                break;
            case Channel.Link or Channel.Rtnetlink:
                Flush(start, end);
                break;
            case Channel.Firewall:
                Commit(start, end);
                break;
            default:
                for (var i = start; i < end && !IsOver; i++)
                {
                    var position = i;
                    Try(i, i + 1, () => changes[position].Write(session));
                }

                break;
        }
    }

    /// <summary>Requests in as few datagrams as hold them; each failure is told apart, because the kernel goes on after one.</summary>
    private void Flush(int start, int end)
    {
        for (var i = start; i < end && !IsOver;)
        {
            var first = i;
            List<int> owners = [];
            Try(first, first + 1, () =>
            {
                var stack = session.Stack(changes[first].Namespace);
                while (i < end && !stack.Batch.IsFull)
                {
                    if (!Try(i, i + 1, () => changes[i].Write(session)) && mode == OnFailure.Undo)
                    {
                        break;   // what is queued is sent, and undone with the rest
                    }

                    while (owners.Count < stack.Batch.Count)
                    {
                        owners.Add(i);
                    }

                    i++;
                }

                foreach (var error in stack.Flush((request, link) => changes[owners[request]].OnEcho(session, link)))
                {
                    Fail(owners[error.Request], error);
                }
            });
            i = Math.Max(i, first + 1);
        }
    }

    /// <summary>One nf_tables transaction: all of it or nothing. A removal that finds something gone is tried again change by change.</summary>
    private void Commit(int start, int end)
    {
        var together = Try(start, end, () => session.Commit(changes[start].Namespace, changes.Take(start..end)), record: end - start == 1);
        if (together || end - start == 1)
        {
            return;
        }

        for (var i = start; i < end && !IsOver; i++)
        {
            var position = i;
            Try(i, i + 1, () => session.Commit(changes[position].Namespace, [changes[position]]));
        }
    }

    private void RemoveLinks(int start, int end)
    {
        List<int> positions = [], indexes = [];
        for (var i = start; i < end; i++)
        {
            var position = i;
            Try(i, i + 1, () =>
            {
                if (((RemoveLink)changes[position]).Resolve(session) is { } index)
                {
                    positions.Add(position);
                    indexes.Add(index);
                }
                else
                {
                    _outcomes[position] = Outcome.AlreadyDone;
                }
            });
        }

        if (indexes.Count >= LinkReaper.GroupThreshold)
        {
            var failures = _failures.Count;
            Try(positions[0], positions[0] + 1, () => LinkReaper.RemoveTogether(session.Stack(changes[start].Namespace), indexes, Ownership.FreshRemovalGroup));
            if (_failures.Count > failures)
            {
                foreach (var position in positions.Skip(1))
                {
                    Fail(position, _failures[failures].Error);
                }
            }

            return;
        }

        foreach (var (position, index) in positions.Zip(indexes))
        {
            Try(position, position + 1, () =>
            {
                if (!LinkReaper.Remove(session.Stack(changes[position].Namespace), index))
                {
                    _outcomes[position] = Outcome.AlreadyDone;
                }
            });
        }
    }

    /// <summary>
    /// Runs a step and books it for the changes from <paramref name="start"/> to <paramref name="end"/>. False when it failed.
    /// </summary>
    private bool Try(int start, int end, Action step, bool record = true)
    {
        try
        {
            step();
        }
        catch (NetlinkException e)
        {
            if (record)
            {
                for (var i = start; i < end; i++)
                {
                    Fail(i, e.Error);
                }
            }

            return false;
        }

        for (var i = start; i < end; i++)
        {
            if (_outcomes[i] == Outcome.NotReached)
            {
                _outcomes[i] = Outcome.Done;
            }
        }

        return true;
    }

    private void Fail(int position, NetlinkError error)
    {
        if (changes[position].IsAlreadyDone(error.Errno))
        {
            _outcomes[position] = Outcome.AlreadyDone;
            return;
        }

        _outcomes[position] = Outcome.Failed;
        _failures.Add(new ChangeFailure(changes[position], error));
    }

    /// <summary>
    /// Undoes every change that was done, wherever it stood, in reverse. What is carried by something that is undone goes with it. The
    /// failures on the way back are not the cause: they only say what remains.
    /// </summary>
    public void Undo()
    {
        for (var i = _outcomes.Count - 1; i >= 0; i--)
        {
            if (_outcomes[i] != Outcome.Done || CarrierWillGo(i) || changes[i].Inverse is not { } inverse)
            {
                continue;
            }

            var plan = new NetworkPlan();
            plan.Add(inverse);
            var undone = plan.Apply(session, OnFailure.Continue).Succeeded;
            _outcomes[i] = undone ? Outcome.Undone : Outcome.NotUndone;
        }

        for (var i = 0; i < _outcomes.Count; i++)
        {
            if (_outcomes[i] == Outcome.Done && carriers[i] >= 0)
            {
                _outcomes[i] = _outcomes[carriers[i]] == Outcome.Undone ? Outcome.Undone : Outcome.NotUndone;
            }
        }
    }

    private bool CarrierWillGo(int position)
    {
        for (var carrier = carriers[position]; carrier >= 0; carrier = carriers[carrier])
        {
            if (_outcomes[carrier] is Outcome.Done or Outcome.Undone)
            {
                return true;
            }
        }

        return false;
    }
}
