using CalicoNet.PowerShell.Tests.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

/// <summary>
/// No thread of a session ever stays in another namespace, whatever of <c>Invoke-NetNamespace</c> it did: each row in the shell, the same in pwsh, by
/// the namespaces of all of its threads afterwards.
/// </summary>
public sealed class ThreadCensusTests
{
    /// <summary>What is done, and what it says; both shells say the same.</summary>
    private static readonly (string Name, string Script, string Said)[] Rows =
    [
        ("enter and exit", "Enter-NetNamespace $w; (Get-HostInterface lo).NetNamespace; Exit-NetNamespace; (Get-HostInterface lo).NetNamespace", "W ."),
        ("a program", "Invoke-NetNamespace $w -FilePath readlink -ArgumentList /proc/self/ns/net", "INODE"),
        ("its exit code", "Invoke-NetNamespace $w -FilePath sh -ArgumentList '-c', 'exit 5'; $LASTEXITCODE", "5"),
        ("its lines stream", "Invoke-NetNamespace $w -FilePath sh -ArgumentList '-c', 'echo first; exec sleep 60' | ForEach-Object { $_; break }", "first"),
        ("a block", "Invoke-NetNamespace $w { (Get-HostInterface lo).NetNamespace }; (Get-HostInterface lo).NetNamespace", "W ."),
        ("a program in a block", "Invoke-NetNamespace $w { readlink /proc/self/ns/net }; readlink /proc/self/ns/net", "INODE OWN"),
        ("a block streams", "Invoke-NetNamespace $w { 1; 2 } | ForEach-Object { \"$_ $((Get-HostInterface lo).NetNamespace)\" }", "1 . 2 ."),
        ("an exception", "try { Invoke-NetNamespace $w { throw 'oops' } } catch { \"$_\" }; (Get-HostInterface lo).NetNamespace", "oops ."),
        ("an error", "try { Invoke-NetNamespace $w { Get-HostInterface no-such -ErrorAction Stop } } catch { $_.FullyQualifiedErrorId }", "ObjectNotFound,CalicoNet.Commands.GetHostInterfaceCommand"),
        ("the first of many", "Invoke-NetNamespace $w { 1; (Get-HostInterface lo).NetNamespace; while ($true) { 2 } } | Select-Object -First 2; (Get-HostInterface lo).NetNamespace", "1 W ."),
        ("return", "Invoke-NetNamespace $w { 1; return; 2 }; (Get-HostInterface lo).NetNamespace", "1 ."),
        ("break", "foreach ($i in 1, 2) { $i; Invoke-NetNamespace $w { break } }; (Get-HostInterface lo).NetNamespace", "1 ."),
        ("nested", "Invoke-NetNamespace $h { Invoke-NetNamespace $w { (Get-HostInterface lo).NetNamespace }; (Get-HostInterface lo).NetNamespace }; (Get-HostInterface lo).NetNamespace", "W H ."),
        ("work in it", "Invoke-NetNamespace $h { $null = New-CalicoEndpoint census 10.65.0.9 -NetNamespace \"${p}census\" -StaticNeighbor Enabled; (Get-CalicoEndpoint census).Status; Remove-CalicoEndpoint census }", "Ready"),
    ];

