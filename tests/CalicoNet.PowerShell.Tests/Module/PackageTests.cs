using System.IO.Compression;
using System.Xml.Linq;
using CalicoNet.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Module;

/// <summary>What the Gallery gets: the staged folder, packed by <c>dotnet pack</c> (<c>./build.ps1 Package</c>).</summary>
public sealed class PackageTests(PackageTests.Packed packed) : IClassFixture<PackageTests.Packed>
{
    private static readonly XNamespace Nuspec = "http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd";

    [Fact]
    public void The_package_holds_the_staged_folder_and_nothing_else()
    {
        using var package = ZipFile.OpenRead(packed.File);
        string[] ofPackages = ["_rels/", "package/", "[Content_Types].xml", "CalicoNet.nuspec"];

        Assert.Equal(
            Staged().Order(StringComparer.Ordinal),
            package.Entries.Select(entry => entry.FullName).Where(name => !ofPackages.Any(part => name.StartsWith(part, StringComparison.Ordinal))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_folder_holds_license_notices_changelog_and_icon_and_what_runs_on_x64_and_arm64()
    {
        var staged = Staged().ToList();

        Assert.Subset(staged.ToHashSet(), new HashSet<string>(["LICENSE", "THIRD-PARTY-NOTICES.md", "CHANGELOG.md", "icon.png", "CalicoNet.psd1", "en-US/CalicoNet.PowerShell.dll-Help.xml", "en-US/about_CalicoNet.help.txt"]));
        Assert.DoesNotContain(staged, file => file.EndsWith(".pdb", StringComparison.Ordinal) || file.EndsWith(".deps.json", StringComparison.Ordinal) || file.Contains("PowerShellStandard", StringComparison.Ordinal) || file.EndsWith("System.Management.Automation.dll", StringComparison.Ordinal));
        var platforms = staged.Where(file => file.StartsWith("lib/runtimes/", StringComparison.Ordinal)).ToLookup(file => file.Split('/')[2], file => string.Join('/', file.Split('/')[3..]));
        Assert.Equal(["linux-arm64", "linux-x64"], platforms.Select(platform => platform.Key).Order(StringComparer.Ordinal));
        Assert.Equal(platforms["linux-x64"].Order(StringComparer.Ordinal), platforms["linux-arm64"].Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "CalicoNet.Core", "CalicoNet.Netlink", "Google.Protobuf", "Grpc.Core.Api", "Grpc.Net.Client", "Grpc.Net.Common", "Microsoft.Data.Sqlite",
                "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions",
                "SQLitePCLRaw.batteries_v2", "SQLitePCLRaw.core", "SQLitePCLRaw.provider.e_sqlite3",
            ],
            Directory.EnumerateFiles(Path.Combine(Repository.ModulePath, "lib")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
        Assert.Equal("PNG"u8.ToArray(), File.ReadAllBytes(Path.Combine(Repository.ModulePath, "icon.png"))[1..4]);
    }

    [Fact]
    public void Every_library_that_ships_is_named_in_the_notices()
    {
        var notices = File.ReadAllText(Path.Combine(Repository.ModulePath, "THIRD-PARTY-NOTICES.md"));

        Assert.All(
            Staged().Where(file => file.StartsWith("lib/", StringComparison.Ordinal) && file.EndsWith(".dll", StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => !name.StartsWith("CalicoNet.", StringComparison.Ordinal)).Distinct(),
            library => Assert.Contains(library, notices, StringComparison.Ordinal));
    }

    [Fact]
    public void The_package_says_what_the_manifest_says()
    {
        using var host = ModuleHost.Open();
        string Of(string path) => host.Run($"param($path) $m = & ([scriptblock]::Create([IO.File]::ReadAllText($path))); {path}", Path.Combine(Repository.ModulePath, "CalicoNet.psd1")).Output.Single().ToString();
        var told = packed.Metadata();

        Assert.Equal("CalicoNet", told["id"]);
        Assert.Equal(Of("$m.ModuleVersion"), told["version"]);
        Assert.Equal(Of("$m.Author"), told["authors"]);
        Assert.Equal(Of("$m.Description"), told["description"]);
        Assert.Equal(Of("$m.Copyright"), told["copyright"]);
        Assert.Equal("PSModule " + Of("$m.PrivateData.PSData.Tags -join ' '"), told["tags"]);
        Assert.Equal(Of("$m.PrivateData.PSData.ReleaseNotes"), told["releaseNotes"]);
        Assert.Equal(Of("$m.PrivateData.PSData.ProjectUri"), told["projectUrl"]);
        Assert.Equal(Of("$m.PrivateData.PSData.LicenseUri"), told["licenseUrl"]);
        Assert.Equal(Of("$m.PrivateData.PSData.IconUri"), told["iconUrl"]);
        Assert.Equal("icon.png", told["icon"]);
    }

    [Fact]
    public void In_pwsh_it_is_a_module_that_PSResourceGet_would_pack_alike_takes_to_a_repository_and_brings_back()
    {
        Requires.PwshModule("Microsoft.PowerShell.PSResourceGet", "1.1");
        using var folder = new TempDirectory();
        Directory.CreateDirectory(folder.File("home/.config"));
        Directory.CreateDirectory(folder.File("home/.local/share"));
        using var pwsh = ProcessRunner.Start(
            "pwsh",
            [
                "-NoProfile", "-NonInteractive", "-Command",
                $$"""
                $ErrorActionPreference = 'Stop'
                Set-Location '{{folder.Path}}'
                $null = New-Item -ItemType Directory repository, saved, made
                $manifest = Test-ModuleManifest '{{Repository.ModulePath}}/CalicoNet.psd1'
                "$($manifest.Name) $($manifest.Version) $($manifest.ExportedCmdlets.Count)"
                Compress-PSResource -Path '{{Repository.ModulePath}}' -DestinationPath made
                Register-PSResourceRepository Local -Uri "$PWD/repository" -Trusted
                Publish-PSResource -NupkgPath '{{packed.File}}' -Repository Local
                (Find-PSResource CalicoNet -Repository Local).Version.ToString()
                Save-PSResource CalicoNet -Repository Local -Path saved -TrustRepository
                Import-Module ./saved/CalicoNet
                (Get-Module CalicoNet).ModuleBase
                (Get-Help about_CalicoNet).Contains('SHORT DESCRIPTION')
                (Get-HostInterface lo).InterfaceAlias
                """,
            ],
            new Dictionary<string, string?> { ["HOME"] = folder.File("home") });
        pwsh.CloseInput();
        var result = pwsh.WaitForExit();

        Assert.True(result.Succeeded, result.Output + result.Error);
        Assert.Equal($"CalicoNet {Repository.Version} {Surface.Cmdlets.Count()}\n{Repository.Version}\n{folder.Path}/saved/CalicoNet/{Repository.Version}\nTrue\nlo\n", result.Output);
        var theirs = Packed.MetadataOf(folder.File($"made/CalicoNet.{Repository.Version}.nupkg"));
        Assert.Equal(theirs.OrderBy(entry => entry.Key), packed.Metadata().Where(entry => entry.Key != "icon").OrderBy(entry => entry.Key));
    }

    private static IEnumerable<string> Staged()
        => Directory.EnumerateFiles(Repository.ModulePath, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Repository.ModulePath, file));

    /// <summary>The package, made of the folder that is staged already.</summary>
    public sealed class Packed : IDisposable
    {
        private readonly TempDirectory _folder = new();

        public Packed()
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            Exec.Run("dotnet", "pack", Repository.At("src", "CalicoNet.PowerShell"), "--no-build", "--nologo", "--configuration", configuration, "--output", _folder.Path);
            File = _folder.File($"CalicoNet.{Repository.Version}.nupkg");
        }

        public string File { get; }

        public IReadOnlyDictionary<string, string> Metadata() => MetadataOf(File);

        public static IReadOnlyDictionary<string, string> MetadataOf(string file)
        {
            using var package = ZipFile.OpenRead(file);
            using var nuspec = package.GetEntry("CalicoNet.nuspec")!.Open();
            return XDocument.Load(nuspec).Root!.Element(Nuspec + "metadata")!.Elements().ToDictionary(element => element.Name.LocalName, element => element.Value);
        }

        public void Dispose() => _folder.Dispose();
    }
}
