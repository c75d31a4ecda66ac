using System.Text;

namespace CalicoNet.Netlink.Nftables;

/// <summary>
/// User data: bytes the kernel keeps with an object and does not read. libnftnl fills them with items of one byte type, one byte length,
/// value; <c>nft list</c> shows the comments among them. What is no such item is somebody else's, and is passed over, not an error.
/// </summary>
internal static class NftUserData
{
    // NFTNL_UDATA_TABLE_COMMENT, _CHAIN_COMMENT, _RULE_COMMENT, _SET_ELEM_COMMENT (libnftnl/udata.h): one number for all four ...
    public const byte Comment = 0;

    // ... and others in a set.
    public const byte SetKeyByteOrder = 0;    // NFTNL_UDATA_SET_KEYBYTEORDER
    public const byte SetMergeElements = 2;   // NFTNL_UDATA_SET_MERGE_ELEMENTS
    public const byte SetComment = 7;         // NFTNL_UDATA_SET_COMMENT

    /// <summary>NFT_USERDATA_MAXLEN.</summary>
    public const int MaxBytes = 256;

    private const int MaxComment = 128;   // NFTNL_UDATA_COMMENT_MAXLEN: nft does not read back what it would list beyond it

    public static void CheckComment(string? comment)
    {
        if (comment is not null && (comment.Contains('\0') || Encoding.UTF8.GetByteCount(comment) > MaxComment))
        {
            throw new ArgumentException($"A comment is {MaxComment} bytes long at most, without NUL: '{comment}'.", nameof(comment));
        }
    }

    public static void WriteComment<TAttribute>(NetlinkRequest message, TAttribute attribute, string? comment)
        where TAttribute : unmanaged, Enum
    {
        if (comment is null)
        {
            return;
        }

        Span<byte> room = stackalloc byte[MaxBytes];
        message.Write(attribute, room[..PutText(room, Comment, comment)]);
    }

    public static string? ReadComment(ReadOnlySpan<byte> data) => Find(data, Comment, out var value) ? Text(value) : null;

    /// <summary>Appends an item to the beginning of <paramref name="room"/>; returns its length.</summary>
    public static int Put(Span<byte> room, byte type, ReadOnlySpan<byte> value)
    {
        room[0] = type;
        room[1] = (byte)value.Length;
        value.CopyTo(room[2..]);
        return value.Length + 2;
    }

    /// <inheritdoc cref="Put"/>
    public static int PutText(Span<byte> room, byte type, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, room[2..]);
        room[0] = type;
        room[1] = (byte)(length + 1);   // with its NUL
        room[length + 2] = 0;
        return length + 3;
    }

    public static bool Find(ReadOnlySpan<byte> data, byte type, out ReadOnlySpan<byte> value)
    {
        while (data.Length >= 2 && data.Length >= data[1] + 2)
        {
            value = data.Slice(2, data[1]);
            if (data[0] == type)
            {
                return true;
            }

            data = data[(data[1] + 2)..];
        }

        value = default;
        return false;
    }

    public static string? Text(ReadOnlySpan<byte> value) => value is [.. var text, 0] ? Encoding.UTF8.GetString(text) : null;
}
