using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet;

/// <summary>A datastore that is opened when it is first used, and closed once. Safe for use by several threads.</summary>
internal sealed class DatastoreConnection(DatastoreAddress address, string? nodeName = null) : IDisposable
{
    private readonly Lock _gate = new();
    private Datastore? _opened;
    private bool _isClosed;

    public DatastoreAddress Address => address;

    /// <summary>The name of this host in it; that of the environment at each use where none was given.</summary>
    public string NodeName => nodeName ?? Core.NodeName.FromEnvironment();

    /// <summary>Whether a cmdlet opened it for itself, having been given an address: it is closed when the cmdlet ends.</summary>
    public bool IsOwned { get; init; }

    public string Status => _isClosed ? "Closed" : _opened is null ? "NotOpened" : "Open";

    /// <summary>Opens it, if that was not done. What fails is tried again by the next.</summary>
    /// <param name="makes">Whether a file that is absent is made at once: else it reads as empty, and is made by the first change.</param>
    /// <exception cref="DatastoreException">It cannot be opened.</exception>
    public Datastore Open(bool makes = false)
    {
        lock (_gate)
        {
            return _isClosed ? throw Closed(address.ToString()!) : _opened ??= makes ? address.Open() : address.OpenAsItIs();
        }
    }

    /// <summary>Closes it until it is used again.</summary>
    public void Park()
    {
        lock (_gate)
        {
            _opened?.Dispose();
            _opened = null;
        }
    }

    /// <summary>Closes it for good. Operations of other threads that are under way end first, or fail.</summary>
    public void Dispose()
    {
        Datastore? opened;
        lock (_gate)
        {
            _isClosed = true;
            (opened, _opened) = (_opened, null);
        }

        opened?.Dispose();
    }

    public static CommandFault Closed(string address)
        => new(ErrorIds.DatastoreDisconnected, ErrorCategory.InvalidOperation, $"The datastore {address} was disconnected.");
}
