using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

public sealed class NativeTests
{
    [Fact]
    public void A_program_compiled_ahead_of_time_makes_and_removes_an_endpoint_and_uses_both_datastores()
    {
        Requires.NativeAotLinker();
        using var lab = new EndpointLab();
        using var folder = new TempDirectory();
        var name = lab.Sandbox.NewName("smoke");
        // Compiles three projects and links: minutes where two cores run everything else at the same time.
        using var publishing = ProcessRunner.Start(
            "dotnet", ["publish", Repository.At("tests", "CalicoNet.NativeSmoke"), "-c", "Release", "--nologo", "-o", folder.Path, "--artifacts-path", folder.File("artifacts")],
            new Dictionary<string, string?> { ["TMPDIR"] = folder.Path });
        var published = publishing.WaitForExit(TimeSpan.FromMinutes(10)).OrThrow();
        Assert.DoesNotContain("warning IL", published.Output, StringComparison.Ordinal);

        var result = Exec.Run(folder.File("CalicoNet.NativeSmoke"), lab.Sandbox.HostName, name);

        Assert.Equal("Ready", result.Output.Trim());
        Assert.False(NetNamespaces.Exists(name));

        Assert.True(File.Exists(folder.File("libe_sqlite3.so")));
        using var etcd = EtcdServer.Start();
        Assert.All([$"sqlite:{folder.File("store.db")}", etcd.Endpoints], address =>
            Assert.Equal("2", Exec.Run(folder.File("CalicoNet.NativeSmoke"), "datastore", address, "/counter", "2").Output.Trim()));
    }
}
