using System.Globalization;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

public class NetNamespaceTests : CommandTest
{
    [Fact]
    public void New_makes_namespaces_of_names_from_the_pipeline_one_object_each()
    {
        var names = new[] { Sandbox.NewName("a"), Sandbox.NewName("b") };
        Set("names", names);

        var made = Run("$names | New-NetNamespace").Output;

        Assert.Equal(names, made.Select(found => found.Text("Name")));
        Assert.All(names, name => Assert.Equal("lo", Assert.Single(Ip.In(name).Links()).Name));
        Assert.All(made, found => Assert.Equal("lo", found.Text("Interfaces")));
    }

    [Fact]
    public void New_with_a_taken_name_reports_ResourceExists_and_Force_takes_it()
    {
        Fails("New-NetNamespace $w", "ResourceExists");
        Assert.Equal(Workload, One("New-NetNamespace $w -Force").Text("Name"));
    }

    [Theory]
    [InlineData("''")]
    [InlineData("'.'")]
    [InlineData("'..'")]
    [InlineData("'../../etc'")]
    [InlineData("\"a`0b\"")]
    [InlineData("('x' * 256)")]
    public void A_name_that_is_none_is_an_argument_error(string name) => Fails($"New-NetNamespace {name}", "InvalidArgument");

    [Theory]
    [InlineData("New-NetNamespace")]
    [InlineData("Remove-NetNamespace")]
    public void An_object_with_a_name_is_not_taken_for_a_name(string command)
    {
        var before = Netns.Names().Where(name => name.StartsWith(Sandbox.Prefix, StringComparison.Ordinal)).ToList();
        Set("victim", new { Name = Workload });

        Fails($"$victim | {command}; 17 | {command}", "InputObjectNotBound", "InputObjectNotBound");

        Assert.Equal(before, Netns.Names().Where(name => name.StartsWith(Sandbox.Prefix, StringComparison.Ordinal)));
    }

    [Fact]
    public void New_takes_names_that_a_block_makes_of_each_item()
    {
        Set("prefix", Sandbox.NewName("n"));
        Assert.Equal(2, Run("1..2 | New-NetNamespace -Name { \"$prefix$_\" }").Output.Count);
    }

    [Fact]
    public void Get_lists_by_wildcard_and_tells_inode_and_interfaces()
    {
        Set("prefix", Sandbox.Prefix);

        var found = Run("Get-NetNamespace \"$prefix*\"").Output;

        Assert.Equal([Sandbox.HostName, Sandbox.OutsideName, Workload], found.Select(n => n.Text("Name")).Order(StringComparer.Ordinal));
        var host = found.Single(n => n.Text("Name") == Sandbox.HostName);
        Assert.Equal("lo, up0", host.Text("Interfaces"));
        Assert.Equal(Sandbox.HostPath, host.Text("Path"));
        Assert.Equal(Exec.Run("stat", "-L", "-c", "%i", Sandbox.HostPath).Output.Trim(), host.Text("Inode"));
    }

    [Fact]
    public void Get_of_a_literal_name_that_is_none_is_an_error_and_of_a_wildcard_nothing()
    {
        Fails("Get-NetNamespace no-such-namespace", "ObjectNotFound");
        Assert.Empty(Run("Get-NetNamespace no-such-*").Output);
    }

    [Fact]
    public void Get_goes_on_after_a_name_that_is_none()
        => Assert.Equal(Workload, Assert.Single(Fails("'no-such-namespace', $w | Get-NetNamespace", "ObjectNotFound").Output).Text("Name"));

    [Fact]
    public void Get_takes_a_name_with_a_bracket_literally_first()
    {
        var name = Sandbox.NewName("x") + "[1]";
        Set("name", name);
        Run("New-NetNamespace $name");

        Assert.Equal(name, One("Get-NetNamespace $name").Text("Name"));
        Assert.Empty(Run("Get-NetNamespace \"$name[2]\"").Output);
    }

    [Fact]
    public void Get_takes_its_own_objects()
        => Assert.Equal(Workload, One("Get-NetNamespace $w | Get-NetNamespace").Text("Name"));

    [Fact]
    public void Get_all_finds_the_unnamed_namespace_of_a_process()
    {
        using var process = Ready(ProcessRunner.Start("unshare", "--net", "--", "sh", "-c", "echo ready; exec sleep 60"));

        var found = Run("Get-NetNamespace -All").Output.Single(n => n.Text("ProcessId") == process.Id.ToString(CultureInfo.InvariantCulture));

        Assert.Equal($"/proc/{process.Id}/ns/net", found.Text("NetNamespace"));
        Assert.Equal("lo", found.Text("Interfaces"));
    }

    [Fact]
    public void Remove_removes_by_name_by_text_and_by_object()
    {
        Set("names", new[] { Sandbox.AddNamespace("a"), Sandbox.AddNamespace("b"), Sandbox.AddNamespace("c") });

        Assert.Empty(Run("Remove-NetNamespace $names[0]; $names[1] | Remove-NetNamespace; Get-NetNamespace $names[2] | Remove-NetNamespace").Output);

        Assert.DoesNotContain(Netns.Names(), name => name.StartsWith(Sandbox.Prefix, StringComparison.Ordinal) && name != Sandbox.HostName && name != Sandbox.OutsideName && name != Workload);
    }

    [Fact]
    public void Remove_of_a_namespace_that_is_none_is_an_error_and_the_next_has_its_turn()
    {
        Fails("Remove-NetNamespace no-such-namespace, $w", "ObjectNotFound");
        Assert.False(Netns.Exists(Workload));
    }

    [Fact]
    public void Remove_refuses_one_that_processes_are_in_unless_forced()
    {
        using var process = Ready(ProcessRunner.StartIn(Workload, "sh", "-c", "echo ready; exec sleep 60"));

        var error = Assert.Single(Fails("Remove-NetNamespace $w", "NamespaceInUse").Errors);
        Assert.Contains($"{process.Id}", error.ToString(), StringComparison.Ordinal);
        Assert.True(Netns.Exists(Workload));

        Run("Remove-NetNamespace $w -Force");
        Assert.False(Netns.Exists(Workload));
    }

    [Fact]
    public void Remove_refuses_an_object_whose_name_another_namespace_has_by_now()
    {
        Run("$old = Get-NetNamespace $w; Remove-NetNamespace $w; New-NetNamespace $w");

        Fails("$old | Remove-NetNamespace", "StaleObject");

        Assert.True(Netns.Exists(Workload));
    }

    [Fact]
    public void Remove_refuses_an_object_without_a_name() => Fails("Get-NetNamespace . | Remove-NetNamespace", "InvalidArgument");

    private static ProcessRunner Ready(ProcessRunner process)
    {
        process.WaitForOutput("ready");
        return process;
    }
}
