using System.Management.Automation;
using System.Reflection;
using CalicoNet.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Module;

/// <summary>The staged module, by what its manifest says and by what its assembly exports.</summary>
public sealed class ManifestTests
{
    private static readonly string[] Mutating = ["New", "Remove", "Set", "Add", "Enable", "Disable", "Clear", "Repair", "Install", "Uninstall", "Register", "Unregister", "Request", "Export", "Import"];

    /// <summary>Cmdlets that change nothing but themselves, or a file the user names.</summary>
    private static readonly string[] NotChanging = [];

    public static TheoryData<string> CmdletTypes => [.. Cmdlets.Select(type => type.FullName!)];

    public static TheoryData<string> OutputTypes => [.. Surface.Outputs.Select(type => type.FullName!)];

    private static IEnumerable<Type> Cmdlets => Surface.Cmdlets;

    [Fact]
    public void The_version_is_the_builds()
    {
        using var host = ModuleHost.Open();

        Assert.Equal(Repository.Version, host.Run("(Get-Module CalicoNet).Version.ToString()").Output[0].ToString());
        Assert.Contains($"ModuleVersion        = '{Repository.Version}'", File.ReadAllText(Path.Combine(Repository.ModulePath, "CalicoNet.psd1")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_manifest_exports_every_cmdlet_there_is_and_no_other()
    {
        using var host = ModuleHost.Open();
        var listed = host.Run("param($path) (& ([scriptblock]::Create([IO.File]::ReadAllText($path)))).CmdletsToExport", Path.Combine(Repository.ModulePath, "CalicoNet.psd1"))
            .Output.Select(name => name.ToString()!).Order(StringComparer.Ordinal);

        Assert.Equal(Cmdlets.Select(NameOf).Order(StringComparer.Ordinal), listed);
    }

    [Fact]
    public void Every_exported_name_is_a_command()
    {
        using var host = ModuleHost.Open();

        Assert.Equal(
            Cmdlets.Select(NameOf).Order(StringComparer.Ordinal),
            host.Run("Get-Command -Module CalicoNet").Output.Texts("Name").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Nothing_but_cmdlets_is_exported()
    {
        using var host = ModuleHost.Open();

        Assert.All(host.Run("Get-Command -Module CalicoNet").Output, command => Assert.Equal("Cmdlet", command.Text("CommandType")));
    }

    [Theory]
    [MemberData(nameof(CmdletTypes))]
    public void A_cmdlet_is_named_by_the_house_rules(string type)
    {
        var cmdlet = Find(type);
        var attribute = cmdlet.GetCustomAttribute<CmdletAttribute>()!;
        IEnumerable<string> approved = new[] { typeof(VerbsCommon), typeof(VerbsCommunications), typeof(VerbsData), typeof(VerbsDiagnostic), typeof(VerbsLifecycle), typeof(VerbsOther), typeof(VerbsSecurity) }
            .SelectMany(verbs => verbs.GetFields()).Select(field => (string)field.GetValue(null)!);

        Assert.Contains(attribute.VerbName, approved);
        Assert.Equal($"{attribute.VerbName}{attribute.NounName}Command", cmdlet.Name);
        Assert.Equal("CalicoNet.Commands", cmdlet.Namespace);
        Assert.True(cmdlet.IsSealed);
    }

    [Theory]
    [MemberData(nameof(CmdletTypes))]
    public void What_changes_something_can_be_asked_and_does_not_ask_by_itself(string type)
    {
        var attribute = Find(type).GetCustomAttribute<CmdletAttribute>()!;

        Assert.Equal(Mutating.Contains(attribute.VerbName) && !NotChanging.Contains(NameOf(Find(type))), attribute.SupportsShouldProcess);
        Assert.True(!attribute.SupportsShouldProcess || attribute.ConfirmImpact <= ConfirmImpact.Medium);
    }

    [Theory]
    [MemberData(nameof(CmdletTypes))]
    public void What_gives_something_says_what_it_gives(string type)
    {
        var cmdlet = Find(type);
        var verb = cmdlet.GetCustomAttribute<CmdletAttribute>()!.VerbName;
        var types = cmdlet.GetCustomAttributes<OutputTypeAttribute>().SelectMany(attribute => attribute.Type).ToList();

        if (verb is "Remove" or "Clear" or "Unregister" or "Enter" or "Exit" or "Disconnect")
        {
            Assert.Empty(types);
            return;
        }

        Assert.NotEmpty(types);
        Assert.All(types, output => Assert.True(output.Type is { } found && (IsOutput(found) || found == typeof(bool) || found == typeof(FileInfo) || found == typeof(string) || found == typeof(object)), output.Name));
    }

    [Theory]
    [MemberData(nameof(CmdletTypes))]
    public void No_switch_mirrors_a_property_because_a_text_of_a_CSV_file_never_binds_to_one(string type)
    {
        var parameters = Surface.ParametersOf(Find(type));
        Assert.DoesNotContain(parameters, parameter => parameter.Property.PropertyType == typeof(SwitchParameter) && (parameter.Attribute.ValueFromPipelineByPropertyName || parameter.Attribute.ValueFromPipeline));
    }

    [Fact]
    public void No_exported_type_shows_a_type_of_a_private_library()
    {
        var allowed = new HashSet<Assembly>([Surface.Assembly, typeof(PSObject).Assembly]);
        bool IsPrivate(Type type)
        {
            type = type.HasElementType ? type.GetElementType()! : type;
            return (type.IsGenericType && type.GetGenericArguments().Any(IsPrivate))
                || (!type.IsGenericParameter && !allowed.Contains(type.Assembly) && !type.Assembly.GetName().Name!.StartsWith("System.", StringComparison.Ordinal));
        }

        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var shown = Surface.Exported.SelectMany(type => (IEnumerable<(string Where, Type Type)>)
        [
            .. type.BaseType is { } ancestor ? [($"{type} : base", ancestor)] : Array.Empty<(string, Type)>(),
            .. type.GetInterfaces().Select(face => ($"{type} : interface", face)),
            .. type.GetMethods(all).Where(method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly)
                .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType).Select(used => ($"{type}.{method.Name}", used))),
            .. type.GetConstructors(all).Where(constructor => constructor.IsPublic || constructor.IsFamily || constructor.IsFamilyOrAssembly)
                .SelectMany(constructor => constructor.GetParameters().Select(parameter => ($"{type}.ctor", parameter.ParameterType))),
            .. type.GetFields(all).Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly).Select(field => ($"{type}.{field.Name}", field.FieldType)),
        ]);

        Assert.Empty(shown.Where(item => IsPrivate(item.Type)).Select(item => $"{item.Where}: {item.Type}"));
    }

    [Theory]
    [MemberData(nameof(OutputTypes))]
    public void Output_objects_are_made_of_plain_values(string type)
    {
        var output = Find(type);

        Assert.Equal("CalicoNet", output.Namespace);
        Assert.True(output.IsSealed);
        Assert.Empty(output.GetConstructors());
        Assert.NotEqual(typeof(object), output.GetMethod("ToString", [])!.DeclaringType);
        AssertPlain(output, depth: 1);
    }

    private static void AssertPlain(Type output, int depth)
    {
        Assert.True(depth <= 2, $"{output.Name} is more than two levels deep");
        foreach (var property in output.GetProperties())
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            Assert.False(property.SetMethod is { IsPublic: true }, $"{output.Name}.{property.Name} can be set");
            if (IsOutput(type))
            {
                AssertPlain(type, depth + 1);
                continue;
            }

            var item = type.GetInterfaces().Append(type).FirstOrDefault(face => face != typeof(string) && face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))?.GetGenericArguments()[0];
            Assert.True(IsValue(type) || (type != typeof(string) && item is not null && (IsValue(item) || IsOutput(item))), $"{output.Name}.{property.Name} is {type}");
        }
    }

    private static bool IsValue(Type type)
        => type == typeof(string) || type == typeof(int) || type == typeof(long) || type == typeof(uint) || type == typeof(bool) || type == typeof(DateTime) || type == typeof(double);

    private static bool IsOutput(Type type) => Surface.IsOutput(type);

    private static Type Find(string name) => Surface.Find(name);

    private static string NameOf(Type cmdlet) => Surface.NameOf(cmdlet);
}
