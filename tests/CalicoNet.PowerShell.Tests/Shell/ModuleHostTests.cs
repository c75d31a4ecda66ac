using CalicoNet.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Shell;

public sealed class ModuleHostTests
{
    [Fact]
    public void A_run_gives_objects_errors_and_every_other_stream()
    {
        using var host = ModuleHost.Open();

        var result = host.Run("""
            [CmdletBinding(SupportsShouldProcess)] param($name)
            $PSCmdlet.WriteWarning('careful'); $PSCmdlet.WriteVerbose('detail'); $PSCmdlet.WriteDebug('bytes'); $PSCmdlet.WriteInformation('news', @('tag'))
            $PSCmdlet.WriteProgress([System.Management.Automation.ProgressRecord]::new(1, 'work', 'half'))
            Get-Command nosuchcommand
            [pscustomobject]@{ Name = $name }
            """, "web1");

        Assert.Equal("web1", Assert.Single(result.Output).Properties["Name"].Value);
        Assert.Equal("CommandNotFoundException,Microsoft.PowerShell.Commands.GetCommandCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Equal("careful", Assert.Single(result.Warnings));
        Assert.Equal("news", Assert.Single(result.Information).MessageData);
        Assert.Equal("half", Assert.Single(result.Progress).StatusDescription);
        Assert.False(result.WasEnded);
    }

    [Fact]
    public void What_the_host_is_told_is_kept_for_each_run()
    {
        using var host = ModuleHost.Open();
        const string Script = "function Remove-It { [CmdletBinding(SupportsShouldProcess)] param() $PSCmdlet.WriteVerbose('so'); $null = $PSCmdlet.ShouldProcess('it', 'Remove') }";
        host.Run(Script);

        var result = host.Run("Remove-It -WhatIf -Verbose");

        Assert.Equal("VERBOSE: so\nWhat if: Performing the operation \"Remove\" on target \"it\".\n", result.HostText);
        Assert.Equal("so", Assert.Single(result.Verbose));
        Assert.Empty(host.Run("1").HostText);
    }

    [Fact]
    public void An_error_that_ends_a_run_is_the_last_of_its_errors()
    {
        using var host = ModuleHost.Open();

        var result = host.Run("1; Get-Command nosuchcommand; throw 'boom'");

        Assert.Equal(1, Assert.Single(result.Output).BaseObject);
        Assert.Collection(result.Errors, first => Assert.Contains("nosuch", first.ToString(), StringComparison.Ordinal), last => Assert.Equal("boom", last.ToString()));
        Assert.True(result.WasEnded);
        Assert.False(result.WasStopped);
    }

    [Fact]
    public void Views_come_as_plain_text()
    {
        using var host = ModuleHost.Open();

        Assert.Equal("\nName Size\n---- ----\nweb1    7\n\n", host.Format("[pscustomobject]@{ Name = $args[0]; Size = 7 }", "web1"));
    }

    [Fact]
    public async Task A_run_is_stopped_and_the_host_goes_on()
    {
        using var host = ModuleHost.Open();
        var run = host.RunAsync("$Host.UI.WriteLine('ready'); try { while ($true) { } } finally { $cleaned = $true }");
        await host.WaitForTextAsync("ready");

        await host.StopAsync();

        var result = await run;
        Assert.True(result.WasStopped);
        Assert.Empty(result.Errors);
        Assert.Equal(true, Assert.Single(host.Run("$cleaned").Output).BaseObject);
    }

    [Fact]
    public void A_question_is_an_error_because_nobody_is_there()
    {
        using var host = ModuleHost.Open();

        var result = host.Run("function Ask { [CmdletBinding(SupportsShouldProcess)] param() $PSCmdlet.ShouldProcess('it') }; Ask -Confirm");

        Assert.Contains("there is no terminal", Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Hosts_side_by_side_do_not_see_each_other()
    {
        var sums = new int[8];
        Parallel.For(0, sums.Length, i =>
        {
            using var host = ModuleHost.Open();
            host.Run("$mine = $args[0]", i);
            sums[i] = (int)host.Run("1..100 | ForEach-Object { $mine }").Output.Sum(o => (int)o.BaseObject);
        });

        Assert.Equal(Enumerable.Range(0, sums.Length).Select(i => i * 100), sums);
    }

    [Fact]
    public void The_module_is_the_staged_one()
    {
        using var host = ModuleHost.Open();

        Assert.Equal(Repository.ModulePath, Assert.Single(host.Run("Get-Module CalicoNet | ForEach-Object ModuleBase").Output).BaseObject);
    }

    [Fact]
    public void A_module_that_cannot_be_imported_says_why()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory.File("CalicoNet.psd1"), "@{ ModuleVersion = '1.0'; RootModule = 'Missing.dll' }");

        var fault = Assert.Throws<ShellException>(() => ModuleHost.Open(module: directory.Path));

        Assert.Contains("Missing.dll", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_was_not_built_yet_says_how_to()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory.File("CalicoNet.sln"), "");

        var fault = Assert.Throws<ShellException>(() => StagedModule.Find(null, directory.Path));

        Assert.Contains("run dotnet build", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_that_hold_other_things_are_not_searched_for_modules()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory.File("CalicoNet.psd1"), "@{ ModuleVersion = '1.0' }");

        using var host = ModuleHost.Open(module: directory.Path);

        var searched = ((string)Assert.Single(host.Run("$env:PSModulePath").Output).BaseObject).Split(':');
        Assert.DoesNotContain(Path.GetDirectoryName(Path.GetDirectoryName(directory.Path)), searched);
        Assert.DoesNotContain(Path.GetDirectoryName(directory.Path), searched);
    }

    [Fact]
    public void Of_several_staged_versions_the_newest_is_taken()
    {
        using var directory = new TempDirectory();
        foreach (var version in (string[])["0.9.0", "0.10.0", "0.2.0"])
        {
            Directory.CreateDirectory(directory.File(version));
            File.WriteAllText(Path.Combine(directory.File(version), "CalicoNet.psd1"), "");
        }

        Assert.Equal(Path.Combine(directory.File("0.10.0"), "CalicoNet.psd1"), StagedModule.Find(directory.Path));
    }
}
