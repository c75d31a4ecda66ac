using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

/// <summary>Enter-, Exit- and Invoke-NetNamespace: which namespace cmdlets and programs work in, and that no thread ever moves.</summary>
public sealed class CurrentNamespaceTests : CommandTest
{
    private const string Where = "(Get-HostInterface lo).NetNamespace";
    private const string Inode = "readlink /proc/self/ns/net";

    [Fact]
    public void Enter_makes_it_the_current_one_and_Exit_goes_back_step_by_step()
        => Assert.Equal(
            [".", Workload, Sandbox.HostName, Workload, ".", "."],
            Texts($"{Where}; Enter-NetNamespace $w; {Where}; Get-NetNamespace $h | Enter-NetNamespace; {Where}; Exit-NetNamespace; {Where}; Exit-NetNamespace; {Where}; Exit-NetNamespace; {Where}"));

    [Fact]
    public void A_dot_enters_the_sessions_own_namespace() => Assert.Equal(["."], Texts($"Enter-NetNamespace $w; Enter-NetNamespace .; {Where}"));

    [Theory]
    [InlineData("Enter-NetNamespace no-such-namespace")]
    [InlineData("Invoke-NetNamespace no-such-namespace { 1 }")]
    [InlineData("Invoke-NetNamespace no-such-namespace -FilePath true")]
    public void One_that_is_not_there_is_an_error_and_nothing_is_entered(string command)
    {
        Assert.Empty(Fails(command, "ObjectNotFound").Output);
        Assert.Equal(["."], Texts(Where));
    }

    [Fact]
    public void What_is_made_without_a_namespace_is_made_in_the_current_one()
    {
        var made = One("Enter-NetNamespace $h; New-VethPair $w -HostInterfaceAlias v-here; Exit-NetNamespace");

        Assert.Equal(Sandbox.HostName, made.Text("HostNetNamespace"));
        Assert.Contains(HostIp.Links(), link => link.Name == "v-here");
        Assert.Equal(["v-here"], Run("Enter-NetNamespace $h; Get-VethPair v-here").Output.Texts("HostInterfaceAlias"));
    }

    [Fact]
    public void Interfaces_complete_in_the_current_namespace()
    {
        AddPair();
        var names = Texts("Enter-NetNamespace $w; (TabExpansion2 'Get-HostInterface v-' 20).CompletionMatches.CompletionText");
        Assert.Equal(["v-cali"], names);
    }

    [Fact]
    public void The_cmdlets_of_a_block_work_inside()
        => Assert.Equal([Workload, "."], Texts($"Invoke-NetNamespace $w {{ {Where} }}; {Where}"));

    [Fact]
    public void A_block_runs_once_in_each_namespace_of_the_pipeline()
        => Assert.Equal([Sandbox.HostName, Workload], Texts($"Get-NetNamespace $h, $w | Invoke-NetNamespace {{ {Where} }}"));

    [Fact]
    public void A_block_gets_its_arguments_and_sees_no_variables_of_the_cmdlet()
        => Assert.Equal(["1-two", "True"], Texts("Invoke-NetNamespace $w { param($a, $b) \"$a-$b\"; $null -eq $__CalicoNetBlock } -ArgumentList 1, 'two'"));

    [Fact]
    public void Programs_of_a_block_run_inside_by_name_path_and_text()
    {
        var inside = InodeOf(Workload);
        Assert.Equal(
            [inside, inside, inside],
            Texts($"Invoke-NetNamespace $w {{ {Inode}; & (Get-Command readlink).Path /proc/self/ns/net; [scriptblock]::Create('{Inode}').Invoke() }}"));
    }

    [Fact]
    public void Programs_outside_of_a_block_stay_outside()
    {
        Assert.Equal([Own, Own], Texts($"Invoke-NetNamespace $w {{ 1 }} | ForEach-Object {{ {Inode} }}; {Inode}"));
    }

    [Fact]
    public void Programs_of_a_block_take_their_arguments_and_give_their_exit_code()
        => Assert.Equal(["-n:1", "a b", "7"], Texts("Invoke-NetNamespace $w { printf '%s\\n' -n:1 'a b'; sh -c 'exit 7' }; $LASTEXITCODE"));

