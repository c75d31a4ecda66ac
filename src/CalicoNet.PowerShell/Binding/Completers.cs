using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using CalicoNet.Commands;
using CalicoNet.Netlink;

namespace CalicoNet;

/// <summary>Completes names of network namespaces.</summary>
public sealed class NetNamespaceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completion.Matching(wordToComplete, () => NetNamespaces.List().Select(found => found.Name));
}

/// <summary>Completes names of interfaces in the namespace that the command line names.</summary>
public sealed class InterfaceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completion.Matching(wordToComplete, () =>
        {
            var where = fakeBoundParameters?[nameof(NetworkObject.NetNamespace)]?.ToString();
            using var stack = NetworkStack.Open(where is null ? CurrentNamespace.Reference : NetNamespaceRef.Parse(where));
            return stack.Links.List().Select(link => link.Name).ToList();
        });
}

/// <summary>Completes the names of routing tables.</summary>
public sealed class RouteTableCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completion.Matching(wordToComplete, () => ["main", "local", "default"]);
}

internal static class Completion
{
    /// <summary>The candidates that begin with a word. What goes wrong in finding them leaves the user's line alone.</summary>
    public static IEnumerable<CompletionResult> Matching(string word, Func<IEnumerable<string>> candidates)
    {
        var typed = word.Trim('\'', '"');
        try
        {
            return [.. candidates()
                .Where(name => name.StartsWith(typed, StringComparison.Ordinal))
                .Select(name => new CompletionResult(Quote(name), name, CompletionResultType.ParameterValue, name))];
        }
        catch (Exception e) when (ErrorMap.IsFault(e))
        {
            return [];
        }
    }

    private static string Quote(string name)
        => name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.') ? name : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
