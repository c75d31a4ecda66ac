using System.Management.Automation;
using System.Xml.Linq;
using CalicoNet.PowerShell.Tests.Module;
using CalicoNet.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Help;

/// <summary>The help that ships is made of the pages in docs/en-US (<c>./build.ps1 Docs</c>), and both say what the cmdlets are.</summary>
public sealed class HelpTests
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10", Command = "http://schemas.microsoft.com/maml/dev/command/2004/10", Dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly string[] Common = [.. Cmdlet.CommonParameters];

    private static readonly Lazy<Dictionary<string, XElement>> Shipped = new(() => XDocument.Load(Path.Combine(Repository.ModulePath, "en-US", "CalicoNet.PowerShell.dll-Help.xml"))
        .Root!.Elements(Command + "command").ToDictionary(element => element.Element(Command + "details")!.Element(Command + "name")!.Value));

    public static TheoryData<string> Pages => [.. HelpPage.Names];

    [Fact]
    public void Every_cmdlet_has_a_page_and_every_page_a_cmdlet()
    {
        using var host = ModuleHost.Open();
        var cmdlets = host.Run("(Get-Module CalicoNet).ExportedCmdlets.Keys").Output.Select(name => name.ToString()).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(cmdlets, HelpPage.Names);
        Assert.Equal(cmdlets, Shipped.Value.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_has_the_parameters_that_there_are_described_and_two_examples(string name)
    {
        using var host = ModuleHost.Open();
        var page = HelpPage.Read(name);
        var parameters = ((CmdletInfo)host.Run($"Get-Command {name}").Output.Single().BaseObject).Parameters.Keys.Except(Common);

        Assert.Equal(parameters.Order(StringComparer.Ordinal), page.Parameters.Keys.Order(StringComparer.Ordinal));
        Assert.All(page.Parameters, parameter => Assert.NotEmpty(parameter.Value));
        Assert.InRange(page.Examples.Count, 2, 9);
        Assert.All(page.Examples, Assert.NotEmpty);
        Assert.DoesNotContain("{{", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void What_ships_is_what_the_page_says(string name)
    {
        var page = HelpPage.Read(name);
        var shipped = Shipped.Value[name];
        static string Paragraphs(XElement? element) => HelpPage.Words(string.Join(' ', element?.Elements(Maml + "para").Select(paragraph => paragraph.Value) ?? []));

        Assert.Equal(page.Synopsis, Paragraphs(shipped.Element(Command + "details")!.Element(Maml + "description")));
        Assert.Equal(
            page.Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal),
            shipped.Element(Command + "parameters")!.Elements(Command + "parameter")
                .Select(parameter => KeyValuePair.Create(parameter.Element(Maml + "name")!.Value, Paragraphs(parameter.Element(Maml + "description"))))
                .OrderBy(parameter => parameter.Key, StringComparer.Ordinal));
        var text = HelpPage.Words(shipped.Element(Command + "examples")!.Value);
        Assert.All(page.Examples, example => Assert.Contains(HelpPage.Words(example), text, StringComparison.Ordinal));
        Assert.Equal(page.Examples.Count, shipped.Element(Command + "examples")!.Elements(Command + "example").Count());
        Assert.StartsWith("https://", shipped.Descendants(Maml + "uri").First().Value, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void What_ships_says_of_each_parameter_how_it_binds(string name)
    {
        using var host = ModuleHost.Open();
        var cmdlet = (CmdletInfo)host.Run($"Get-Command {name}").Output.Single().BaseObject;
        string Told(CommandParameterInfo parameter, string set) => $"{set} -{parameter.Name} {parameter.IsMandatory} {parameter.Position >= 0} {parameter.ValueFromPipeline} {parameter.ValueFromPipelineByPropertyName}";
        var real = cmdlet.ParameterSets.SelectMany(set => set.Parameters.Where(parameter => !Common.Contains(parameter.Name)).Select(parameter => Told(parameter, set.Name))).Order(StringComparer.Ordinal);

        Assert.Equal(real, HelpPage.Read(name).Bindings(cmdlet.ParameterSets.Select(set => set.Name)).Order(StringComparer.Ordinal));
        Assert.Equal(
            cmdlet.Parameters.Values.Where(parameter => parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any()).Select(parameter => parameter.Name).Order(StringComparer.Ordinal),
            Shipped.Value[name].Element(Command + "parameters")!.Elements(Command + "parameter").Where(parameter => parameter.Attribute("globbing")!.Value == "true").Select(parameter => parameter.Element(Maml + "name")!.Value).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void What_ships_says_what_a_parameter_is_that_is_not_given(string name)
    {
        var type = Surface.Cmdlets.Single(cmdlet => Surface.NameOf(cmdlet) == name);
        using var cmdlet = (IDisposable)Activator.CreateInstance(type)!;
        var real = Surface.ParametersOf(type).DistinctBy(parameter => parameter.Name)
            .Select(parameter => (parameter.Name, Default: parameter.Property.GetValue(cmdlet) switch
            {
                null or SwitchParameter => "",
                Array values => string.Join(", ", values.Cast<object>()),
                var value => value.ToString()!,
            }));

        Assert.Equal(
            real.Where(parameter => parameter.Default is not "" and not "0")   // nothing was chosen
                .Select(parameter => $"{parameter.Name} {parameter.Default}").Order(StringComparer.Ordinal),
            Shipped.Value[name].Element(Command + "parameters")!.Elements(Command + "parameter")
                .Where(parameter => parameter.Element(Dev + "defaultValue") is not null)
                .Select(parameter => $"{parameter.Element(Maml + "name")!.Value} {parameter.Element(Dev + "defaultValue")!.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void PlatyPS_makes_of_the_pages_what_ships()
    {
        Requires.PwshModule("Microsoft.PowerShell.PlatyPS", "1.0");
        using var folder = new TempDirectory();

        Exec.Run("pwsh", "-NoProfile", "-NonInteractive", "-File", Repository.At("docs", "Export-Help.ps1"), "-Destination", folder.Path);

        Assert.Equal(File.ReadAllText(Repository.At("module", "en-US", "CalicoNet.PowerShell.dll-Help.xml")), File.ReadAllText(folder.File("CalicoNet.PowerShell.dll-Help.xml")));
    }

    [Fact]
    public void Get_Help_shows_it()
    {
        using var host = ModuleHost.Open();
        Assert.Equal(HelpPage.Read("New-CalicoEndpoint").Synopsis, HelpPage.Words(host.Run("(Get-Help New-CalicoEndpoint).Synopsis").Output.Single().ToString()));
    }
}
