using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>The values that documents are made of, in JSON.</summary>
internal static class JsonValues
{
    /// <summary>An address: <c>"10.65.174.128"</c>; the empty text is none.</summary>
    internal sealed class Address : JsonConverter<IPAddr>
    {
        public override IPAddr Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => Text(ref reader) is var text && text.Length == 0 ? default
                : IPAddr.TryParse(text, out var address) ? address
                : throw new JsonException($"'{text}' is no address");

        public override void Write(Utf8JsonWriter writer, IPAddr value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    /// <summary>A prefix: <c>"10.65.174.128/26"</c>.</summary>
    internal sealed class Prefix : JsonConverter<IPPrefix>
    {
        public override IPPrefix Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => Text(ref reader) is var text && IPPrefix.TryParse(text, out var prefix) ? prefix : throw new JsonException($"'{text}' is no prefix");

        public override void Write(Utf8JsonWriter writer, IPPrefix value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    /// <summary>A moment as in RFC 3339: <c>"2026-11-23T12:57:43Z"</c>. Calico's are whole seconds; a fraction is kept.</summary>
    internal sealed class Time : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time) ? time : throw new JsonException($"'{Text(ref reader)}' is no time");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
            => writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
    }

    /// <summary>A value we do not know. Half a surrogate pair in it is found when it is read: writing it would fail.</summary>
    internal sealed class Raw : JsonConverter<JsonElement>
    {
        public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var probe = reader;
            var depth = probe.CurrentDepth;
            do
            {
                if (probe.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && probe.ValueIsEscaped)
                {
                    Text(ref probe);
                }
            }
            while ((probe.CurrentDepth > depth || probe.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && probe.Read());
            return JsonElement.ParseValue(ref reader);
        }

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);
    }

    /// <summary>Ordinals. A /20 has 4096 of them, read at each allocation: straight from the tokens (an empty /20 costs half again the tokenizer's own time).</summary>
    internal sealed class Ordinals : JsonConverter<ImmutableArray<int>>
    {
        public override ImmutableArray<int> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            StartArray(ref reader);
            var ordinals = new List<int>(64);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                ordinals.Add(Int(ref reader));
            }

            return [.. ordinals];
        }

        public override void Write(Utf8JsonWriter writer, ImmutableArray<int> value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var ordinal in value)
            {
                writer.WriteNumberValue(ordinal);
            }

