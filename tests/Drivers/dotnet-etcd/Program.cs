using dotnet_etcd;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;

using var client = new EtcdClient(args[0], configureChannelOptions: options => options.Credentials = ChannelCredentials.Insecure);
var key = ByteString.CopyFromUtf8("/measured");
var response = client.Transaction(new TxnRequest
{
    Compare = { new Compare { Key = key, Target = Compare.Types.CompareTarget.Version, Version = -1 } },
    Failure =
    {
        new RequestOp { RequestPut = new PutRequest { Key = key, Value = ByteString.CopyFromUtf8("x") } },
        new RequestOp { RequestRange = new RangeRequest { Key = key } },
    },
});
return response.Responses[1].ResponseRange.Kvs[0].Version > 0 ? 0 : 1;
