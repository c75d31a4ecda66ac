using CalicoNet.PowerShell.Tests.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Datastores;

/// <summary>Which datastore is worked with. The default is the process's, so each test has a process of its own, and begins with its folder in <c>$f</c>.</summary>
public sealed class CalicoDatastoreTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_environment_chooses_until_one_is_connected_and_again_when_it_is_disconnected()
        => Assert.Equal(
            [
                $"sqlite:{_folder.File("env.db")} NotOpened", $"sqlite:{_folder.File("other.db")} NotOpened", $"sqlite:{_folder.File("mine.db")} Open", $"sqlite:{_folder.File("mine.db")} Open",
                $"sqlite:{_folder.File("other.db")} NotOpened", "Closed", "sqlite:/var/lib/caliconet/caliconet.db NotOpened", "False",
            ],
            Lines("""
                function Tell($d) { "$d $($d.Status)" }
                Tell (Get-CalicoDatastore)
                $env:CALICONET_DATASTORE = "sqlite:$f/other.db"
                Tell (Get-CalicoDatastore)
                $mine = Connect-CalicoDatastore $f/mine.db
                Tell $mine
                Tell (Get-CalicoDatastore)
                Disconnect-CalicoDatastore
                Tell (Get-CalicoDatastore)
                $mine.Status
                $env:CALICONET_DATASTORE = $null
                Tell (Get-CalicoDatastore)
                [IO.File]::Exists("$f/env.db")
                """));

    [Fact]
    public void All_runspaces_of_the_process_use_the_one_that_was_connected()
        => Assert.Equal(
            [$"sqlite:{_folder.File("mine.db")} node-a"],
            Lines("""
                $null = Connect-CalicoDatastore $f/mine.db -NodeName node-a
                $other = [powershell]::Create([Management.Automation.Runspaces.InitialSessionState]::CreateDefault2())
                $other.AddScript('param($module) Import-Module $module; $d = Get-CalicoDatastore; "$d $($d.NodeName)"').AddArgument((Get-Module CalicoNet).Path).Invoke()
                """));

    [Fact]
    public void A_path_may_be_one_from_the_sessions_location()
        => Assert.Equal([$"sqlite:{_folder.File("here.db")}"], Lines("$null = $ExecutionContext.SessionState.Path.SetLocation($f); \"$(Connect-CalicoDatastore ./here.db)\""));

    [Fact]
    public void The_file_is_the_owners_alone_and_its_libraries_come_from_the_modules_folder()
    {
        Assert.Equal(
            ["UserWrite, UserRead", "True"],
            Lines("""
                $null = Connect-CalicoDatastore $f/mine.db
                "$([IO.File]::GetUnixFileMode("$f/mine.db"))"
                $lib = [IO.Path]::Combine((Get-Module CalicoNet).ModuleBase, 'lib', 'runtimes')
                [IO.File]::ReadAllText('/proc/self/maps').Contains($lib)
                """));
    }

    [Theory]
    [InlineData("etdc", "InvalidArgument", "'etdc' is no datastore")]
    [InlineData("https://root:secret@127.0.0.1:2379", "InvalidArgument", "no credentials")]
    [InlineData("/proc/x.db", "DatastoreUnavailable", "/proc/x.db")]
    [InlineData("$f/mine.db -NodeName Node-A", "InvalidArgument", "'Node-A' is not a name of a node")]
    [InlineData("$f/mine.db -CaCertificatePath x.pem", "InvalidArgument", "takes no credentials")]
    public void What_cannot_be_connected_is_told_and_leaves_the_default_as_it_was(string arguments, string id, string named)
    {
        var lines = Lines($$"""
            Connect-CalicoDatastore {{arguments}} 2>$null
            "$($Error[0].FullyQualifiedErrorId)"
            "$($Error[0])"
            "$(Get-CalicoDatastore)"
            """);

        Assert.Equal($"{id},CalicoNet.Commands.ConnectCalicoDatastoreCommand", lines[0]);
        Assert.Contains(named, lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain("secret", lines[1], StringComparison.Ordinal);
        Assert.Equal($"sqlite:{_folder.File("env.db")}", lines[2]);
    }

    [Fact]
    public void A_file_that_is_no_datastore_a_newer_one_and_a_locked_one_are_told_apart()
    {
        Requires.Tool("sqlite3", "sqlite3");
        File.WriteAllText(_folder.File("text.db"), new string('x', 4096));
        Exec.Run("sqlite3", _folder.File("foreign.db"), "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
        Lines("$null = Connect-CalicoDatastore $f/new.db; Disconnect-CalicoDatastore; $null = Connect-CalicoDatastore $f/locked.db");
        Exec.Run("sqlite3", _folder.File("new.db"), "PRAGMA user_version = 99");

        var locker = ProcessRunner.Start("sqlite3", [_folder.File("locked.db")]);
        locker.Write("BEGIN IMMEDIATE; SELECT 'held';\n");
        locker.WaitForOutput("held", TimeSpan.FromMinutes(1));

        Assert.Equal(
            ["DatastoreCorrupt", "DatastoreCorrupt", "NewerSchema", "DatastoreLocked"],
            Lines("""
                'text', 'foreign', 'new' | ForEach-Object {
                    Connect-CalicoDatastore "$f/$_.db" 2>$null
                    $Error[0].FullyQualifiedErrorId.Split(',')[0]
                }
                $null = Connect-CalicoDatastore $f/locked.db -TimeoutSeconds 1
                New-CalicoIPPool web 10.65.0.0/16 2>$null
                $Error[0].FullyQualifiedErrorId.Split(',')[0]
                """));
        locker.CloseInput();
        locker.WaitForExit();
    }

    [Fact]
    public void A_machines_datastore_moves_to_etcd_whose_password_is_asked_for()
    {
        using var etcd = EtcdServer.Start();

        Assert.Equal(
            ["web 10.65.0.0/16 1", "10.65.0.7 printers", "True"],
            Lines($$"""
                $null = New-CalicoIPPool web 10.65.0.0/16
                $null = Request-CalicoIPAllocation 10.65.0.7 -Handle printers
                $file = Export-CalicoDatastore $f/export.json
                $null = Connect-CalicoDatastore {{etcd.Endpoints}}
                $null = Import-CalicoDatastore $file.FullName
                Get-CalicoIPPool | ForEach-Object { "$($_.Name) $($_.Cidr) $($_.AddressesInUse)" }
                Get-CalicoIPAllocation | ForEach-Object { "$($_.IPAddress) $($_.Handle)" }
                Test-CalicoIpam -Quiet
                """));

        etcd.EnableAuthentication("r00t", "calico", "s3cret", "/calico");
        var refused = Lines($$"""
            $env:ETCD_USERNAME = 'calico'; $env:ETCD_PASSWORD = 'guessed'
            Connect-CalicoDatastore {{etcd.Endpoints}} 2>$null
            $Error[0].FullyQualifiedErrorId.Split(',')[0]
            "$($Error[0])"
            $env:ETCD_PASSWORD = 's3cret'
            "$(Connect-CalicoDatastore {{etcd.Endpoints}})"
            Disconnect-CalicoDatastore
            $env:CALICONET_DATASTORE = '{{etcd.Endpoints}}'; $env:ETCD_PASSWORD = 'guessed'
            $null = Get-CalicoIPPool 2>$null
            $env:ETCD_PASSWORD = 's3cret'
            (Get-CalicoIPPool).Name
            """);
        Assert.Equal("DatastoreRefused", refused[0]);
        Assert.Contains("'calico'", refused[1], StringComparison.Ordinal);
        Assert.DoesNotContain("guessed", refused[1], StringComparison.Ordinal);
        Assert.Equal([etcd.Endpoints, "web"], refused[^2..]);
    }

    [Fact]
    public void What_only_looks_makes_no_file_and_the_first_change_does()
        => Assert.Equal(
            ["20", "True", "[]", "ObjectNotFound", "[]", "a", "[env.db]"],
            Lines("""
                function Files { ([IO.Directory]::GetFiles($f) | ForEach-Object { [IO.Path]::GetFileName($_) } | Where-Object { $_ -notmatch '-(wal|shm)$' }) -join ' ' }
                Get-CalicoIPPool; Get-CalicoIPBlock; Get-CalicoIPAllocation; Get-CalicoNode; Get-CalicoEndpoint
                (Get-CalicoIpamConfiguration).MaxBlocksPerHost
                Test-CalicoIpam -Quiet
                $null = New-CalicoIPPool a 10.65.0.0/16 -WhatIf
                Remove-CalicoIPPool a 2>$null
                "[$(Files)]"
                Export-CalicoDatastore $f/export.json 2>$null
                $Error[0].FullyQualifiedErrorId.Split(',')[0]
                "[$(Files)]"
                (New-CalicoIPPool a 10.65.0.0/16).Name
                "[$(Files)]"
                """).Where(line => !line.StartsWith("What if: ", StringComparison.Ordinal)));

    [Fact]
    public void What_looks_for_something_in_a_file_that_is_absent_says_so_once()
    {
        string[] commands =
        [
            "Get-CalicoIPPool", "Get-CalicoIPBlock", "Get-CalicoIPAllocation", "Get-CalicoNode", "Get-CalicoIpamConfiguration", "Get-CalicoEndpoint", "Test-CalicoIpam -Quiet",
            "Repair-CalicoIpam -MinimumAge 0", "Set-CalicoIPPool a, b -Status Disabled", "Remove-CalicoIPPool a, b", "Remove-CalicoIPAllocation 10.65.0.1", "Remove-CalicoEndpoint a, b",
            "Repair-CalicoEndpoint a, b", "Unregister-CalicoNode a", "Export-CalicoDatastore $f/export.json",
        ];
        var lines = Lines($$"""
            {{string.Join('\n', commands.Select(command => $"{command} -Datastore $f/slip.db 2>$null"))}}
            $Error | ForEach-Object { "$($_.FullyQualifiedErrorId.Split(',')[0]) $($_.TargetObject)" }
            "$($Error[0])".Contains("There is no datastore sqlite:$f/slip.db: the file is absent.") -and [IO.Directory]::GetFileSystemEntries($f).Count -eq 0
            """);

        Assert.Equal([.. commands.Select(_ => $"ObjectNotFound sqlite:{_folder.File("slip.db")}"), "True"], lines);
    }

    [Fact]
    public void What_is_disconnected_is_refused()
    {
        var lines = Lines("""
            $mine = Connect-CalicoDatastore $f/mine.db
            $null = Connect-CalicoDatastore $f/other.db
            $mine | Disconnect-CalicoDatastore
            "$(Get-CalicoDatastore)"
            $mine.Status
            """);

        Assert.Equal([$"sqlite:{_folder.File("other.db")}", "Closed"], lines);
    }

    private string[] Lines(string script)
    {
        var result = ShellProcess.RunWith("CALICONET_DATASTORE", _folder.File("env.db"), "-Command", $"$f = '{_folder.Path}'\n{script}");
        Assert.True(result.Succeeded && result.Error.Length == 0, result.Output + result.Error);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
