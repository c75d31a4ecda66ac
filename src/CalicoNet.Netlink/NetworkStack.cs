using CalicoNet.Netlink.Nftables;
using Tmds.Linux;

namespace CalicoNet.Netlink;

/// <summary>
/// The front door: one open network namespace. Reads and dumps, one-request writes, a batch of many. It keeps the namespace alive while
/// it is open, so it is opened for an operation and closed after it. For use by one thread at a time, from any thread.
/// </summary>
/// <example>
/// <code>
/// using var cali = NetNamespaces.Create("cali");
/// using var host = NetworkStack.Open(NetNamespaceRef.Own);
/// var veth = host.Links.AddVeth(new VethSpec("cali0", "eth0"), cali);
/// </code>
/// </example>
public sealed class NetworkStack : IDisposable
{
    /// <summary>The loopback interface is the first of every namespace (LOOPBACK_IFINDEX, net/flow.h).</summary>
    public const int LoopbackIndex = 1;

    private readonly FileHandle _handle;
    private readonly NetlinkSocket _route;
    private NetlinkSocket? _netfilter;

    private NetworkStack(NetNamespaceRef reference, FileHandle handle, NetlinkSocket route)
    {
        Namespace = reference;
        _handle = handle;
        _route = route;
        Cookie = route.NamespaceCookie;
    }

    /// <summary>The name it was opened by.</summary>
    public NetNamespaceRef Namespace { get; internal set; }

    /// <summary>The namespace's identity while this machine is up (SO_NETNS_COOKIE); 0 before Linux 5.14, which has none.</summary>
    public ulong Cookie { get; }

    /// <summary>The namespace's inode: for display; it is reused at once when the namespace is gone.</summary>
    public ulong Inode => Sys.Identity(_handle).Inode;

    /// <summary>A path by which another program can enter the namespace while this stack is open: <c>nsenter --net=PATH</c>.</summary>
    public string HandlePath => HandlePathOf(_handle);

    /// <summary>Interfaces.</summary>
    public Links Links => new(this);

    /// <summary>Addresses of interfaces.</summary>
    public Addresses Addresses => new(this);

    /// <summary>Routes.</summary>
    public Routes Routes => new(this);

    /// <summary>Neighbor tables (ARP and NDP).</summary>
    public Neighbors Neighbors => new(this);

    /// <summary>Tables, chains, sets and rules of nf_tables.</summary>
    public NftRuleset Nftables => new(this);

    /// <summary>Settings under /proc/sys/net.</summary>
    public Sysctls Sysctls => new(this);

    /// <summary>Requests to be sent together with <see cref="Flush"/>; the encoders (<c>RouteWire.Add</c>) write into it.</summary>
    public NetlinkBatch Batch { get; } = new();

    /// <summary>For operations of one request, which may be called while others wait in <see cref="Batch"/>.</summary>
    internal NetlinkBatch Single { get; } = new();

    internal FileHandle Handle => _handle;

    private static string HandlePathOf(FileHandle handle) => $"/proc/{Environment.ProcessId}/fd/{handle.Number}";

