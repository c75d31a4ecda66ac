namespace CalicoNet.Netlink;

/// <summary>A cancellation token as a descriptor, so that poll(2) ends at once when it is cancelled.</summary>
internal sealed class CancellationDescriptor : IDisposable
{
    private readonly FileHandle _event = Sys.EventDescriptor();
    private readonly CancellationTokenRegistration _registration;

    public CancellationDescriptor(CancellationToken token)
        => _registration = token.UnsafeRegister(static descriptor => Sys.Signal((FileHandle)descriptor!), _event);

    /// <summary>The bare number, for <see cref="Sys.Poll"/>.</summary>
    public int Number => _event.Number;

    public void Dispose()
    {
        _registration.Dispose();   // waits for a cancellation under way, which uses the descriptor
        _event.Dispose();
    }
}
