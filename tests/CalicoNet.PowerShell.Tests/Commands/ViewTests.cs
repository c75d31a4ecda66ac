using System.Text.RegularExpressions;
using System.Xml.Linq;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

public partial class ViewTests : CommandTest
{
    private static readonly string[] Hidden = ["Planned", "BootId", "NetNamespaceCookie", "HostNetNamespaceCookie"];

    private static XDocument Format => XDocument.Load(Repository.At("module", "CalicoNet.Format.ps1xml"));

    private static XDocument Types => XDocument.Load(Repository.At("module", "CalicoNet.Types.ps1xml"));

    [Fact]
    public void A_pair_is_a_table_of_six_columns()
    {
        AddPair("10.2.0.1, 2001:db8:2::1");
        Assert.Equal(
            $"""
            NetNamespace InterfaceAlias HostInterfaceAlias IPAddress               MtuSize Status
            {Workload.PadRight(12)} v-cali         v-cali-peer        10.2.0.1, 2001:db8:2::1    1500 Up
            """,
            View("$pair"));
    }

    [Fact]
    public void Numbers_of_a_table_are_at_the_right()
        => Assert.Equal(
            $"""
            DestinationPrefix NextHop     InterfaceAlias RouteMetric Scope    NetNamespace
            0.0.0.0/0         192.0.2.254 up0                      0 Universe {Sandbox.HostName}
            """,
            View("Get-HostRoute 0.0.0.0/0 -NetNamespace $h"));

    [Fact]
    public void An_address_an_interface_and_a_namespace_have_tables()
    {
        Assert.Matches(@"^IPAddress +PrefixLength InterfaceAlias AddressState NetNamespace\n192\.0\.2\.1 +24 up0 +Preferred +cn", View("Get-HostAddress 192.0.2.1 -NetNamespace $h"));
        Assert.Matches(@"^InterfaceAlias InterfaceIndex Status MtuSize MacAddress +NetNamespace\nlo +1 Up +65536 00:00:00:00:00:00 cn", View("Get-HostInterface lo -NetNamespace $h"));
        Assert.Matches(@"^Name +Inode NsId Interfaces\ncn\S+ +\d+ +-?\d+ lo, up0$", View("Get-NetNamespace $h"));
    }

    [Fact]
    public void States_are_coloured_unless_rendering_is_plain_text()
    {
        // The host itself takes colours out where nobody sits there, so the view's own block is asked.
        var block = Format.Descendants("View").First(view => view.Element("Name")!.Value == "HostInterface").Descendants("ScriptBlock").First().Value;
        var show = $"Get-HostInterface lo -NetNamespace $h | ForEach-Object {{ {block} }}";

        Assert.Equal("Up", One(show).ToString());
        Assert.Equal("\u001b[32mUp\u001b[0m", One($"$PSStyle.OutputRendering = 'Ansi'; {show}").ToString());
    }

    [Fact]
    public void Every_output_type_has_a_table_of_at_most_six_columns_a_list_and_a_key()
    {
        var types = Module.Run(
            """
            $assembly = (Get-Command New-NetNamespace).ImplementingType.Assembly
            $assembly.GetExportedTypes() | Where-Object { $_.Namespace -eq 'CalicoNet' -and -not $_.IsAbstract -and $_.BaseType.Name -in 'OutputObject', 'NetworkObject', 'DatastoreObject' }
            """).Output.Select(found => (Type)found.BaseObject).ToList();
        Assert.NotEmpty(types);

        foreach (var type in types)
        {
            var views = Format.Descendants("View").Where(view => view.Descendants("TypeName").Any(name => name.Value == type.FullName)).ToList();
            var table = Assert.Single(views, view => view.Element("TableControl") is not null);
            var list = Assert.Single(views, view => view.Element("ListControl") is not null);
            Assert.InRange(table.Descendants("TableColumnItem").Count(), 2, 6);
            Assert.Equal(table.Descendants("TableColumnHeader").Count(), table.Descendants("TableColumnItem").Count());
            Assert.All(table.Descendants("TableColumnHeader").Zip(table.Descendants("TableColumnItem")), pair => Assert.Contains(pair.First.Element("Label")!.Value, pair.Second.Value, StringComparison.Ordinal));

            var shown = table.Descendants("Label").Concat(list.Descendants("Label")).Concat(views.Descendants("PropertyName")).Select(name => name.Value).ToHashSet();
            var sets = Types.Descendants("Type").Single(t => t.Element("Name")!.Value == type.FullName).Descendants("PropertySet").ToList();
            Assert.Equal(["DefaultKeyPropertySet", "DefaultDisplayPropertySet"], sets.Select(set => set.Element("Name")!.Value));
            shown.UnionWith(sets.Descendants("ReferencedProperties").Elements("Name").Select(name => name.Value));

            Assert.Subset(type.GetProperties().Select(property => property.Name).ToHashSet(), shown);
            Assert.Empty(shown.Intersect(Hidden));
            Assert.All(
                table.Descendants("TableColumnHeader").Where(header => type.GetProperty(header.Element("Label")!.Value)!.PropertyType is var p && (p == typeof(int) || p == typeof(long) || p == typeof(double?))),
                header => Assert.Equal("Right", header.Element("Alignment")?.Value));
        }
    }

    /// <summary>A view without empty lines, trailing blanks and the line under the headers.</summary>
    private string View(string script)
        => string.Join('\n', Module.Format(script).Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0 && !Underline().IsMatch(line)));

    [GeneratedRegex("^[- ]+$")]
    private static partial Regex Underline();
}
