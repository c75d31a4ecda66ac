using System.Management.Automation;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using CalicoNet.PowerShell.Tests.Module;
using CalicoNet.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Help;

/// <summary>
/// The about topics. Two of them are made from the code: with the environment variable CALICONET_WRITE_DOCS=1 these tests write them anew.
/// </summary>
public sealed partial class AboutTests
{
    private const int Width = 78;

    [Theory]
    [InlineData("about_CalicoNet")]
    [InlineData("about_CalicoNet_Pipeline")]
    [InlineData("about_CalicoNet_Namespaces")]
    [InlineData("about_CalicoNet_Errors")]
    [InlineData("about_CalicoNet_Datastore")]
    public void Get_Help_finds_the_topic_and_no_line_is_too_long_for_a_terminal(string topic)
    {
        using var host = ModuleHost.Open();
        var text = host.Run($"Get-Help {topic}").Output.Single().ToString();

        Assert.Contains("SHORT DESCRIPTION", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void The_topic_of_errors_is_what_the_code_says() => AssertFile("about_CalicoNet_Errors", Errors());

    [Fact]
    public void The_topic_of_the_pipeline_is_what_the_cmdlets_take_and_give() => AssertFile("about_CalicoNet_Pipeline", Pipeline());

    private static void AssertFile(string topic, string expected)
    {
        var file = Repository.At("module", "en-US", $"{topic}.help.txt");
        if (Environment.GetEnvironmentVariable("CALICONET_WRITE_DOCS") == "1")
        {
            File.WriteAllText(file, expected);
        }

        Assert.Equal(expected, File.ReadAllText(file));
    }

    private static string Errors()
    {
        using var host = ModuleHost.Open();
        var assembly = AppDomain.CurrentDomain.GetAssemblies().Single(assembly => assembly.GetName().Name == "CalicoNet.PowerShell");
        var advice = assembly.GetType("CalicoNet.ErrorMap")!.GetMethod("Advice", BindingFlags.NonPublic | BindingFlags.Static)!;
        var source = File.ReadAllText(Repository.At("src", "CalicoNet.PowerShell", "Errors", "ErrorIds.cs"));
        var text = new StringBuilder("""
            TOPIC
                about_CalicoNet_Errors

            SHORT DESCRIPTION
                What errors are called, and what to do about them.

            LONG DESCRIPTION
                An error's FullyQualifiedErrorId begins with one of these ids; the
                engine appends the cmdlet's class name. They do not change, so scripts
                can match them:

                    try { New-CalicoEndpoint web1 10.65.0.2 -ErrorAction Stop }
                    catch {
                        if ($_.FullyQualifiedErrorId -notlike 'ResourceExists,*') { throw }
                    }

                One bad item of many is a non-terminating error: the next has its turn.
                The message names what was given, and the kernel's own words where it
                was the kernel that refused. $_.ErrorDetails.RecommendedAction says what
                to do. What had been done is undone; where that is not possible, the
                message says what remains.

                The category follows the kernel's error number: EPERM is
                PermissionDenied, ENOENT, ENODEV and ESRCH ObjectNotFound, EEXIST
                ResourceExists, EINVAL InvalidArgument, EBUSY ResourceBusy, EOPNOTSUPP
                NotImplemented, ENETUNREACH and EADDRNOTAVAIL InvalidOperation, ENOBUFS
                ResourceUnavailable.

                Arguments that PowerShell itself refuses keep PowerShell's ids, such as
                ParameterArgumentTransformationError for a text that is no IP address.


            """.ReplaceLineEndings("\n"));
        foreach (var (id, summary) in Constants().Matches(source).Select(match => (match.Groups[2].Value, match.Groups[1].Value)).OrderBy(entry => entry.Item1, StringComparer.Ordinal))
        {
            text.Append("    ").Append(id).Append('\n');
            Wrap(text, summary, 8);
            Wrap(text, (string)advice.Invoke(null, [id])!, 8);
            text.Append('\n');
        }

        text.Append("WHAT EACH CMDLET NEEDS\n");
        Wrap(text, "Root has it all. To get into another namespace than the session's own CAP_SYS_ADMIN is needed, whatever the cmdlet. What is not named here reads, and needs nothing.", 4);
        text.Append('\n');
        foreach (var group in Surface.Cmdlets.Where(cmdlet => Surface.NeedsOf(cmdlet).Count > 0).GroupBy(cmdlet => string.Join(" and ", Surface.NeedsOf(cmdlet))).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append("    ").Append(group.Key).Append('\n');
            Wrap(text, string.Join(", ", group.Select(Surface.NameOf).Order(StringComparer.Ordinal)), 8);
            text.Append('\n');
        }

        return text.Append("SEE ALSO\n    about_CalicoNet\n    about_Try_Catch_Finally\n").ToString();
    }

    private static string Pipeline()
    {
        using var host = ModuleHost.Open();
        var text = new StringBuilder("""
            TOPIC
                about_CalicoNet_Pipeline

            SHORT DESCRIPTION
                What flows from cmdlet to cmdlet.

            LONG DESCRIPTION
                What flows is mostly the veth pair: a HostRoute, a HostAddress, a
                ProxyArp, a LinkLocalGateway, a NatOutgoing and a CalicoEndpoint carry
                theirs, and where a pair is taken each of them will do. So steps can be
                chained in any order that makes sense:

                    New-NetNamespace cali | New-VethPair -IPAddress 10.2.0.1 |
                        Add-HostRoute | Enable-ProxyArp | Set-LinkLocalGateway

                A pair is a reference: its addresses and state are read again by each
                cmdlet, by the identity of its namespaces and interfaces. One whose
                interface is gone is refused (StaleObject). A cmdlet acts once for each
                pair of a pipeline, however many objects carry it. Objects survive JSON,
                CSV, CLIXML and jobs.

                Under -WhatIf the objects are Planned: they show the rest of a pipeline
                what would be, and are refused for real.

                By value (=) and by property name (.) from the pipeline, and what comes out:


            """.ReplaceLineEndings("\n"));
        var cmdlets = host.Run("(Get-Module CalicoNet).ExportedCmdlets.Values").Output.Select(value => (CmdletInfo)value.BaseObject).OrderBy(cmdlet => cmdlet.Noun, StringComparer.Ordinal).ThenBy(cmdlet => cmdlet.Verb, StringComparer.Ordinal);
        foreach (var cmdlet in cmdlets)
        {
            var parameters = cmdlet.ParameterSets.SelectMany(set => set.Parameters).ToList();
            IEnumerable<string> Taken(string mark, Func<CommandParameterInfo, bool> isTaken)
                => parameters.Where(isTaken).Select(parameter => $"{mark}{parameter.Name}").Distinct().Order(StringComparer.Ordinal);
            var takes = Taken("=", parameter => parameter.ValueFromPipeline).Concat(Taken(".", parameter => parameter.ValueFromPipelineByPropertyName)).ToList();
            text.Append("    ").Append(cmdlet.Name).Append('\n');
            Wrap(text, "takes  " + (takes.Count == 0 ? "nothing" : string.Join(", ", takes)), 8, hang: 7);
            var gives = cmdlet.OutputType.Select(type => type.Name.Split('.')[^1]).ToList();
            Wrap(text, "gives  " + (gives.Count == 0 ? "nothing" : string.Join(", ", gives)), 8, hang: 7);
        }

        return text.Append("\nSEE ALSO\n    about_CalicoNet\n    about_Pipelines\n").ToString();
    }

    private static void Wrap(StringBuilder text, string words, int indent, int hang = 0)
    {
        var line = new string(' ', indent);
        foreach (var word in words.Replace("  ", " \u00a0", StringComparison.Ordinal).Split(' '))
        {
            if (line.Length + word.Length + 1 > Width)
            {
                text.Append(line.TrimEnd().Replace('\u00a0', ' ')).Append('\n');
                line = new string(' ', indent + hang);
            }

            line += (line.TrimEnd().Length == 0 ? "" : " ") + word;
        }

        text.Append(line.TrimEnd().Replace('\u00a0', ' ')).Append('\n');
    }

    [GeneratedRegex("""/// <summary>(.*?)</summary>\s+public const string (\w+)""")]
    private static partial Regex Constants();
}