    /// <summary>What the bare engine has no commands for.</summary>
    private static readonly (string Name, string Script, string Said)[] PwshRows =
    [
        ("jobs and runspaces begin outside", "Invoke-NetNamespace $w { 1 | ForEach-Object -Parallel { Import-Module $using:module; (Get-HostInterface lo).NetNamespace } }; Enter-NetNamespace $w; Start-ThreadJob { Import-Module $using:module; (Get-HostInterface lo).NetNamespace } | Receive-Job -Wait -AutoRemoveJob; Exit-NetNamespace", ". ."),
        ("a job begins outside", "Invoke-NetNamespace $w { Start-Job { readlink /proc/self/ns/net } | Receive-Job -Wait -AutoRemoveJob }", "OWN"),
        ("Start-Process is refused", "try { Invoke-NetNamespace $w { Start-Process true } } catch { $_.FullyQualifiedErrorId; $_.ErrorDetails.RecommendedAction.Length -gt 10 }", "NativeCommandInBlock True"),
        (".NET's own networking is outside", "Invoke-NetNamespace $w { [Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces().Name -contains 'only-inside' }; Invoke-NetNamespace $w -FilePath sh -ArgumentList '-c', 'test -e /proc/self/net/dev && grep -c only-inside /proc/self/net/dev'", "False 1"),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_row_of_the_table_says_what_it_should_and_leaves_all_threads_where_they_were(bool inPwsh)
    {
        using var lab = Lab.Create();
        using var folder = new TempDirectory();
        var workload = lab.Sandbox.AddNamespace("w");
        Exec.In(workload, "ip", "link", "add", "only-inside", "type", "veth", "peer", "name", "only-peer");
        var rows = inPwsh ? [.. Rows, .. PwshRows] : Rows.Where(row => !row.Script.Contains("Select-Object", StringComparison.Ordinal)).ToArray();
        var script = folder.File("rows.ps1");
        File.WriteAllText(script, $$"""
            param($module, $p, $h, $w)
            if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) { Import-Module $module }
            $own = readlink /proc/self/ns/net
            $inode = Invoke-NetNamespace $w -FilePath readlink -ArgumentList /proc/self/ns/net
            function Census { $places = sh -c "readlink /proc/$PID/task/*/ns/net | sort -u"; if ($places -ne $own) { "MOVED $places" } else { 'still' } }


            {{string.Join('\n', rows.Select(row => $"$said = foreach ($once in 1) {{ {row.Script} }}; \"{row.Name}: $($said -replace [regex]::Escape($inode), 'INODE' -replace [regex]::Escape($own), 'OWN' -replace \"^$w$\", 'W' -replace \"^$h$\", 'H'), $(Census)\""))}}
            """);
        var module = Path.Combine(Repository.ModulePath, "CalicoNet.psd1");
        if (inPwsh)
        {
            Requires.Pwsh();
        }

        var result = inPwsh
            ? Exec.Run("pwsh", "-NoProfile", "-NonInteractive", "-File", script, module, lab.Prefix, lab.HostName, workload)
            : ShellProcess.Run(script, module, lab.Prefix, lab.HostName, workload).OrThrow();

        Assert.Equal("", result.Error);
        Assert.Equal(rows.Select(row => $"{row.Name}: {row.Said}, still"), result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_program_has_the_terminal_where_nothing_captures_its_output(bool inPwsh)
    {
        using var lab = Lab.Create();
        using var folder = new TempDirectory();
        Requires.Tool("script", "bsdutils");
        var module = Path.Combine(Repository.ModulePath, "CalicoNet.psd1");
        if (inPwsh)
        {
            Requires.Pwsh();
        }

        var file = folder.File("terminal.ps1");
        File.WriteAllText(file, $$"""
            if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) { Import-Module '{{module}}' }
            Invoke-NetNamespace {{lab.HostName}} -FilePath sh -ArgumentList '-c', 'test -t 0 && test -t 1 && echo a terminal, $(readlink /proc/self/ns/net)'
            $captured = Invoke-NetNamespace {{lab.HostName}} -FilePath sh -ArgumentList '-c', 'test -t 1 || echo none'
            $captured
            """);
        string[] shell = inPwsh ? ["pwsh", "-NoProfile", "-NonInteractive", "-File", file] : [ProcessRunner.DotnetHost, "exec", ShellProcess.Assembly, file];

        var result = Exec.Run("env", "TERM=dumb", "SHELL=/bin/sh", "script", "--quiet", "--return", "--command", string.Join(' ', shell), "/dev/null");

        Assert.Contains($"a terminal, {Exec.In(lab.HostName, "readlink", "/proc/self/ns/net").Output.Trim()}", result.Output, StringComparison.Ordinal);
        Assert.Contains("none", result.Output, StringComparison.Ordinal);
    }
}
