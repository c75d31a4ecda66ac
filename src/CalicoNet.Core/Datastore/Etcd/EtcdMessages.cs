using CalicoNet.Core.Etcd;
using Google.Protobuf;

namespace CalicoNet.Core;

/// <summary>Transactions as etcd's messages, and its answers as results.</summary>
internal static class EtcdMessages
{
    // What stands for "from the first key" and "without end".
    private static readonly ByteString Zero = ByteString.CopyFrom(0);

    public static TxnRequest ToEtcd(Transaction transaction) => new()
    {
        Compare = { transaction.Compares.Select(ToEtcd) },
        Success = { transaction.Then.Select(ToEtcd) },
        Failure = { transaction.Otherwise.Select(ToEtcd) },
    };

    public static TransactionResult FromEtcd(TxnResponse response)
    {
        var revision = response.Header?.Revision ?? 0;
        return new TransactionResult(response.Succeeded, revision,
        [
            .. from one in response.Responses
               where one.ResponseCase == ResponseOp.ResponseOneofCase.ResponseRange
               select new RangeResult([.. one.ResponseRange.Kvs.Select(FromEtcd)], revision, one.ResponseRange.More),
        ]);
    }

    private static Compare ToEtcd(KeyComparison compare)
    {
        var (start, end) = Interval(compare.Range);
        var message = new Compare { Key = start, RangeEnd = end };
        switch (compare.Target)
        {
            case KeyComparisonTarget.Version:
                message.Target = Compare.Types.CompareTarget.Version;
                message.Version = compare.Value;
                break;
            case KeyComparisonTarget.NewestModRevision:
                message.Result = Compare.Types.CompareResult.Less;
                message.Target = Compare.Types.CompareTarget.Mod;
                message.ModRevision = compare.Value + 1;
                break;
            default:
                message.Target = Compare.Types.CompareTarget.Mod;
                message.ModRevision = compare.Value;
                break;
        }

        return message;
    }

    private static RequestOp ToEtcd(KeyOperation operation)
    {
        switch (operation)
        {
            case PutKey put:
                // Not copied: nobody writes to a value that is on its way.
                return new RequestOp { RequestPut = new PutRequest { Key = Bytes(put.Key), Value = UnsafeByteOperations.UnsafeWrap(put.Value) } };
            case DeleteKeys delete:
                var (first, beyond) = Interval(delete.Range);
                return new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = first, RangeEnd = beyond } };
            case ReadKeys read:
                var (start, end) = Interval(read.Range);
                return new RequestOp { RequestRange = new RangeRequest { Key = start, RangeEnd = end, Limit = read.Limit, KeysOnly = read.KeysOnly } };
            default:
                throw new NotSupportedException($"{operation.GetType().Name} is no operation of etcd's.");
        }
    }

    private static (ByteString Start, ByteString End) Interval(KeyRange range)
    {
        var (start, end) = range.Bounds();
        return (start.Length == 0 ? Zero : UnsafeByteOperations.UnsafeWrap(start),
            range.Kind == KeyRangeKind.Key ? ByteString.Empty : end is null ? Zero : UnsafeByteOperations.UnsafeWrap(end));
    }

    private static ByteString Bytes(string key) => UnsafeByteOperations.UnsafeWrap(KeyRange.Bytes(key));

    private static KeyValue FromEtcd(Etcd.KeyValue entry) => new(entry.Key.ToStringUtf8(), entry.Value.Memory, entry.CreateRevision, entry.ModRevision, entry.Version);
}
