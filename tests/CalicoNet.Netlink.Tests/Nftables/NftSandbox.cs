using System.Text.Json;
using CalicoNet.Netlink.Nftables;
using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Nftables;

/// <summary>A throwaway namespace, open, and the real nft in it as an independent oracle.</summary>
internal sealed class NftSandbox : IDisposable
{
    private readonly Sandbox _sandbox = Sandbox.Create();

    public NftSandbox() => Stack = Open();

    public static NftTableRef Table { get; } = new(NftFamily.Inet, "test");

    public string Name => _sandbox.HostName;

    public NetworkStack Stack { get; }

    public NftRuleset Ruleset => Stack.Nftables;

    public NetworkStack Open() => NetworkStack.Open(NetNamespaceRef.Parse(Name));

    public void Commit(Action<NftTransaction> queue)
    {
        using var transaction = new NftTransaction();
        queue(transaction);
        Ruleset.Commit(transaction);
    }

    /// <summary>What <c>nft list ruleset</c> prints.</summary>
    public string List() => Run(null, "list", "ruleset");

    /// <summary>Has nft load a rule set.</summary>
    public void Load(string ruleset) => Run(ruleset, "-f", "-");

    /// <summary>Elements of a set as nft sees them.</summary>
    public List<NftElement> Elements(NftSet set)
    {
        using var json = JsonDocument.Parse(Run(null, "-j", "list", "set", "inet", set.Table.Name, set.Name));
        var listed = json.RootElement.GetProperty("nftables").EnumerateArray().Single(item => item.TryGetProperty("set", out _)).GetProperty("set");
        return listed.TryGetProperty("elem", out var elements) ? [.. elements.EnumerateArray().Select(Parse)] : [];
    }

    public string Run(string? input, params string[] arguments) => Exec.Feed(Name, input ?? "", "nft", arguments).Output;

    public void Dispose()
    {
        Stack.Dispose();
        _sandbox.Dispose();
    }

    private static NftElement Parse(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return IPAddr.Parse(element.GetString()!);
        }

        if (element.TryGetProperty("elem", out var commented))
        {
            return Parse(commented.GetProperty("val")) with
            {
                Comment = commented.TryGetProperty("comment", out var comment) ? comment.GetString() : null,
            };
        }

        if (element.TryGetProperty("prefix", out var prefix))
        {
            return new IPPrefix(IPAddr.Parse(prefix.GetProperty("addr").GetString()!), prefix.GetProperty("len").GetInt32());
        }

        var range = element.GetProperty("range");
        return new NftElement(IPAddr.Parse(range[0].GetString()!), IPAddr.Parse(range[1].GetString()!));
    }
}
