using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Testing;

/// <summary>A census of the whole process is only right while nothing else runs in it.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

[Collection(nameof(Alone))]
public class ProcessLeakTests
{
    [Fact]
    public void A_whole_life_of_sandboxes_leaves_nothing_in_the_process()
    {
        var before = LeakCensus.Take(LeakScope.Process);
        for (var i = 0; i < 10; i++)
        {
            using var sandbox = Sandbox.Create();
            using var capture = PacketCapture.Start(sandbox.HostName, Sandbox.Uplink);
            using var sender = RawSender.Open(sandbox.HostName, Sandbox.Uplink);
            sender.Send(Frames.ArpRequest("02:00:00:00:00:01", Sandbox.HostAddress, Sandbox.Gateway));
            capture.WaitFor(frame => frame.IsArp);
            using var directory = new TempDirectory();
            File.WriteAllText(directory.File("note"), "");
        }
        before.AssertNothingLeft();
    }

    [Fact]
    public void Many_open_descriptors_and_a_forgotten_directory_are_noticed()
    {
        var before = LeakCensus.Take(LeakScope.Process);
        var handles = Enumerable.Range(0, 20).Select(_ => File.OpenHandle("/proc/self/ns/net")).ToList();
        using var directory = new TempDirectory();

        var differences = before.Compare(LeakCensus.Take(LeakScope.Process));
        handles.ForEach(handle => handle.Dispose());

        Assert.Contains("+20 descriptor of the machine's own namespace", differences);
        Assert.Contains($"+1 temporary {directory.Path}", differences);
    }
}
