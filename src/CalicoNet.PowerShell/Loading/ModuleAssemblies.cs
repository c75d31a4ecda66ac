using System.Management.Automation;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace CalicoNet;

/// <summary>
/// Loads what the module depends on from its <c>lib/</c> folder into a context of its own, so that another module's copy of a library and
/// this one's never meet. Runs before the first cmdlet, once per runspace; only the first time does something.
/// </summary>
public sealed class ModuleAssemblies : IModuleAssemblyInitializer
{
    /// <summary>Registers the folder.</summary>
    public void OnImport() => Context.Register();

    private sealed class Context : AssemblyLoadContext
    {
        // What this assembly refers to by itself. Everything else is asked for by these, inside the context.
        private static readonly string[] Entrances = ["CalicoNet.Core", "CalicoNet.Netlink"];
        private static readonly Lazy<Context> Only = new(() =>
        {
            var context = new Context();
            Default.Resolving += (_, name) => Entrances.Contains(name.Name) ? context.LoadFromAssemblyName(name) : null;
            return context;
        });

        private readonly string _folder = Path.Combine(Path.GetDirectoryName(typeof(Context).Assembly.Location)!, "lib");

        private Context()
            : base("CalicoNet")
        {
        }

        public static void Register() => _ = Only.Value;

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            // Tmds.LibC's constants differ by architecture: its assembly lies under the runtime's identifier.
            ReadOnlySpan<string> candidates =
            [
                Path.Combine(_folder, assemblyName.Name + ".dll"),
                Path.Combine(_folder, "runtimes", Architecture, "lib", "netstandard2.0", assemblyName.Name + ".dll"),
            ];
            foreach (var candidate in candidates)
            {
                if (File.Exists(candidate))
                {
                    return LoadFromAssemblyPath(candidate);
                }
            }

            return null;   // the framework's
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName)
        {
            var file = Path.Combine(_folder, "runtimes", Architecture, "native", $"lib{unmanagedDllName}.so");
            return File.Exists(file) ? LoadUnmanagedDllFromPath(file) : 0;   // else the system's
        }

        private static string Architecture => $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }
}
