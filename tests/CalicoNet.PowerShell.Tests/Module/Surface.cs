using System.Management.Automation;
using System.Reflection;
using CalicoNet.Shell;

namespace CalicoNet.PowerShell.Tests.Module;

/// <summary>What the staged module's assembly exports.</summary>
internal static class Surface
{
    private static readonly Lazy<IReadOnlyList<Type>> All = new(() =>
    {
        using var host = ModuleHost.Open();
        var cmdlet = (CmdletInfo)host.Run("Get-Command New-CalicoEndpoint").Output[0].BaseObject;
        return cmdlet.ImplementingType.Assembly.GetExportedTypes();
    });

    public static IReadOnlyList<Type> Exported => All.Value;

    public static Assembly Assembly => Exported[0].Assembly;

    /// <summary>The cmdlets.</summary>
    public static IEnumerable<Type> Cmdlets => Exported.Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Cmdlet)));

    /// <summary>The types of what they give.</summary>
    public static IEnumerable<Type> Outputs => Exported.Where(type => !type.IsAbstract && IsOutput(type));

    public static Type Find(string name) => Exported.Single(type => type.FullName == name);

    public static string NameOf(Type cmdlet) => cmdlet.GetCustomAttribute<CmdletAttribute>() is { } attribute ? $"{attribute.VerbName}-{attribute.NounName}" : cmdlet.Name;

    public static string VerbOf(Type cmdlet) => cmdlet.GetCustomAttribute<CmdletAttribute>()!.VerbName;

    public static string NounOf(Type cmdlet) => cmdlet.GetCustomAttribute<CmdletAttribute>()!.NounName;

    /// <summary>The types that a cmdlet says it gives.</summary>
    public static IEnumerable<Type> OutputsOf(Type cmdlet) => cmdlet.GetCustomAttributes<OutputTypeAttribute>().SelectMany(attribute => attribute.Type).Select(output => output.Type);

    /// <summary>The capabilities that a cmdlet says it needs.</summary>
    public static IReadOnlyList<string> NeedsOf(Type cmdlet)
        => cmdlet.GetCustomAttributes().FirstOrDefault(attribute => attribute.GetType().Name == "NeedsAttribute") is { } needs
            ? (IReadOnlyList<string>)needs.GetType().GetProperty("Capabilities")!.GetValue(needs)!
            : [];

    /// <summary>Whether a cmdlet works on the kernel, and so needs capabilities; what works on a datastore alone needs what the datastore asks for.</summary>
    public static bool IsOfKernel(Type cmdlet) => !Bases(cmdlet).Contains("DatastoreCommand") || Bases(cmdlet).Contains("EndpointCommand");

    /// <summary>A cmdlet's parameters, once for each parameter set that they are named for.</summary>
    public static IReadOnlyList<Parameter> ParametersOf(Type cmdlet)
        => [.. cmdlet.GetProperties().SelectMany(property => property.GetCustomAttributes<ParameterAttribute>(inherit: false).Select(attribute => new Parameter(property, attribute)))];

    /// <summary>A cmdlet's parameter sets with their parameters, those of all sets among them.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Parameter>> SetsOf(Type cmdlet)
    {
        var all = ParametersOf(cmdlet);
        var names = all.Select(parameter => parameter.Set).Where(set => set != ParameterAttribute.AllParameterSets).Distinct().DefaultIfEmpty(ParameterAttribute.AllParameterSets);
        return names.ToDictionary(set => set, set => (IReadOnlyList<Parameter>)[.. all.Where(parameter => parameter.Set == set || parameter.Set == ParameterAttribute.AllParameterSets)]);
    }

    public static bool IsOutput(Type type) => Bases(type).Contains("OutputObject");

    private static IEnumerable<string> Bases(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            yield return type.Name;
        }
    }

    /// <summary>One parameter in one set.</summary>
    public sealed record Parameter(PropertyInfo Property, ParameterAttribute Attribute)
    {
        public string Name => Property.Name;

        public string Set => Attribute.ParameterSetName;

        /// <summary>Its type; of a list the items'.</summary>
        public Type Type => Property.PropertyType.IsArray ? Property.PropertyType.GetElementType()! : Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

        public IEnumerable<string> Aliases => Property.GetCustomAttribute<AliasAttribute>(inherit: false)?.AliasNames ?? [];

        /// <summary>Whether an attribute of a type of that name is on it.</summary>
        public bool Has(string attribute) => Property.GetCustomAttributes(inherit: false).Any(found => found.GetType().Name == attribute + "Attribute");

        public override string ToString() => $"-{Name} in {Set}";
    }
}
