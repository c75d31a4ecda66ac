using System.Xml.Linq;

namespace CalicoNet.Testing;

/// <summary>Where things are, seen from a test assembly somewhere below the repository's root.</summary>
public static class Repository
{
    private static readonly Lazy<string> FoundRoot = new(FindRoot);

    public static string Root => FoundRoot.Value;

    /// <summary>The module's version, as Directory.Build.props says it.</summary>
    public static string Version =>
        XDocument.Load(At("Directory.Build.props")).Descendants("Version").Single().Value;

    /// <summary>The staged module, exactly as it is published: output/CalicoNet/VERSION.</summary>
    public static string ModulePath => At("output", "CalicoNet", Version);

    /// <summary>The recorded outputs of real systems: not part of the repository, but beside it. <see cref="Requires.Golden"/> says whether they are there.</summary>
    public static string GoldenPath => Path.GetFullPath(At("..", "shared", "golden"));

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "CalicoNet.sln")))
                return directory.FullName;
        }
        throw new DirectoryNotFoundException($"no CalicoNet.sln above {AppContext.BaseDirectory}");
    }
}
