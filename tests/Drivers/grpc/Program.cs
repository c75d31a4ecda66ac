using CalicoNet.Core.Etcd;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
using var channel = GrpcChannel.ForAddress(args[0], new GrpcChannelOptions { HttpClient = http });
var key = ByteString.CopyFromUtf8("/measured");
var request = new TxnRequest
{
    Compare = { new Compare { Key = key, Target = Compare.Types.CompareTarget.Version, Version = -1 } },
    Failure =
    {
        new RequestOp { RequestPut = new PutRequest { Key = key, Value = ByteString.CopyFromUtf8("x") } },
        new RequestOp { RequestRange = new RangeRequest { Key = key } },
    },
};
var response = new KV.KVClient(channel).Txn(request, new CallOptions(deadline: DateTime.UtcNow.AddSeconds(5)));
return response.Responses[1].ResponseRange.Kvs[0].Version > 0 ? 0 : 1;
