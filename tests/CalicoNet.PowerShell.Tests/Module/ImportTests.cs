using System.Runtime.InteropServices;
using System.Runtime.Loader;
using CalicoNet.PowerShell.Tests.Shell;
using CalicoNet.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Module;

public sealed class ImportTests
{
    [Fact]
    public void Importing_again_by_force_works()
    {
        using var lab = Lab.Create();

        var made = lab.Run("""
            param($path)
            Import-Module $path -Force
            Import-Module $path -Force
            New-CalicoEndpoint "${p}web" 10.65.0.2 -HostNetNamespace $h
            """, Path.Combine(Repository.ModulePath, "CalicoNet.psd1")).Output;

        Assert.Equal("Ready", Assert.Single(made).Text("Status"));
    }

    [Fact]
    public void A_path_with_spaces_is_as_good_as_any()
    {
        using var folder = new TempDirectory();
        var copy = folder.File("a folder with spaces/CalicoNet");
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        Exec.Run("cp", "-r", Repository.ModulePath, copy);

        var result = ShellProcess.Run("--module", copy, "-Command", "Get-NetNamespace -ErrorAction Stop | ForEach-Object { $null = $_ }; (Get-Module CalicoNet).ModuleBase").OrThrow();

        Assert.Equal($"{copy}\n", result.Output);
    }

    [Fact]
    public void The_modules_libraries_are_loaded_beside_everybody_elses()
    {
        using var host = ModuleHost.Open();
        host.Run("$null = Get-NetNamespace");

        var context = Assert.Single(AssemblyLoadContext.All, context => context.Name == "CalicoNet");
        Assert.Contains(context.Assemblies, assembly => assembly.GetName().Name == "CalicoNet.Netlink");
        Assert.DoesNotContain(AssemblyLoadContext.Default.Assemblies, assembly => assembly.GetName().Name is "CalicoNet.Netlink" or "CalicoNet.Core");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_pwsh_a_module_that_brings_its_own_copy_of_the_same_libraries_is_no_trouble(bool isFirst)
    {
        Requires.Pwsh();
        using var lab = Lab.Create();
        using var folder = new TempDirectory();
        var other = Directory.CreateDirectory(folder.File("Other")).FullName;
        Exec.Run("sh", "-c", $"cp {Repository.ModulePath}/lib/*.dll {Repository.ModulePath}/lib/runtimes/linux-$1/lib/*/*.dll {Repository.ModulePath}/lib/runtimes/linux-$1/native/*.so {other}", "sh", RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant());
        var libraries = Directory.EnumerateFiles(other, "*.dll").Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        File.WriteAllText(Path.Combine(other, "Other.psm1"), "function Get-Other { [CalicoNet.Netlink.IPAddr]::Parse('192.0.2.1').ToString() }");
        File.WriteAllText(Path.Combine(other, "Other.psd1"), $"@{{ ModuleVersion = '1.0'; RootModule = 'Other.psm1'; RequiredAssemblies = {string.Join(", ", libraries.Select(library => $"'{library}'"))}; FunctionsToExport = 'Get-Other' }}");
        string[] imports = [$"Import-Module '{Repository.ModulePath}/CalicoNet.psd1'", $"Import-Module '{other}/Other.psd1'"];

        var result = Exec.Run("pwsh", "-NoProfile", "-NonInteractive", "-Command", $$"""
            $ErrorActionPreference = 'Stop'
            {{string.Join('\n', isFirst ? imports.Reverse() : imports)}}
            (New-CalicoEndpoint '{{lab.Prefix}}web' 10.65.0.2 -HostNetNamespace {{lab.HostName}}).Status
            Get-Other
            Remove-CalicoEndpoint '{{lab.Prefix}}web' -HostNetNamespace {{lab.HostName}}
            """);

        Assert.Equal("Ready\n192.0.2.1\n", result.Output);
    }

    [Fact]
    public void A_datastore_opens_with_the_drivers_and_the_native_library_of_the_module_and_not_before()
    {
        using var folder = new TempDirectory();
        // By reflection, inside the module's own context, as its cmdlets do it.
        const string open = """
            $ErrorActionPreference = 'Stop'
            $null = Get-NetNamespace
            $before = [IO.File]::ReadAllText('/proc/self/maps').Contains('e_sqlite3')
            $context = [Runtime.Loader.AssemblyLoadContext]::All.Where({ $_.Name -eq 'CalicoNet' })[0]
            $drivers = $context.Assemblies.Where({ $_.GetName().Name -match 'Sqlite|Grpc|Protobuf|Extensions' }).Count
            $core = $context.LoadFromAssemblyName([Reflection.AssemblyName]'CalicoNet.Core')
            $store = $core.GetType('CalicoNet.Core.SqliteAddress').GetConstructor([type[]]@([string])).Invoke([object[]]@($env:STORE)).Open()
            $range = $store.Range($core.GetType('CalicoNet.Core.KeyRange')::Prefix(''), 0, $false, [Threading.CancellationToken]::None)
            $store.Dispose()
            $native = [IO.File]::ReadAllLines('/proc/self/maps').Where({ $_.Contains('e_sqlite3') })[0].Split(' ')[-1]
            "$before $drivers $($range.Revision) $native"
            """;

        var result = ShellProcess.RunWith("STORE", folder.File("store.db"), "-Command", open).OrThrow();

        var native = Path.Combine(Repository.ModulePath, "lib", "runtimes", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "native", "libe_sqlite3.so");
        Assert.Equal($"False 0 1 {native}\n", result.Output);
    }

    [Theory]
    [InlineData("x64", 0x3e)]
    [InlineData("arm64", 0xb7)]
    public void The_module_holds_sqlite_for_both_architectures(string architecture, byte machine)
    {
        var elf = File.ReadAllBytes(Path.Combine(Repository.ModulePath, "lib", "runtimes", $"linux-{architecture}", "native", "libe_sqlite3.so"));

        Assert.Equal(machine, elf[18]); // e_machine
    }

    [Fact]
    public void Without_rights_reading_works()
    {
        var result = ShellProcess.RunAsNobody("-Command", "$ErrorActionPreference = 'Stop'; $null = Get-NetNamespace; 'read'");

        Assert.Empty(result.Error);
        Assert.Equal("read\n", result.Output);
    }

    [Theory]
    [InlineData("New-NetNamespace", "New-NetNamespace cn-refused")]
    [InlineData("New-CalicoEndpoint", "New-CalicoEndpoint cn-refused 10.65.0.2")]
    [InlineData("Remove-CalicoEndpoint", "Remove-CalicoEndpoint cn-refused")]
    public void Without_rights_a_change_is_refused_and_the_capability_named(string cmdlet, string command)
    {
        // One that may not look into a namespace cannot know whether it holds what a killed creation left; where there is none it would know.
        using var sandbox = CalicoNet.Testing.Sandbox.Create();
        var result = ShellProcess.RunAsNobody("-Command", command + "; $error.ForEach({ \"$($_.FullyQualifiedErrorId)|$($_.CategoryInfo.Category)|$($_.ErrorDetails.RecommendedAction)\" })");

        var said = Assert.Single(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"PermissionDenied,CalicoNet.Commands.{cmdlet.Replace("-", "", StringComparison.Ordinal)}Command|PermissionDenied|", said, StringComparison.Ordinal);
        Assert.Contains("CAP_", said, StringComparison.Ordinal);
    }
}