    /// <summary>Opens a namespace. Another one than the process's own needs CAP_SYS_ADMIN.</summary>
    /// <exception cref="NetlinkException">ENOENT: there is none of that name; EINVAL: the file is no namespace; EPERM: not allowed.</exception>
    public static NetworkStack Open(NetNamespaceRef reference)
    {
        var operation = reference.IsOwn ? "open this process's network namespace" : $"open network namespace '{reference}'";
        var error = Sys.Open(reference.Path, LibC.O_RDONLY, 0, out var handle);
        if (error != Errno.None)
        {
            throw NetlinkException.ForCall(operation, error);
        }

        try
        {
            if (!Sys.IsNamespace(handle!))
            {
                // What a killed creation leaves is there as a file, and as a namespace is not.
                throw NetlinkException.ForCall(operation, reference.IsName ? Errno.ENOENT : Errno.EINVAL);
            }

            return new NetworkStack(reference, handle!, NetlinkSocket.Open(reference.IsOwn ? null : handle, NetlinkProtocol.Route));
        }
        catch (NetlinkException e) when (e.Errno == Errno.EPERM)
        {
            handle!.Dispose();
            throw NetlinkException.ForCall(operation, Errno.EPERM);
        }
        catch
        {
            handle!.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Sends what waits in <see cref="Batch"/>. rtnetlink is no transaction: it goes on after an error, so each failure is reported and
    /// what is not was done.
    /// </summary>
    /// <param name="onLink">Gets each link that the kernel echoes, with the number of its request.</param>
    /// <returns>The failures, in order of the requests.</returns>
    /// <exception cref="NetlinkException">The kernel's answer could not be had.</exception>
    public IReadOnlyList<NetlinkError> Flush(Action<int, Link>? onLink = null)
    {
        try
        {
            return _route.Transact(Batch, onLink is null ? null : (int request, in NetlinkMessage message) =>
            {
                if (LinkWire.TryRead(message, out var link))
                {
                    onLink(request, link);
                }
            });
        }
        finally
        {
            Batch.Clear();
        }
    }

    /// <summary>
    /// The number this namespace has for another one: the <see cref="Link.PeerNamespaceId"/> of links that lead there. Null where none was
    /// assigned (no link leads there), or where there is no such namespace.
    /// </summary>
    public int? NamespaceIdOf(NetNamespaceRef other)
    {
        if (Sys.Open(other.Path, LibC.O_RDONLY, 0, out var handle) != Errno.None)
        {
            return null;
        }

        using (handle)
        {
            if (!Sys.IsNamespace(handle!))
            {
                return null;
            }

            var id = NamespaceIdWire.NotAssigned;
            NamespaceIdWire.Get(Single, handle!);
            Execute((int _, in NetlinkMessage message) => id = NamespaceIdWire.Read(message));
            return id == NamespaceIdWire.NotAssigned ? null : id;
        }
    }

    /// <summary>
    /// Sends ICMP echoes from this namespace and yields what became of each, when it is known. The socket is opened when the first is asked
    /// for; this stack must be open until then. Needs CAP_NET_RAW, or the namespace's net.ipv4.ping_group_range to let the process's group.
    /// </summary>
    /// <param name="target">Where to.</param>
    /// <param name="options">How; null: four, one a second.</param>
    /// <param name="cancellation">Ends the stream at once, without an exception.</param>
    /// <exception cref="NetlinkException">The socket cannot be had. EPERM: not allowed; EADDRNOTAVAIL: the source is not of this namespace.</exception>
    public IEnumerable<EchoReply> Ping(IPAddr target, EchoOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new EchoOptions();
        options.Check(target);
        return IcmpEcho.Run(this, target, options, cancellation);
    }

    /// <summary>Closes the sockets and the namespace's handle.</summary>
    public void Dispose()
    {
        if (_netfilter is { } netfilter)
        {
            BarrierLanes.Post(netfilter.Dispose);   // after a removal its close waits until what was removed is freed: 10 ms
        }

        _route.Dispose();
        _handle.Dispose();
        Batch.Dispose();
        Single.Dispose();
    }

    /// <summary>A stack for a new namespace that has no name: whoever gives it one writes it to <see cref="Namespace"/>.</summary>
    internal static NetworkStack CreateNamespace(string operation)
    {
        var (handle, socket) = NamespaceThread.CreateNamespace(LibC.AF_NETLINK, LibC.SOCK_RAW, (int)NetlinkProtocol.Route, operation);
        try
        {
            return new NetworkStack(NetNamespaceRef.Parse(HandlePathOf(handle)), handle, NetlinkSocket.Take(socket, NetlinkProtocol.Route));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The namespace where something is to be opened; null for the process's own, which needs no privilege.</summary>
    internal FileHandle? Place => Namespace.IsOwn ? null : _handle;

    /// <summary>The socket for nf_tables, opened on first use.</summary>
    internal NetlinkSocket Netfilter => _netfilter ??= NetlinkSocket.Open(Place, NetlinkProtocol.Netfilter);

    /// <summary>Sends a batch of the caller's; see <see cref="Flush"/>.</summary>
    internal IReadOnlyList<NetlinkError> Send(NetlinkBatch batch)
    {
        try
        {
            return _route.Transact(batch);
        }
        finally
        {
            batch.Clear();
        }
    }

    /// <summary>Sends the request in <see cref="Single"/> and throws when the kernel refuses it.</summary>
    internal void Execute(ReplyHandler? onReply = null)
    {
        try
        {
            foreach (var error in _route.Transact(Single, onReply))
            {
                throw new NetlinkException(NetlinkFault.Refused, Single.Describe(error.Request), error);
            }
        }
        finally
        {
            Single.Clear();
        }
    }

    /// <summary><see cref="Execute"/> for a removal: false when the kernel says that there was nothing.</summary>
    internal bool ExecuteUnlessGone(Errno gone)
    {
        try
        {
            Execute();
            return true;
        }
        catch (NetlinkException e) when (e.Errno == gone)
        {
            return false;
        }
    }

    /// <summary>Runs the dump in <see cref="Single"/>.</summary>
    internal List<T> Dump<TParser, T>()
        where TParser : IMessageParser<T>
        => _route.Dump<TParser, T>(Single);
}