    [Fact]
    public void In_pwsh_programs_inside_read_the_pipeline_and_aliases_lead_inside()
        => Assert.Equal(
            $"in|put\nin+put\n{InodeOf(Workload)}\n",
            InPwsh($$"""
                'in', 'put' | Invoke-NetNamespace {{Workload}} -FilePath paste -ArgumentList '-s', '-d', '|'
                Invoke-NetNamespace {{Workload}} { 'in', 'put' | paste -s -d '+' }
                Set-Alias rl readlink
                Invoke-NetNamespace {{Workload}} { rl /proc/self/ns/net }
                """));

    [Fact]
    public void In_pwsh_Start_Process_in_a_block_is_refused_because_it_would_run_on_the_host()
        => Assert.Equal(
            "NativeCommandInBlock\n",
            InPwsh($$"""try { Invoke-NetNamespace {{Workload}} { Start-Process readlink /proc/self/ns/net -Wait } } catch { $_.FullyQualifiedErrorId }"""));

    [Fact]
    public void While_an_object_is_on_its_way_the_current_namespace_is_the_callers()
        => Assert.Equal(["1 .", "2 .", Workload + " ."], Texts($"Invoke-NetNamespace $w {{ 1; 2; {Where} }} | ForEach-Object {{ \"$_ $({Where})\" }}"));

    [Fact]
    public void What_is_entered_downstream_stays_entered_and_what_a_block_enters_does_not()
    {
        Assert.Equal([Workload], Texts($"Invoke-NetNamespace $h {{ 1 }} | ForEach-Object {{ Enter-NetNamespace $w }}; {Where}; Exit-NetNamespace"));
        Assert.Equal([Sandbox.HostName, "."], Texts($"Invoke-NetNamespace $w {{ Enter-NetNamespace $h; {Where} }}; {Where}"));
    }

    [Fact]
    public void Exit_does_not_leave_the_namespace_of_a_block()
        => Assert.Equal([Workload], Texts($"Enter-NetNamespace $h; Invoke-NetNamespace $w {{ Exit-NetNamespace; {Where} }}"));

    [Fact]
    public void Blocks_nest()
        => Assert.Equal(
            [Workload, InodeOf(Workload), Sandbox.HostName, InodeOf(Sandbox.HostName), Workload, InodeOf(Workload), "."],
            Texts($"Invoke-NetNamespace $w {{ {Where}; {Inode}; Invoke-NetNamespace $h {{ {Where}; {Inode} }}; {Where}; {Inode} }}; {Where}"));

    [Fact]
    public void A_dot_within_a_block_is_the_sessions_own_namespace()
        => Assert.Equal(
            [Own],
            Texts("Invoke-NetNamespace $w { Invoke-NetNamespace . -FilePath readlink -ArgumentList /proc/self/ns/net }"));

    [Theory]
    [InlineData("Invoke-NetNamespace $w { 1; return; 2 }", "1")]
    [InlineData("foreach ($i in 1, 2) { $i; Invoke-NetNamespace $w { break } }", "1")]
    [InlineData("Invoke-NetNamespace $w { 1..100 } | ForEach-Object { if ($_ -eq 2) { break }; $_ }", "1")]
    [InlineData("try { Invoke-NetNamespace $w { 1; throw 'oops' } } catch { }", "1")]
    public void However_a_block_is_left_its_namespace_is_left_too(string script, string output)
    {
        // 'break' ends the whole script where there is no loop: what comes after is asked for in another.
        Assert.Equal([output], Module.Run(script).Output.Select(value => value.ToString()));
        Assert.Equal([".", Own], Texts($"{Where}; {Inode}"));
    }

    [Fact]
    public async Task A_stopped_block_leaves_its_namespace()
    {
        var running = Module.RunAsync("Invoke-NetNamespace $w { $host.UI.WriteLine('started'); while ($true) { $null = Get-HostInterface lo } }");
        await Module.WaitForTextAsync("started");
        await Module.StopAsync();
        await running;

        Assert.Equal([".", Own], Texts($"{Where}; {Inode}"));
    }

