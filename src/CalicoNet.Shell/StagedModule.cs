namespace CalicoNet.Shell;

/// <summary>Finds the module as it was staged by the build.</summary>
internal static class StagedModule
{
    private const string Variable = "CALICONET_MODULE";
    private const string Name = "CalicoNet";
    private const string Manifest = $"{Name}.psd1";

    /// <summary>The module's manifest: as given, as the environment says, or under output/ of the repository this program was built in.</summary>
    /// <exception cref="ShellException">There is none.</exception>
    public static string Find(string? given = null) => Find(given, AppContext.BaseDirectory);

    internal static string Find(string? given, string start)
    {
        if ((given ?? Environment.GetEnvironmentVariable(Variable)) is { Length: > 0 } path)
        {
            return In(Path.GetFullPath(path)) ?? throw Missing($"There is no module at '{path}'.");
        }

        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CalicoNet.sln")))
            {
                return In(Path.Combine(folder.FullName, "output", Name)) ?? throw Missing("The module is not staged: run dotnet build first.");
            }
        }

        throw Missing($"The module was not found: set {Variable} to its folder, or use --module.");
    }

    /// <summary>Lets scripts name the module (<c>#Requires -Modules</c>, <c>using module</c>) and not only find it imported.</summary>
    public static void OfferByName(string manifest)
    {
        // Above CalicoNet/ or CalicoNet/<version>/, which is where the engine looks. Above any other folder it would search whatever is there.
        var folder = new FileInfo(manifest).Directory;
        var root = folder?.Name == Name ? folder.Parent : folder?.Parent is { Name: Name } versions ? versions.Parent : null;

        // A pwsh that started this lends its own modules, which are made for its engine and not for this one.
        var others = (Environment.GetEnvironmentVariable("PSModulePath") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => path != root?.FullName && !Directory.Exists(Path.Combine(path, "Microsoft.PowerShell.Utility")));
        Environment.SetEnvironmentVariable("PSModulePath", string.Join(Path.PathSeparator, root is null ? others : others.Prepend(root.FullName)));
    }

    /// <summary>The manifest at a path that is the manifest itself, the module's folder, or the folder of its versions (the newest then).</summary>
    private static string? In(string path)
        => File.Exists(path) ? path
            : !Directory.Exists(path) ? null
            : Directory.EnumerateDirectories(path)
                .OrderByDescending(version => Version.TryParse(Path.GetFileName(version), out var number) ? number : new Version())
                .Prepend(path)
                .Select(folder => Path.Combine(folder, Manifest))
                .FirstOrDefault(File.Exists);

    private static ShellException Missing(string message) => new(message, ExitCodes.Unavailable);
}
