using System.Diagnostics.CodeAnalysis;

namespace CalicoNet.Core;

/// <summary>An endpoint's identity: its name in a workload namespace.</summary>
public sealed record EndpointName
{
    /// <summary>The workload namespace when none is given.</summary>
    public const string DefaultWorkloadNamespace = "default";

    /// <summary>The longest name in characters.</summary>
    public const int MaxName = 128;

    /// <summary>The longest workload namespace in characters (a DNS label, as in Kubernetes).</summary>
    public const int MaxWorkloadNamespace = 63;

    private EndpointName(string workloadNamespace, string name)
    {
        WorkloadNamespace = workloadNamespace;
        Name = name;
    }

    /// <summary>The workload namespace.</summary>
    public string WorkloadNamespace { get; }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The host link's name: <c>cali</c> and 11 hexadecimal digits, derived as Calico derives it.</summary>
    public string HostLinkName => Core.HostLinkName.OfPod(WorkloadNamespace, Name);

    /// <summary>Checks and makes an identity. A name is what the CNI specification allows as a container id: letters, digits, '_', '.', '-', beginning with a letter or digit. A workload namespace is the same without dots.</summary>
    /// <exception cref="ArgumentException">One of them is no name; the message names it and the rule.</exception>
    public static EndpointName Create(string workloadNamespace, string name)
    {
        ArgumentNullException.ThrowIfNull(workloadNamespace);
        ArgumentNullException.ThrowIfNull(name);
        if (Fault(name, MaxName) is { } fault)
        {
            throw new ArgumentException($"'{name}' is not an endpoint name: {fault}.", nameof(name));
        }

        return NamespaceFault(workloadNamespace) is { } other
            ? throw new ArgumentException($"'{workloadNamespace}' is not a workload namespace: {other}.", nameof(workloadNamespace))
            : new EndpointName(workloadNamespace, name);
    }

    /// <summary>Makes an identity of valid names.</summary>
    public static bool TryCreate(string workloadNamespace, string name, [NotNullWhen(true)] out EndpointName? identity)
    {
        identity = NamespaceFault(workloadNamespace) is null && Fault(name, MaxName) is null ? new EndpointName(workloadNamespace, name) : null;
        return identity is not null;
    }

    /// <summary><c>workload namespace/name</c>.</summary>
    public override string ToString() => $"{WorkloadNamespace}/{Name}";

    /// <summary>A dot ends the workload namespace in handles, in keys and in what the host link's name is made of: it cannot be in one.</summary>
    private static string? NamespaceFault(string text)
        => Fault(text, MaxWorkloadNamespace) ?? (text.Contains('.', StringComparison.Ordinal) ? "it contains a '.', which would make web.a/b and web/a.b the same" : null);

    private static string? Fault(string text, int longest)
        => text.Length == 0 ? "it is empty"
            : text.Length > longest ? $"it is longer than {longest} characters"
            : !char.IsAsciiLetterOrDigit(text[0]) ? "it does not begin with a letter or digit"
            : !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') ? "it contains something else than letters, digits, '_', '.' and '-'"
            : null;
}
