using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// An endpoint that is being made in the kernel. What needs no address may be begun on the namespace thread, while the caller finds out the
/// addresses. Undone when it is disposed of before it is finished. For the holder of the endpoint's lock.
/// </summary>
internal sealed class EndpointCreation : IDisposable
{
    private readonly NetworkPlan _plan;
    private readonly PlanRunner _runner;
    private Action? _join;
    private bool _isFinished;

    public EndpointCreation(NetworkStack host, NamespaceSupply supply, Endpoint endpoint)
    {
        Session = new NetworkSession(host) { Supply = supply };
        _plan = EndpointPlan.Unaddressed(endpoint);
        _runner = _plan.Begin(Session, OnFailure.Undo);
    }

    /// <summary>Whether one was made before it, and went well.</summary>
    public bool IsAnother { get; init; }

    /// <summary>Its open namespaces.</summary>
    public NetworkSession Session { get; }

    /// <summary>Begins it. Until <see cref="Join"/> returns the host's stack is not the caller's to use.</summary>
    public void Begin() => _join = NetNamespaces.BeginVisiting(() => _runner.Run());

    /// <summary>Waits for what was begun. False where nothing was.</summary>
    public bool Join()
    {
        var join = _join;
        _join = null;
        join?.Invoke();
        return join is not null;
    }

    /// <summary>Makes the rest and waits until its packets are carried, or undoes what was made.</summary>
    /// <param name="endpoint">The endpoint, with its addresses.</param>
    public PlanResult Finish(Endpoint endpoint)
    {
        Join();
        EndpointPlan.Address(_plan, endpoint);
        var result = _runner.Run();
        if (result.Succeeded)
        {
            EndpointManager.Settle(Session, endpoint);
        }

        _isFinished = true;
        return result;
    }

    public void Dispose()
    {
        try
        {
            Join();
        }
        finally
        {
            if (!_isFinished)
            {
                _runner.Undo();
            }

            Session.Dispose();
        }
    }
}
