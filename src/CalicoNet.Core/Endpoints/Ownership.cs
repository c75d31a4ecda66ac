using System.Security.Cryptography;
using System.Text;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// The marks by which the kernel itself says what is ours. The interface group is set by the request that makes a link, so there is no moment
/// without it; the alias is set with the last flush of a creation, so a link of ours without one is half made.
/// </summary>
public static class Ownership
{
    /// <summary>The group of every host link of ours.</summary>
    public const uint Group = 0x0CA11000;

    /// <summary>The last group of our range. Those above <see cref="Group"/> are given only to links that are being removed together.</summary>
    public const uint LastGroup = 0x0CA11FFF;

    private const string Prefix = "caliconet:";

    /// <summary>Whether a group is in our range.</summary>
    public static bool IsOurs(uint group) => group is >= Group and <= LastGroup;

    /// <summary>Whether a link of one group is what was meant by another: any group of ours serves for ours.</summary>
    internal static bool IsSame(uint wanted, uint found) => wanted == found || (IsOurs(wanted) && IsOurs(found));

    /// <summary>A group for one removal of many links.</summary>
    public static uint FreshRemovalGroup() => Group + 1 + (uint)RandomNumberGenerator.GetInt32((int)(LastGroup - Group));

    /// <summary>The label of a namespace that was made for an endpoint: the alias of its loopback interface.</summary>
    public static string Label(EndpointName name) => $"{Prefix}{name}";

    /// <summary>The host link's alias: the endpoint, and what cannot be read back from the kernel.</summary>
    public static string Alias(Endpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        List<string> flags = [];
        if (endpoint.OwnsNamespace)
        {
            flags.Add("own");
        }

        if (endpoint.NatOutgoing)
        {
            flags.Add(endpoint.NatFamily switch { IPFamily.IPv4 => "nat4", IPFamily.IPv6 => "nat6", _ => "nat" });
        }

        if (endpoint.StaticNeighbor)
        {
            flags.Add("static");
        }

        if (endpoint.Gateway != Endpoint.DefaultGateway)
        {
            flags.Add($"gw={endpoint.Gateway}");
        }

        return flags.Count == 0 ? Label(endpoint.Name) : $"{Label(endpoint.Name)} {string.Join(',', flags)}";
    }

    /// <summary>Reads a label or an alias; null for one that is not ours.</summary>
    internal static Mark? Read(string? alias)
    {
        if (alias is null || !alias.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var words = alias[Prefix.Length..].Split(' ', 2);
        var slash = words[0].IndexOf('/');
        if (slash <= 0 || !EndpointName.TryCreate(words[0][..slash], words[0][(slash + 1)..], out var name))
        {
            return null;
        }

        var flags = words.Length > 1 ? words[1].Split(',') : [];
        var gateway = Array.Find(flags, flag => flag.StartsWith("gw=", StringComparison.Ordinal));
        return new Mark(
            name,
            flags.Contains("own"),
            flags.Any(flag => flag is "nat" or "nat4" or "nat6"),
            flags.Contains("nat4") ? IPFamily.IPv4 : flags.Contains("nat6") ? IPFamily.IPv6 : null,
            flags.Contains("static"),
            gateway is not null && IPAddr.TryParse(gateway[3..], out var address) ? address : Endpoint.DefaultGateway);
    }

    /// <summary>An interface name from a text: a prefix and the first 11 hexadecimal digits of its SHA-1, as Calico derives them.</summary>
    public static string HashedName(string prefix, string text)
    {
#pragma warning disable CA5350 // Calico's rule, and no secret
        return prefix + Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)))[..11];
#pragma warning restore CA5350
    }

    internal sealed record Mark(EndpointName Name, bool OwnsNamespace, bool NatOutgoing, IPFamily? NatFamily, bool StaticNeighbor, IPAddr Gateway);
}
