using System.Text;

namespace CalicoNet.Core;

/// <summary>
/// The messages of etcd's API (package etcdserverpb of etcd's rpc.proto, and mvccpb's KeyValue), as far as they are used: field numbers are
/// the whole of it.
/// </summary>
internal static class EtcdMessages
{
    public const string Txn = "/etcdserverpb.KV/Txn";
    public const string Authenticate = "/etcdserverpb.Auth/Authenticate";

    // What stands for "from the first key" and "without end".
    private static readonly byte[] Zero = [0];

    /// <summary>TxnRequest: compare 1, success 2, failure 3.</summary>
    public static ReadOnlyMemory<byte> Write(Transaction transaction)
    {
        var writer = new ProtoWriter();
        foreach (var compare in transaction.Compares)
        {
            writer.Message(1, compare, WriteCompare);
        }

        foreach (var operation in transaction.Then)
        {
            writer.Message(2, operation, WriteOperation);
        }

        foreach (var operation in transaction.Otherwise)
        {
            writer.Message(3, operation, WriteOperation);
        }

        return writer.Written;
    }

    /// <summary>TxnResponse: header 1, succeeded 2, responses 3.</summary>
    public static TransactionResult ReadTransaction(ReadOnlyMemory<byte> message)
    {
        long revision = 0;
        var succeeded = false;
        var reads = new List<(List<KeyValue> Entries, bool More)>();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    revision = ReadNumber(reader.Bytes, field: 3);   // ResponseHeader.revision
                    break;
                case 2:
                    succeeded = reader.Number != 0;
                    break;
                case 3:
                    ReadResponse(reader.Bytes, reads);
                    break;
            }
        }

        return new TransactionResult(succeeded, revision, [.. reads.Select(read => new RangeResult(read.Entries, revision, read.More))]);
    }

    /// <summary>AuthenticateRequest: name 1, password 2.</summary>
    public static ReadOnlyMemory<byte> WriteAuthenticate(string user, string password)
    {
        var writer = new ProtoWriter();
        writer.Bytes(1, Encoding.UTF8.GetBytes(user));
        writer.Bytes(2, Encoding.UTF8.GetBytes(password));
        return writer.Written;
    }

    /// <summary>AuthenticateResponse: token 2.</summary>
    public static string ReadToken(ReadOnlyMemory<byte> message)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == 2)
            {
                return Encoding.UTF8.GetString(reader.Bytes.Span);
            }
        }

        return "";
    }

    /// <summary>Compare: result 1 (EQUAL = 0), target 2 (VERSION = 0, MOD = 2), key 3, version 4, mod_revision 6.</summary>
    private static void WriteCompare(ProtoWriter writer, KeyComparison compare)
    {
        var isVersion = compare.Target == KeyComparisonTarget.Version;
        writer.Number(2, isVersion ? 0 : 2);
        writer.Bytes(3, KeyRange.Bytes(compare.Key));
        writer.Number(isVersion ? 4 : 6, compare.Value);
    }

    /// <summary>RequestOp: request_range 1, request_put 2, request_delete_range 3.</summary>
    private static void WriteOperation(ProtoWriter writer, KeyOperation operation)
    {
        switch (operation)
        {
            case ReadKeys read:
                // RangeRequest: key 1, range_end 2, limit 3, keys_only 8.
                writer.Message(1, read, static (writer, read) =>
                {
                    WriteRange(writer, read.Range);
                    writer.Number(3, read.Limit);
                    writer.Number(8, read.KeysOnly ? 1 : 0);
                });
                break;
            case PutKey put:
                // PutRequest: key 1, value 2.
                writer.Message(2, put, static (writer, put) =>
                {
                    writer.Bytes(1, KeyRange.Bytes(put.Key));
                    writer.Bytes(2, put.Value.Span);
                });
                break;
            case DeleteKeys delete:
                // DeleteRangeRequest: key 1, range_end 2.
                writer.Message(3, delete.Range, WriteRange);
                break;
        }
    }

    private static void WriteRange(ProtoWriter writer, KeyRange range)
    {
        var (start, end) = range.Bounds();
        writer.Bytes(1, start.Length == 0 ? Zero : start);
        if (range.Kind != KeyRangeKind.Key)
        {
            writer.Bytes(2, end ?? Zero);
        }
    }

    /// <summary>ResponseOp: response_range 1. RangeResponse: kvs 2, more 3.</summary>
    private static void ReadResponse(ReadOnlyMemory<byte> message, List<(List<KeyValue> Entries, bool More)> reads)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field != 1)
            {
                continue;
            }

            var entries = new List<KeyValue>();
            var more = false;
            var range = new ProtoReader(reader.Bytes);
            while (range.Next())
            {
                if (range.Field == 2)
                {
                    entries.Add(ReadKeyValue(range.Bytes));
                }
                else if (range.Field == 3)
                {
                    more = range.Number != 0;
                }
            }

            reads.Add((entries, more));
        }
    }

    /// <summary>KeyValue: key 1, create_revision 2, mod_revision 3, version 4, value 5.</summary>
    private static KeyValue ReadKeyValue(ReadOnlyMemory<byte> message)
    {
        var (key, value) = ("", ReadOnlyMemory<byte>.Empty);
        long created = 0, modified = 0, version = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    key = Encoding.UTF8.GetString(reader.Bytes.Span);
                    break;
                case 2:
                    created = reader.Number;
                    break;
                case 3:
                    modified = reader.Number;
                    break;
                case 4:
                    version = reader.Number;
                    break;
                case 5:
                    value = reader.Bytes;
                    break;
            }
        }

        return new KeyValue(key, value, created, modified, version);
    }

    private static long ReadNumber(ReadOnlyMemory<byte> message, int field)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                return reader.Number;
            }
        }

        return 0;
    }
}