            writer.WriteEndArray();
        }
    }

    /// <summary>Indexes by ordinal, or null. As fast as <see cref="Ordinals"/>.</summary>
    internal sealed class Indexes : JsonConverter<ImmutableArray<int?>>
    {
        public override ImmutableArray<int?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            StartArray(ref reader);
            var indexes = new List<int?>(64);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                indexes.Add(reader.TokenType == JsonTokenType.Null ? null : Int(ref reader));
            }

            return [.. indexes];
        }

        public override void Write(Utf8JsonWriter writer, ImmutableArray<int?> value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var index in value)
            {
                if (index is { } number)
                {
                    writer.WriteNumberValue(number);
                }
                else
                {
                    writer.WriteNullValue();
                }
            }

            writer.WriteEndArray();
        }
    }

    /// <summary>What is known of allocations: each written once, however often its block is.</summary>
    internal sealed class Attributes : JsonConverter<ImmutableArray<AllocationAttribute>?>
    {
        public override ImmutableArray<AllocationAttribute>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            StartArray(ref reader);
            var attributes = new List<AllocationAttribute>(64);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                try
                {
                    attributes.Add(JsonSerializer.Deserialize(ref reader, DocumentJson.Context.AllocationAttribute)!);
                }
                catch (JsonException error)
                {
                    throw new JsonException(error.Message, $"$.attributes[{attributes.Count}]{error.Path?[1..]}", error.LineNumber, error.BytePositionInLine, error);
                }
            }

            return [.. attributes];
        }

        public override void Write(Utf8JsonWriter writer, ImmutableArray<AllocationAttribute>? value, JsonSerializerOptions options)
        {
            if (value is not { } attributes)
            {
                writer.WriteNullValue();
                return;
            }

            writer.WriteStartArray();
            foreach (var attribute in attributes)
            {
                writer.WriteRawValue(attribute.Json, skipInputValidation: true);
            }

            writer.WriteEndArray();
        }
    }

    /// <summary>Sequence numbers by ordinal. Go writes the keys of a map in the order of their bytes: 0, 1, 10, 11, 2.</summary>
    internal sealed class ByOrdinal : JsonConverter<IReadOnlyDictionary<int, ulong>>
    {
        // The ordinals as text, and in the order of the texts for every size of a block, once: sorting them costs more than writing them.
        private static readonly JsonEncodedText[] Texts = [.. Enumerable.Range(0, IPAMBlock.MaxSize).Select(n => JsonEncodedText.Encode(n.ToString(CultureInfo.InvariantCulture)))];
        private static readonly Lazy<int[]>[] Ordered = [.. Enumerable.Range(0, BitOperations.Log2(IPAMBlock.MaxSize) + 1).Select(bits => new Lazy<int[]>(
            () => [.. Enumerable.Range(0, 1 << bits).OrderBy(n => n.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal)]))];

        public override IReadOnlyDictionary<int, ulong>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            StartObject(ref reader);
            var numbers = new Dictionary<int, ulong>();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var ordinal = -1;
                if (reader.ValueSpan is { Length: > 0 and <= 4 } name && (name[0] != '0' || name.Length == 1) && !name.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                {
                    ordinal = int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture);
                }

                if (ordinal is < 0 or >= IPAMBlock.MaxSize)
                {
                    throw new JsonException($"'{Text(ref reader)}' is no ordinal of a block");
                }

                reader.Read();
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetUInt64(out var number))
                {
                    throw new JsonException($"the sequence number of ordinal {ordinal} is no unsigned 64-bit number");
                }

                if (!numbers.TryAdd(ordinal, number))
                {
                    throw new JsonException($"ordinal {ordinal} is there twice");
                }
            }

            return numbers;
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<int, ulong> value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            var left = value.Count;
            var ordered = Ordered[left == 0 ? 0 : Math.Min(BitOperations.Log2((uint)value.Keys.Max()) + 1, Ordered.Length - 1)].Value;
            for (var i = 0; left > 0 && i < ordered.Length; i++)
            {
                if (value.TryGetValue(ordered[i], out var number))
                {
                    writer.WriteNumber(Texts[ordered[i]], number);
                    left--;
                }
            }

            writer.WriteEndObject();
        }
    }

    /// <summary>Numbers by block, in the order of the blocks' texts.</summary>
    internal sealed class ByPrefix : JsonConverter<IReadOnlyDictionary<IPPrefix, int>>
    {
        public override IReadOnlyDictionary<IPPrefix, int>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            StartObject(ref reader);
            var counts = new Dictionary<IPPrefix, int>();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var text = Text(ref reader);
                if (!IPPrefix.TryParse(text, out var prefix))
                {
                    throw new JsonException($"'{text}' is no prefix");
                }

                reader.Read();
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var count))
                {
                    throw new JsonException($"the count of {text} is no number");
                }

                if (!counts.TryAdd(prefix, count))
                {
                    throw new JsonException($"'{text}' is there twice");
                }
            }

            return counts;
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<IPPrefix, int> value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var (text, count) in value.Select(entry => (Text: entry.Key.ToString(), entry.Value)).OrderBy(entry => entry.Text, StringComparer.Ordinal))
            {
                writer.WriteNumber(text, count);
            }

            writer.WriteEndObject();
        }
    }

    internal static void StartObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("it is no object");
        }
    }

    private static void StartArray(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("it is no list");
        }
    }

    private static int Int(ref Utf8JsonReader reader)
        => reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : throw new JsonException("an element is no whole number");

    /// <summary>The text of a string or a name.</summary>
    internal static string Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            throw new JsonException("it is no text");
        }

        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("it contains half a surrogate pair", error);
        }
    }
}
