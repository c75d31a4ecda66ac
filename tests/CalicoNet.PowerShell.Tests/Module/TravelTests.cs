using System.Management.Automation;
using System.Xml.Linq;
using CalicoNet.PowerShell.Tests.Commands;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Module;

/// <summary>Objects travel: through CLIXML as a job or a remote session does it, and back into cmdlets. JSON, CSV and jobs themselves are Pester's.</summary>
public sealed class TravelTests : CommandTest
{
    private const string Every = """
        $e = New-CalicoEndpoint "${w}e" 10.65.0.2, fd00:65::2 -HostNetNamespace $h -StaticNeighbor Enabled
        $pair = New-VethPair $w -HostNetNamespace $h -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer -IPAddress 10.2.0.1, 2001:db8:2::1
        $n = Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali -NetNamespace $w
        $r = $pair | Add-HostRoute; $a = $pair | Get-HostAddress; $x = $pair | Enable-ProxyArp; $g = $pair | Set-LinkLocalGateway; $o = $pair | Enable-NatOutgoing
        Remove-HostRoute 10.65.0.2 -InterfaceAlias $e.HostInterfaceAlias -NetNamespace $h; $c = $e | Repair-CalicoEndpoint
        $i = New-CalicoIPPool travel 10.66.0.0/24; $q = Request-CalicoIPAllocation -Pool travel
        $every = @($e, $pair, $n, $c, $i, $q) + $r + $a + $x + $g + $o + @(
            (Get-NetNamespace $w), (Get-HostInterface v-cali -NetNamespace $w), (Get-IPForwarding -NetNamespace $h), (Measure-NeighborTable $w),
            (Test-WorkloadConnection 10.2.0.1 -NetNamespace $w -Count 1), (Get-CalicoDatastore), (Get-CalicoIPBlock), (Get-CalicoIpamConfiguration), (Get-CalicoNode)) +
            (Test-CalicoIpam -HostNetNamespace $h)
        """;

    public TravelTests() => Run(Every);

    /// <summary>Objects of every type that there is.</summary>
    private List<PSObject> Objects => [.. Run("$every").Output];

