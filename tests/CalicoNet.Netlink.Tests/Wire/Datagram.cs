using System.Text.RegularExpressions;

namespace CalicoNet.Netlink.Tests.Wire;

/// <summary>Reads a message's row, as the parsers of the library do.</summary>
internal delegate bool TryRead<T>(in NetlinkMessage message, out T row);

/// <summary>Datagrams written and read without a socket.</summary>
internal static partial class Datagram
{
    /// <summary>What an encoder sends, with the first sequence number 1.</summary>
    public static byte[] Of(Action<NetlinkBatch> encode)
    {
        using var batch = new NetlinkBatch();
        encode(batch);
        return batch.Seal(1).ToArray();
    }

    /// <summary>The bytes that a text in hexadecimal names. Blanks and what follows a '#' are for the reader.</summary>
    public static byte[] Parse(string text) => Convert.FromHexString(Blanks().Replace(text, ""));

    /// <summary>In lines of 16 bytes, for a failing test to show.</summary>
    public static string Text(ReadOnlySpan<byte> bytes) => string.Join('\n', Convert.ToHexStringLower(bytes).Chunk(32).Select(line => new string(line)));

    /// <summary>The row of the only message.</summary>
    public static T Read<T>(ReadOnlySpan<byte> datagram, TryRead<T> read)
    {
        var malformed = false;
        var messages = new MessageReader(datagram, ref malformed);
        Assert.True(messages.Next(out var message));
        Assert.True(read(message, out var row));
        Assert.False(messages.Next(out _));
        Assert.False(malformed);
        return row;
    }

    [GeneratedRegex(@"#.*|\s")]
    private static partial Regex Blanks();
}
