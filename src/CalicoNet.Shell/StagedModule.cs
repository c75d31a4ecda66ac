namespace CalicoNet.Shell;

/// <summary>Finds the module as it was staged by the build.</summary>
internal static class StagedModule
{
    private const string Variable = "CALICONET_MODULE";

    /// <summary>The module's folder or manifest: as given, as the environment says, or under output/ of the repository this program was built in.</summary>
    /// <exception cref="ShellException">There is none.</exception>
    public static string Find(string? given = null)
    {
        if ((given ?? Environment.GetEnvironmentVariable(Variable)) is { Length: > 0 } path)
        {
            // The engine takes a folder for a module only where it is called like the module, and the staged one is called by its version.
            var manifest = Path.Combine(path, "CalicoNet.psd1");
            return File.Exists(manifest) ? Path.GetFullPath(manifest)
                : Path.Exists(path) ? Path.GetFullPath(path)
                : throw Missing($"There is no module at '{path}'.");
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "CalicoNet.sln")))
            {
                continue;
            }

            var output = new DirectoryInfo(Path.Combine(folder.FullName, "output", "CalicoNet"));
            var versions = output.Exists ? output.EnumerateDirectories() : [];
            return versions
                .Select(version => (Version: Version.TryParse(version.Name, out var number) ? number : new Version(), Manifest: Path.Combine(version.FullName, "CalicoNet.psd1")))
                .Where(found => File.Exists(found.Manifest))
                .OrderByDescending(found => found.Version)
                .Select(found => found.Manifest)
                .FirstOrDefault() ?? throw Missing("The module is not staged: run dotnet build first.");
        }

        throw Missing($"The module was not found: set {Variable} to its folder, or use --module.");
    }

    private static ShellException Missing(string message) => new(message, ExitCodes.Unavailable);
}
