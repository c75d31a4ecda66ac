using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// A program inside a namespace. The engine starts it as it starts every program - terminal, streams, exit code, Ctrl-C - with util-linux's
/// nsenter before it, which goes in and becomes the program.
/// </summary>
internal static class NamespaceProgram
{
    private const string Enterer = "nsenter";

    /// <summary>Our own calls of nsenter are spelled in a way that nobody else spells it, so that they are not led inside once more.</summary>
    private const string OwnSpelling = "/./" + Enterer;

    /// <summary>Whether what is looked up under a name goes inside already.</summary>
    public static bool GoesInside(string name) => name.EndsWith(OwnSpelling, StringComparison.Ordinal);

    /// <summary>Starts a program; its output goes where the cmdlet's goes. The caller feeds it and ends it.</summary>
    /// <exception cref="NetlinkException">The namespace is not there, or may not be entered.</exception>
    /// <exception cref="CommandFault">There is no such program, or no nsenter.</exception>
    public static SteppablePipeline Start(NetworkCommand cmdlet, NetNamespaceRef where, string program, IEnumerable<PSObject?> arguments, bool expectInput)
    {
        NetworkStack.Open(where).Dispose();
        var enterer = Path.GetDirectoryName(Find(cmdlet, Enterer, "Install util-linux, which has it.")) + OwnSpelling;
        var path = Find(cmdlet, program, "Check its name, and PATH; what is no program goes into a block.");
        // '.' is this process's namespace, whatever namespace the command line is in.
        var file = where.IsOwn ? string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/ns/net") : where.Path;

        IEnumerable<string> words = [enterer, $"--net={file}", "--", path, .. Words(arguments)];
        var line = string.Join(' ', words.Select(word => $"'{CodeGeneration.EscapeSingleQuotedStringContent(word)}'"));
        var pipeline = ScriptBlock.Create($"& {line}").GetSteppablePipeline(cmdlet.MyInvocation.CommandOrigin);
        pipeline.Begin(expectInput, cmdlet.Engine);
        return pipeline;
    }

    private static string Find(NetworkCommand cmdlet, string program, string advice)
        => cmdlet.InvokeCommand.GetCommands(program, CommandTypes.Application, nameIsPattern: false).OfType<ApplicationInfo>().FirstOrDefault()?.Path
            ?? throw new CommandFault(ErrorIds.ObjectNotFound, ErrorCategory.ObjectNotFound, $"There is no program '{program}'.", advice);

    /// <summary>The arguments as texts. What the language took for a parameter with its value after a colon comes in two parts, the first one marked.</summary>
    private static IEnumerable<string> Words(IEnumerable<PSObject?> arguments)
    {
        var begun = "";
        foreach (var argument in arguments)
        {
            var text = LanguagePrimitives.ConvertTo<string>(argument) ?? "";
            if (text.EndsWith(':') && argument?.Properties["<CommandParameterName>"] is not null)
            {
                begun = text;
                continue;
            }

            yield return begun + text;
            begun = "";
        }
    }
}
