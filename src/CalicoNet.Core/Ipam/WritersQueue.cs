using System.Security.Cryptography;
using System.Text;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// Those who were overtaken by other writers of a datastore, in this process and in all others of this host: one goes on after the other, because
/// at once they would only overtake each other. Nothing else depends on it.
/// </summary>
#pragma warning disable CA1001 // A SemaphoreSlim whose wait handle nobody asks for holds nothing to be released.
internal sealed class WritersQueue(DatastoreAddress address)
#pragma warning restore CA1001
{
    // An abstract socket is anybody's: one who never lets go must not hold us up for good.
    private static readonly TimeSpan LongestOfOthers = TimeSpan.FromSeconds(2);

    private readonly string _name = $"caliconet/ipam/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.ToString())))[..32]}";
    private readonly SemaphoreSlim _threads = new(1, 1);

    /// <summary>Waits for the turn. Null when it did not come in that time.</summary>
    public IDisposable? Enter(TimeSpan patience, CancellationToken cancellation)
    {
        if (!_threads.Wait(patience, cancellation))
        {
            return null;
        }

        try
        {
            return new Turn(_threads, NamespaceLock.Acquire(_name, patience < LongestOfOthers ? patience : LongestOfOthers, cancellation));
        }
        catch (NetlinkException)
        {
            return new Turn(_threads, null);   // no sockets here: then among our own threads only
        }
        catch
        {
            _threads.Release();
            throw;
        }
    }

    private sealed class Turn(SemaphoreSlim threads, NamespaceLock? processes) : IDisposable
    {
        public void Dispose()
        {
            processes?.Dispose();
            threads.Release();
        }
    }
}
