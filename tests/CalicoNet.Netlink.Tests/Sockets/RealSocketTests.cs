using System.Runtime.InteropServices;
using CalicoNet.Testing;
using Tmds.Linux;

namespace CalicoNet.Netlink.Tests.Sockets;

/// <summary>What only the kernel itself can do to a socket.</summary>
public sealed class RealSocketTests : IDisposable
{
    private readonly Sandbox _sandbox = Sandbox.Create();
    private readonly NetworkStack _stack;
    private readonly NetlinkSocket _socket;
    private readonly NetlinkBatch _batch = new();

    public RealSocketTests()
    {
        _stack = NetworkStack.Open(NetNamespaceRef.Parse(_sandbox.HostName));
        _socket = NetlinkSocket.Open(_stack.Place, NetlinkProtocol.Route);
    }

    public void Dispose()
    {
        _batch.Dispose();
        _socket.Dispose();
        _stack.Dispose();
        _sandbox.Dispose();
    }

    [Fact]
    public void The_most_requests_of_a_flush_may_all_fail()
    {
        QueueFailures(NetlinkBatch.MaxRequests);

        var errors = _socket.Transact(_batch);

        Assert.Equal(Enumerable.Range(0, NetlinkBatch.MaxRequests), errors.Select(error => error.Request));
        Assert.All(errors, error => Assert.Equal(Errno.ENODEV, error.Errno));
    }

    [Fact]
    public void An_overrun_is_a_fault_of_its_own_and_the_next_requests_go_well()
    {
        for (var i = 0; i < 3; i++)
        {
            QueueFailures(2000);
            Assert.Equal(NetlinkFault.Overrun, Assert.Throws<NetlinkException>(() => _socket.Transact(_batch)).Fault);
            _batch.Clear();

            LinkWire.SetAlias(_batch, NetworkStack.LoopbackIndex, $"after {i}");
            Assert.Empty(_socket.Transact(_batch));
            _batch.Clear();
            LinkWire.List(_batch);
            Assert.Contains($"after {i}", _socket.Dump<Parser, Link>(_batch).Select(link => link.Alias));
        }
    }

    [Fact]
    public void What_another_process_sends_to_the_socket_is_no_answer()
    {
        // Whoever is root can send to any netlink port. The port and the sequence are right; the sender is not the kernel.
        using var forger = NetlinkSocket.OpenRaw(_stack.Place, NetlinkProtocol.Route);
        NetlinkSocket.Configure(forger, NetlinkProtocol.Route);
        var port = PortOf(_socket);
        var victim = new byte[12];
        MemoryMarshal.Write(victim, (ushort)LibC.AF_NETLINK);
        MemoryMarshal.Write(victim.AsSpan(4), port);
        Assert.Equal(Errno.None, Sys.SendTo(forger, FakeKernel.Message(ControlType.Error, 1, NetlinkFlags.None, port, [.. BitConverter.GetBytes(-(int)Errno.EIO), .. new byte[16]]), victim));

        LinkWire.SetAlias(_batch, NetworkStack.LoopbackIndex, "real");

        Assert.Empty(_socket.Transact(_batch));
        Assert.Equal("real", _stack.Links.Find(NetworkStack.LoopbackIndex)!.Alias);
    }

    [Fact]
    public void The_kernels_own_words_and_the_attribute_are_in_the_exception()
    {
        var error = Assert.Throws<NetlinkException>(() => _stack.Links.SetMtu(NetworkStack.LoopbackIndex, -1));
        Assert.Equal((NetlinkFault.Refused, Errno.EINVAL), (error.Fault, error.Errno));
        Assert.Contains("set MTU -1 on interface 1", error.Message, StringComparison.Ordinal);

        var uplink = _stack.Links.Find(Sandbox.Uplink)!.Index;
        error = Assert.Throws<NetlinkException>(() => _stack.Routes.Add(new Route(IPPrefix.Parse("203.0.113.0/24"), uplink) { Gateway = IPAddr.Parse("198.18.0.1") }));
        Assert.Equal((Errno.ENETUNREACH, "Nexthop has invalid gateway"), (error.Errno, error.KernelMessage));

        error = Assert.Throws<NetlinkException>(() => _stack.Links.SetAlias(uplink, new string('x', 256)));
        Assert.Equal("Alias", error.Error.Attribute);
    }

    private void QueueFailures(int count)
    {
        for (var i = 0; i < count; i++)
            LinkWire.SetMtu(_batch, 1_000_000, 1500);
    }

    private static uint PortOf(NetlinkSocket socket)
        => (uint)typeof(NetlinkSocket).GetField("_port", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(socket)!;

    private readonly struct Parser : IMessageParser<Link>
    {
        public static bool TryRead(in NetlinkMessage message, out Link row) => LinkWire.TryRead(message, out row);
    }
}