    [Fact]
    public void An_error_in_a_block_keeps_its_id_and_its_place_and_the_block_goes_on()
    {
        var result = Module.Run("Invoke-NetNamespace $w {\n Get-HostInterface no-such\n 2 }");

        var error = Assert.Single(result.Errors);
        Assert.Equal("ObjectNotFound,CalicoNet.Commands.GetHostInterfaceCommand", error.FullyQualifiedErrorId);
        Assert.Equal("Get-HostInterface no-such", error.InvocationInfo.Line.Trim());
        Assert.Equal("2", Assert.Single(result.Output).ToString());
    }

    [Fact]
    public void What_a_block_throws_arrives_as_it_was_thrown()
        => Assert.Equal(["oops"], Texts("try { Invoke-NetNamespace $w { throw 'oops' } } catch { $_.FullyQualifiedErrorId }"));

    [Fact]
    public void Errors_of_a_block_can_be_redirected()
        => Assert.Equal(["ErrorRecord", "1"], Texts("Invoke-NetNamespace $w { Get-HostInterface no-such; 1 } 2>&1 | ForEach-Object { if ($_ -is [int]) { $_ } else { $_.GetType().Name } }"));

    [Fact]
    public void A_program_runs_inside_streams_and_gives_its_exit_code()
        => Assert.Equal(
            [InodeOf(Workload), "a b", "$x", "3"],
            Texts("Invoke-NetNamespace $w -FilePath readlink -ArgumentList /proc/self/ns/net; Invoke-NetNamespace $w -FilePath sh -ArgumentList '-c', 'printf \"%s\\n\" \"$@\"; exit 3', 'sh', 'a b', '$x'; $LASTEXITCODE"));

    [Fact]
    public void A_program_runs_in_each_namespace_of_the_pipeline()
        => Assert.Equal(
            [InodeOf(Sandbox.HostName), InodeOf(Workload)],
            Texts("Get-NetNamespace $h, $w | Invoke-NetNamespace -FilePath readlink -ArgumentList /proc/self/ns/net"));

    [Fact]
    public void A_program_that_is_none_is_an_error_that_names_it()
        => Assert.Contains("'no-such-program'", Assert.Single(Fails("Invoke-NetNamespace $w -FilePath no-such-program", "ObjectNotFound").Errors).ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_planned_namespace_cannot_be_worked_in()
        => Fails($"New-NetNamespace {Sandbox.NewName("n")} -WhatIf | Invoke-NetNamespace {{ 1 }}", "PlannedObject");

    [Fact]
    public void Other_runspaces_do_not_inherit_it()
    {
        using var other = CalicoNet.Shell.ModuleHost.Open();
        Run("Enter-NetNamespace $w");
        Assert.Equal(".", Assert.Single(other.Run(Where).Output).ToString());
    }

    [Fact]
    public void No_thread_moves()
    {
        Run($"Enter-NetNamespace $w; {Where}; Exit-NetNamespace; Invoke-NetNamespace $h {{ {Where}; {Inode}; Invoke-NetNamespace $w {{ {Inode} }} }}; Invoke-NetNamespace $w -FilePath true");

        Assert.Equal([Own], Directory.EnumerateDirectories("/proc/self/task").Select(task => File.ResolveLinkTarget($"{task}/ns/net", returnFinalTarget: false)!.Name).Distinct());
    }

    /// <summary>The namespace that this process is in, as a program tells it.</summary>
    private static string Own => File.ResolveLinkTarget("/proc/self/ns/net", returnFinalTarget: false)!.Name;

    private static string InodeOf(string netns) => Exec.In(netns, "readlink", "/proc/self/ns/net").Output.Trim();

    /// <summary>What a script says in pwsh, which has the programs' standard input and Start-Process: the bare engine does not.</summary>
    private static string InPwsh(string script)
    {
        Requires.Pwsh();
        return Exec.Run("pwsh", "-NoProfile", "-NonInteractive", "-Command", $"Import-Module '{Repository.ModulePath}/CalicoNet.psd1'\n{script}").Output;
    }

    private IEnumerable<string> Texts(string script) => Run(script).Output.Select(value => value.ToString());
}
