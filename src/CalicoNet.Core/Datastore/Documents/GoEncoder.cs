using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace CalicoNet.Core;

/// <summary>
/// Strings in JSON as Go's encoding/json writes them: <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c>, U+2028 and U+2029 escaped, everything else from U+0020 on
/// as it is - supplementary planes too, which no encoder of the class library leaves alone.
/// </summary>
internal sealed unsafe class GoEncoder : JavaScriptEncoder
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\', '<', '>', '&', '\u2028', '\u2029', .. Enumerable.Range(0xd800, 0x800).Select(c => (char)c)]);

    private GoEncoder()
    {
    }

    public static GoEncoder Instance { get; } = new();

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar < 0x20 || unicodeScalar is '"' or '\\' or '<' or '>' or '&' or 0x2028 or 0x2029;

    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var span = new ReadOnlySpan<char>(text, textLength);
        for (var at = 0; ;)
        {
            var next = span[at..].IndexOfAny(Escaped);
            if (next < 0)
            {
                return -1;
            }

            at += next;
            // A pair of surrogates is a character like any other; half of one is none, and replaced.
            if (Rune.DecodeFromUtf16(span[at..], out var rune, out var length) != OperationStatus.Done || WillEncode(rune.Value))
            {
                return at;
            }

            at += length;
        }
    }

    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var output = new Span<char>(buffer, bufferLength);
        var letter = unicodeScalar switch
        {
            '"' => '"',
            '\\' => '\\',
            '\b' => 'b',
            '\f' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            _ => '\0',
        };
        return letter != '\0'
            ? output.TryWrite($"\\{letter}", out numberOfCharactersWritten)
            : output.TryWrite($"\\u{unicodeScalar:x4}", out numberOfCharactersWritten);
    }
}