    [Fact]
    public void There_is_one_of_every_type()
        => Assert.Equal(Surface.Outputs.Select(type => type.Name).Order(StringComparer.Ordinal), Objects.Select(found => found.BaseObject.GetType().Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Through_CLIXML_every_property_keeps_its_value()
    {
        Assert.All(Objects, sent =>
        {
            var received = (PSObject)PSSerializer.Deserialize(PSSerializer.Serialize(sent, 2));

            Assert.Equal($"Deserialized.{sent.BaseObject.GetType().FullName}", received.TypeNames[0]);
            Assert.All(sent.BaseObject.GetType().GetProperties(), property => Assert.Equal(Told(property.GetValue(sent.BaseObject)), Told(received.Properties[property.Name]?.Value)));
        });
    }

    [Fact]
    public void What_has_a_pair_has_it_after_CLIXML_for_every_cmdlet_that_takes_one()
    {
        var carriers = Objects.Where(found => found.BaseObject.GetType().Name == "VethPair" || found.Properties["VethPair"]?.Value is not null).ToList();
        Assert.Equal(7, carriers.Select(found => found.BaseObject.GetType().Name).Distinct().Count());
        Assert.All(carriers, sent =>
        {
            Set("received", PSSerializer.Deserialize(PSSerializer.Serialize(sent, 2)));
            Set("sent", sent);
            Assert.Equal(One("$sent | Get-VethPair").BaseObject, One("$received | Get-VethPair").BaseObject);
        });
    }

    [Fact]
    public void A_namespace_after_CLIXML_is_taken_where_a_namespace_is()
    {
        Set("received", PSSerializer.Deserialize(PSSerializer.Serialize(One("Get-NetNamespace $w"))));
        Assert.Equal(Workload, One("Get-HostInterface lo -NetNamespace $received").Text("NetNamespace"));
        Assert.NotEmpty(Run("$received | Get-NeighborTable").Output);
    }

    [Fact]
    public void Objects_of_the_same_values_are_equal_and_their_texts_say_what_they_are()
    {
        Assert.Equal(One("$pair | Get-VethPair").BaseObject, One("Get-VethPair v-cali -NetNamespace $w -HostNetNamespace $h").BaseObject);
        Assert.Equal(One("Get-CalicoEndpoint \"${w}e\" -HostNetNamespace $h").BaseObject, One("$e").BaseObject);
        Assert.Equal(Run("Get-HostRoute -NetNamespace $h").Output.Select(route => route.BaseObject), Run("Get-HostRoute -NetNamespace $h").Output.Select(route => route.BaseObject));
        Assert.NotEqual(One("Get-HostInterface lo -NetNamespace $h").BaseObject, One("Get-HostInterface lo -NetNamespace $w").BaseObject);
        Assert.All(Objects, found => Assert.False(found.ToString().StartsWith("CalicoNet.", StringComparison.Ordinal) || found.ToString().Contains('{', StringComparison.Ordinal), found.ToString()));
    }

    [Fact]
    public void Every_type_knows_which_properties_tell_its_objects_apart()
    {
        Assert.All(Objects.GroupBy(found => found.BaseObject.GetType()), type =>
        {
            var keys = ((PSPropertySet)((PSMemberSet)type.First().Members["PSStandardMembers"]).Members["DefaultKeyPropertySet"]).ReferencedPropertyNames;
            Assert.NotEmpty(keys);
            Assert.Equal(type.Count(), type.Select(found => string.Join('|', keys.Select(key => found.Text(key)))).Distinct().Count());
        });
    }

    [Fact]
    public void Every_view_works_under_strict_mode_in_a_table_and_in_a_list()
    {
        foreach (var found in Objects)
        {
            Set("one", found);
            var text = Module.Format("Set-StrictMode -Version Latest; $one");
            Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
            Assert.True(text.Trim().Length > 0, found.BaseObject.GetType().Name);
        }

        var format = XDocument.Load(Repository.At("module", "CalicoNet.Format.ps1xml"));
        Assert.All(format.Descendants("View"), view =>
        {
            var type = view.Descendants("TypeName").First().Value;
            Set("those", Objects.Where(found => found.BaseObject.GetType().FullName == type).ToArray());
            Assert.All(view.Descendants("ScriptBlock"), block =>
            {
                // The host takes colours out where nobody sits there: the block itself is asked.
                var show = $"Set-StrictMode -Version Latest; $those | ForEach-Object {{ {block.Value} }}";
                var plain = Run($"$PSStyle.OutputRendering = 'PlainText'; {show}").Output.Select(text => text.ToString()).ToList();
                Assert.NotEmpty(plain);
                Assert.DoesNotContain(plain, text => text.Contains('\u001b', StringComparison.Ordinal));
                var ansi = Run($"$PSStyle.OutputRendering = 'Ansi'; {show}").Output.Select(text => text.ToString()).ToList();
                Assert.Equal(plain, ansi.Select(text => new System.Management.Automation.Internal.StringDecorated(text).ToString(OutputRendering.PlainText)));
            });
        });
    }

    /// <summary>What does not fit is dropped from the right, without a word; a long text in the last column is only cut.</summary>
    [Fact]
    public void Every_table_fits_a_terminal_of_80_columns()
    {
        const int terminal = 80;
        var format = XDocument.Load(Repository.At("module", "CalicoNet.Format.ps1xml"));
        Assert.All(format.Descendants("View").Where(view => view.Element("TableControl") is not null), view =>
        {
            var isOfContent = view.Descendants("AutoSize").Any();
            Set("those", Objects.Where(found => found.BaseObject.GetType().FullName == view.Descendants("TypeName").First().Value).ToArray());
            var widths = view.Descendants("TableColumnHeader").Zip(view.Descendants("TableColumnItem")).Select(column =>
            {
                var label = column.First.Element("Label")!.Value;
                var block = column.Second.Element("ScriptBlock")?.Value ?? $"$_.{label}";
                var texts = isOfContent && label is not ("Details" or "Reason") ? Run($"$PSStyle.OutputRendering = 'PlainText'; $those | ForEach-Object {{ \"$({block})\" }}").Output.Select(text => text.ToString()) : [];

                // Of a list one item must fit.
                return texts.Select(text => text.Split(", ")[0].Length).Append(label.Length).Append((int?)column.First.Element("Width") ?? 0).Max();
            }).ToList();

            var width = widths.Sum() + widths.Count - 1;
            Assert.True(width <= terminal, $"{view.Element("Name")!.Value} takes {width}: {string.Join(" + ", widths)}");
        });
    }

    private static string Told(object? value) => value switch
    {
        null => "",
        PSObject wrapped when wrapped.TypeNames.Any(name => name.StartsWith("Deserialized.CalicoNet.", StringComparison.Ordinal) && !name.EndsWith("TextList", StringComparison.Ordinal))
            => string.Join(", ", wrapped.Properties.Where(property => property.Name is not "Planned").OrderBy(property => property.Name, StringComparer.Ordinal).Select(property => $"{property.Name} {Told(property.Value)}")),
        PSObject wrapped => Told(wrapped.BaseObject),
        string text => text,
        System.Collections.IEnumerable items => string.Join(", ", items.Cast<object>().Select(Told)),
        DateTime time => time.ToString("O"),
        _ when value.GetType().Namespace == "CalicoNet" => Told((PSObject)PSSerializer.Deserialize(PSSerializer.Serialize(value, 2))),
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value}"),
    };
}
