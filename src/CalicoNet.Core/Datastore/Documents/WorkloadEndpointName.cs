using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace CalicoNet.Core;

/// <summary>
/// The name of a <see cref="WorkloadEndpoint"/>, from which Calico tells what it is of: node, orchestrator, workload and endpoint, parted by
/// dashes, a dash in one of them doubled. What the CNI specification allows as container id and interface but Calico does not, is encoded
/// under an orchestrator of our own: it is listed and updated by Calico's tools, and cannot be one of Calico's own names.
/// </summary>
public sealed record WorkloadEndpointName
{
    /// <summary>The orchestrator of Kubernetes' pods.</summary>
    public const string Kubernetes = "k8s";

    /// <summary>The orchestrator of other containers.</summary>
    public const string Cni = "cni";

    /// <summary>The orchestrator of what Calico has no name for.</summary>
    public const string CalicoNet = "caliconet";

    /// <summary>The longest name in bytes: a DNS name's, as in Kubernetes.</summary>
    public const int MaxLength = 253;

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private WorkloadEndpointName(string node, string orchestrator, string workload, string endpoint)
    {
        Node = node;
        Orchestrator = orchestrator;
        Workload = workload;
        Endpoint = endpoint;
    }

    /// <summary>The node.</summary>
    public string Node { get; }

    /// <summary><see cref="Kubernetes"/>, <see cref="Cni"/>, <see cref="CalicoNet"/> or another.</summary>
    public string Orchestrator { get; }

    /// <summary>The pod, the container's id, or what else the orchestrator calls it; encoded for <see cref="CalicoNet"/>.</summary>
    public string Workload { get; }

    /// <summary>The interface's name in the container; encoded for <see cref="CalicoNet"/>.</summary>
    public string Endpoint { get; }

    /// <summary>The container's id; null for a pod's, another orchestrator's, and one so long that the name holds only its hash.</summary>
    public string? ContainerId => Orchestrator switch
    {
        Cni => Workload,
        CalicoNet when Workload[0] == 'c' => Decode(Workload.AsSpan(1)),
        _ => null,
    };

    /// <summary>The interface's name in the container.</summary>
    public string Interface => Orchestrator == CalicoNet ? Decode(Endpoint.AsSpan(1))! : Endpoint;

    /// <summary>The name of a container's interface.</summary>
    /// <param name="node">The node.</param>
    /// <param name="containerId">The container's id.</param>
    /// <param name="containerInterface">The interface's name in the container.</param>
    /// <param name="pod">The Kubernetes pod; null for any other container.</param>
    /// <exception cref="ArgumentException">The node's name is none, or so long that nothing fits beside it; something is empty.</exception>
    public static WorkloadEndpointName Of(string node, string containerId, string containerInterface, string? pod = null)
    {
        CheckNode(node);
        ArgumentException.ThrowIfNullOrEmpty(containerId);
        ArgumentException.ThrowIfNullOrEmpty(containerInterface);
        if (IsSubdomain(containerInterface))
        {
            var plain = pod is not null && IsSubdomain(pod) ? new WorkloadEndpointName(node, Kubernetes, pod, containerInterface)
                : pod is null && IsLabel(containerId) ? new WorkloadEndpointName(node, Cni, containerId, containerInterface)
                : null;
            if (plain is not null && plain.ToString().Length <= MaxLength)
            {
                return plain;
            }
        }

        var encoded = new WorkloadEndpointName(node, CalicoNet, Encode('c', containerId), Encode('e', containerInterface));
        if (encoded.ToString().Length > MaxLength)
        {
            encoded = new(node, CalicoNet, "h" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(containerId))), encoded.Endpoint);
        }

        return encoded.ToString() is { Length: > MaxLength } name
            ? throw new ArgumentException($"'{node}' is too long for the name of a node: with '{containerInterface}' the endpoint's name has {name.Length} bytes, of {MaxLength}.", nameof(node))
            : encoded;
    }

    /// <summary>Reads a name: Calico's, or one of ours.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WorkloadEndpointName? name)
    {
        name = text is not null && Split(text) is [var node, var orchestrator, var workload, var endpoint] ? new(node, orchestrator, workload, endpoint) : null;

        // Only what is written again the same is a name, and ours must be decodable.
        if (name is not null && (name.ToString() != text || (name.Orchestrator == CalicoNet && !name.IsEncoded)))
        {
            name = null;
        }

        return name is not null;
    }

    /// <summary>The name.</summary>
    public override string ToString() => string.Join('-', new[] { Node, Orchestrator, Workload, Endpoint }.Select(part => part.Replace("-", "--", StringComparison.Ordinal)));

    /// <summary>Checks the name of a node, which Calico keeps as a DNS name in lower case.</summary>
    /// <exception cref="ArgumentException">It is none; the message names it and the rule.</exception>
    internal static void CheckNode(string node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node.Length > MaxLength || !IsSubdomain(node))
        {
            throw new ArgumentException(
                $"'{node}' is not a name of a node: a node is named by lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit at each dot, in {MaxLength} characters at most.",
                nameof(node));
        }
    }

    private bool IsEncoded => Endpoint[0] == 'e' && Decode(Endpoint.AsSpan(1)) is not null
        && Workload[0] switch
        {
            'c' => Decode(Workload.AsSpan(1)) is not null,
            'h' => Workload.Length == 65 && !Workload.AsSpan(1).ContainsAnyExcept(HexDigits),
            _ => false,
        };

    private static List<string> Split(string name)
    {
        List<string> parts = [];
        var part = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '-')
            {
                part.Append(name[i]);
            }
            else if (i + 1 < name.Length && name[i + 1] == '-')
            {
                part.Append('-');
                i++;
            }
            else
            {
                parts.Add(part.ToString());
                part.Clear();
            }
        }

        parts.Add(part.ToString());
        // What begins or ends with a dash cannot be told from its neighbors.
        return parts.TrueForAll(text => text.Length > 0 && text[0] != '-' && text[^1] != '-') ? parts : [];
    }

    private static bool IsLabel(ReadOnlySpan<char> text)
        => text.Length > 0 && text[0] != '-' && text[^1] != '-' && !text.ContainsAnyExcept(LabelCharacters);

    internal static bool IsSubdomain(string text) => text.Split('.').All(label => IsLabel(label));

    private static string Encode(char first, string text)
    {
        var encoded = new StringBuilder().Append(first);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterLower((char)b) || char.IsAsciiDigit((char)b))
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('-').Append(Convert.ToHexStringLower([b]));
            }
        }

        return encoded.ToString();
    }

    private static string? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '-')
            {
                bytes.Add((byte)text[i]);
            }
            else if (i + 2 < text.Length && char.IsAsciiHexDigitLower(text[i + 1]) && char.IsAsciiHexDigitLower(text[i + 2]))
            {
                bytes.AddRange(Convert.FromHexString(text.Slice(i + 1, 2)));
                i += 2;
            }
            else
            {
                return null;
            }
        }

        var decoded = Encoding.UTF8.GetString([.. bytes]);
        // "-61" is not how an 'a' is written.
        return Encode('x', decoded).AsSpan(1).SequenceEqual(text) && decoded.Length > 0 ? decoded : null;
    }
}
