using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using CalicoNet.Commands;
using CalicoNet.Core;
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
            using var stack = NetworkStack.Open(Completion.Where(fakeBoundParameters, nameof(NetworkObject.NetNamespace)));
            return stack.Links.List().Select(link => link.Name).ToList();
        });
}

/// <summary>Completes names of endpoints of the host that the command line names; of one workload namespace where that is named, too.</summary>
public sealed class EndpointCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completion.Matching(wordToComplete, () =>
        {
            var place = fakeBoundParameters?[nameof(CalicoEndpoint.WorkloadNamespace)]?.ToString();
            return Completion.Endpoints(fakeBoundParameters).Where(name => place is null || name.WorkloadNamespace == place).Select(name => name.Name);
        });
}

/// <summary>Completes the workload namespaces of the endpoints of the host that the command line names.</summary>
public sealed class WorkloadNamespaceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completion.Matching(wordToComplete, () => Completion.Endpoints(fakeBoundParameters).Select(name => name.WorkloadNamespace));
}

/// <summary>Completes the names of routing tables.</summary>
public sealed class RouteTableCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completion.Matching(wordToComplete, ["main", "local", "default", .. commandName == "Get-HostRoute" ? new[] { RouteReader.AllTables } : []]);
}

/// <summary>Completes names of IP pools of the datastore that the command line names.</summary>
public sealed class IPPoolCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completion.Matching(wordToComplete, () => Completion.Resources(commandName, fakeBoundParameters, IPPool.Kind));
}

/// <summary>Completes names of nodes of the datastore that the command line names.</summary>
public sealed class NodeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => Completion.Matching(wordToComplete, () => Completion.Resources(commandName, fakeBoundParameters, Node.Kind));
}

internal static class Completion
{
    /// <summary>What of the kernel begins with a word. Whatever goes wrong in finding it leaves the user's line alone.</summary>
    public static IEnumerable<CompletionResult> Matching(string? word, Func<IEnumerable<string>> candidates)
    {
        try
        {
            return Platform.IsSupported ? Matching(word, candidates()) : [];
        }
#pragma warning disable CA1031 // An error would end up on the prompt, in the middle of what is being typed.
        catch (Exception)
        {
            return [];
        }
#pragma warning restore CA1031
    }

    /// <summary>The candidates that begin with a word, each once.</summary>
    public static IReadOnlyList<CompletionResult> Matching(string? word, IEnumerable<string> candidates)
    {
        var typed = word?.Trim('\'', '"') ?? "";
        return [.. candidates
            .Where(name => name.StartsWith(typed, StringComparison.Ordinal))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(name => new CompletionResult(Quote(name), name, CompletionResultType.ParameterValue, name))];
    }

    /// <summary>The names of the endpoints of the host that the command line names.</summary>
    public static IReadOnlyList<EndpointName> Endpoints(IDictionary? parameters)
    {
        using var host = EndpointManager.Open(Where(parameters, nameof(CalicoEndpoint.HostNetNamespace)));
        return host.Names();
    }

    /// <summary>The names of a kind's resources in the datastore that the command line names, or $PSDefaultParameterValues for it.</summary>
    public static IReadOnlyList<string> Resources(string? command, IDictionary? parameters, ResourceKind kind)
    {
        var given = Unwrap.Base(parameters?[nameof(DatastoreCommand.Datastore)]) ?? Default(command, nameof(DatastoreCommand.Datastore));
        using var owned = given is string text ? new DatastoreConnection(DatastoreAddress.Parse(text)) : null;
        var connection = owned ?? (given as CalicoDatastore)?.Connection ?? DefaultDatastore.Current;
        return [.. connection.Open().Range(KeyRange.Prefix(kind.KeyPrefix), keysOnly: true).Entries.Select(entry => entry.Key[kind.KeyPrefix.Length..])];
    }

    /// <summary>
    /// What $PSDefaultParameterValues has for a parameter: the engine binds it when the command runs, and says nothing of it while the command is
    /// typed. One that a script block would compute is left alone.
    /// </summary>
    private static object? Default(string? command, string parameter)
    {
        var defaults = ScriptBlock.Create("$PSDefaultParameterValues").Invoke().Select(Unwrap.Base).OfType<IDictionary>().FirstOrDefault();
        bool Fits(string key) => key.Split(':') is [var commands, var name] && IsLike(command, commands) && IsLike(parameter, name);
        return defaults?["Disabled"] is true ? null : Unwrap.Base(defaults?.Cast<DictionaryEntry>().FirstOrDefault(entry => entry.Key is string key && Fits(key)).Value);
    }

    private static bool IsLike(string? text, string pattern) => new WildcardPattern(pattern.Trim(), WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant).IsMatch(text ?? "");

    /// <summary>The namespace that the command line names, or the current one.</summary>
    public static NetNamespaceRef Where(IDictionary? parameters, string parameter)
        => parameters?[parameter]?.ToString() is { } where ? NetNamespaceRef.Parse(where) : CurrentNamespace.Reference;

    private static string Quote(string name)
        => name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.') ? name : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
