using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Testing;

public class RequiresTests
{
    [Fact]
    public void What_is_absent_skips_and_under_CI_fails()
    {
        Assert.StartsWith("$XunitDynamicSkip$needs nft", Requires.Absence("nft", fails: false).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Skip", Requires.Absence("nft", fails: true).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_is_looked_up_where_programs_are()
    {
        Requires.Tool("sh", "dash");
        Assert.Contains("no-such-program (package some)", Thrown(() => Requires.Tool("no-such-program", "some")), StringComparison.Ordinal);

        // Not Assert.Throws: xUnit lets a skip pass through it.
        static string Thrown(Action action)
        {
            try { action(); }
            catch (Exception e) { return e.Message; }
            return "";
        }
    }

    [Fact]
    public void The_recorded_outputs_lie_beside_the_repository() => Assert.NotEmpty(Directory.GetFiles(Requires.Golden("calico", "cni")));

    [Fact]
    public void The_repository_knows_its_root_and_where_the_module_is_staged()
    {
        Assert.True(File.Exists(Repository.At("CalicoNet.sln")));
        Assert.Equal(Repository.At("output", "CalicoNet", Repository.Version), Repository.ModulePath);
    }
}
