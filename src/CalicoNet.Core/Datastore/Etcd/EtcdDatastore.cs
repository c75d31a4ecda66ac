using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CalicoNet.Core.Etcd;
using Grpc.Core;
using Grpc.Net.Client;

namespace CalicoNet.Core;

/// <summary>
/// A cluster's datastore. Every operation is one transaction of etcd's; reads too, which are linearizable in it. Where a member has certainly
/// not done what it was asked, the next one is: a transaction that writes is otherwise never sent twice.
/// </summary>
internal sealed class EtcdDatastore : Datastore
{
    // How long to wait before asking again a cluster that says it is choosing its leader; it takes a second or two.
    private static readonly TimeSpan Election = TimeSpan.FromMilliseconds(100);

    private readonly EtcdAddress _address;
    private readonly HttpClient _http;
    private readonly IReadOnlyList<GrpcChannel> _channels;
    private readonly SemaphoreSlim _authenticating = new(1, 1);
    private int _preferred;
    private string? _token;
    private volatile bool _lacksCertificate;
    private volatile bool _wasAnswered;
    private volatile bool _disposed;

    public EtcdDatastore(EtcdAddress address)
        : base(address)
    {
        _address = address;
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A member that swallows packets leaves time for the others; and one that is alone, for saying that there is no connection.
            ConnectTimeout = address.Timeout * 0.9 / address.Endpoints.Count,
            SslOptions = Security(address),
            // The cluster is spoken to directly; its calls are nobody's trace.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        // Given a client and not its handler, a channel only calls: it neither balances nor waits before it connects again. It has no retry policy
        // either; and over HTTP/2 the client sends anew only what the server has said it did not look at (GOAWAY, REFUSED_STREAM).
        _channels = [.. address.Endpoints.Select(endpoint => GrpcChannel.ForAddress(endpoint, new GrpcChannelOptions { HttpClient = _http, MaxReceiveMessageSize = null }))];
    }

    private bool HasPassword => _address is { UserName: not null, Password: not null };

    private protected override TransactionResult Commit(Transaction transaction, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var budget = new Budget(Timeout);
        var request = EtcdMessages.ToEtcd(transaction);
        var token = HasPassword ? Token(stale: null, budget, cancellation) : null;
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return EtcdMessages.FromEtcd(Ask((channel, options) => new KV.KVClient(channel).Txn(request, options), token, transaction.IsReadOnly, budget, cancellation));
            }
            catch (RpcException refusal) when (isFirst && token is not null && IsStaleToken(refusal.Status))
            {
                // Tokens expire, and a member that starts anew knows none. It refused before it did anything.
                token = Token(token, budget, cancellation);
            }
            catch (RpcException refusal)
            {
                throw Fault(refusal.Status, transaction.IsReadOnly);
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            foreach (var channel in _channels)
            {
                channel.Dispose();
            }

            _http.Dispose();
        }
    }

    /// <summary>Asks one member after the other until one has answered: beginning with the one that answered last.</summary>
    /// <exception cref="RpcException">It was a refusal.</exception>
    private TReply Ask<TReply>(Func<GrpcChannel, CallOptions, TReply> call, string? token, bool isRepeatable, Budget budget, CancellationToken cancellation)
    {
        var headers = new Grpc.Core.Metadata { { "hasleader", "true" } };
        if (token is { Length: > 0 })
        {
            headers.Add("token", token);
        }

        while (true)
        {
            var failures = new List<string>();
            var isChoosing = false;
            var isTrust = true;
            for (var left = _channels.Count; left > 0; left--)
            {
                var number = Volatile.Read(ref _preferred) % _channels.Count;
                // What may be repeated leaves time for those that are still to be asked.
                var time = isRepeatable ? budget.Left / left : budget.Left;
                try
                {
                    var reply = call(_channels[number], new CallOptions(headers, DateTime.UtcNow + time, cancellation));
                    _wasAnswered = true;
                    return reply;
                }
                catch (RpcException e)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var failure = new EtcdFailure(e, time);
                    _wasAnswered |= failure.IsAnswer;
                    if (failure.IsAnswer && !IsNotDone(e.Status) && !(isRepeatable && e.StatusCode == StatusCode.Unavailable))
                    {
                        throw;
                    }

                    // A server that gets no certificate lets the handshake end (TLS 1.3) and the connection too, which may look like any other lost one.
                    var lacksCertificate = _lacksCertificate && !_wasAnswered;
                    isChoosing |= failure.IsAnswer;
                    isTrust &= failure.IsTrust || lacksCertificate;
                    failures.Add($"{_address.Endpoints[number].Authority}: {(lacksCertificate ? "it wants a client's certificate" : failure.Reason)}");
                    Pass(number);
                    if (!failure.IsAnswer && failure.WasSent && !isRepeatable)
                    {
                        throw OutcomeUnknown(failures[^1], e);
                    }
                }
            }

            if (!isChoosing || budget.Left <= Election)
            {
                throw isTrust ? Untrusted(failures) : Unavailable(failures);
            }

            cancellation.WaitHandle.WaitOne(Election);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Leaves a member that failed to those who come after, unless another thread has done so.</summary>
    private void Pass(int number)
    {
        var preferred = Volatile.Read(ref _preferred);
        if (preferred % _channels.Count == number)
        {
            Interlocked.CompareExchange(ref _preferred, (number + 1) % _channels.Count, preferred);
        }
    }

    /// <summary>The token of this user; a new one where the last has gone stale, fetched by one thread for all.</summary>
    private string Token(string? stale, Budget budget, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _token) is { } known && known != stale)
        {
            return known;
        }

        if (!_authenticating.Wait(budget.Left, cancellation))
        {
            throw Unavailable(["no answer to the authentication"]);
        }

        try
        {
            if (_token is null || _token == stale)
            {
                _token = Authenticate(budget, cancellation);
            }

            return _token;
        }
        finally
        {
            _authenticating.Release();
        }
    }

    private string Authenticate(Budget budget, CancellationToken cancellation)
    {
        var request = new AuthenticateRequest { Name = _address.UserName, Password = _address.Password };
        try
        {
            return Ask((channel, options) => new Auth.AuthClient(channel).Authenticate(request, options), token: null, isRepeatable: true, budget, cancellation).Token;
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.FailedPrecondition && refusal.Status.Detail.Contains("authentication is not enabled", StringComparison.Ordinal))
        {
            // A cluster without authentication takes everybody.
            return "";
        }
        catch (RpcException refusal)
        {
            throw Fault(refusal.Status, isRepeatable: true);
        }
    }

    /// <summary>Also of a cluster whose authentication was switched on, or changed, since.</summary>
    private static bool IsStaleToken(Status status)
        => status.StatusCode == StatusCode.Unauthenticated
            || (status.StatusCode == StatusCode.InvalidArgument
                && (status.Detail.Contains("revision of auth store is old", StringComparison.Ordinal) || status.Detail.Contains("user name is empty", StringComparison.Ordinal)));

    /// <summary>Refusals of a member that cannot work now, given before it begins.</summary>
    private static bool IsNotDone(Status status)
        => status.StatusCode == StatusCode.Unavailable
            && (status.Detail.Contains("no leader", StringComparison.Ordinal) || status.Detail.Contains("not supported for learner", StringComparison.Ordinal)
                || status.Detail.Contains("not capable", StringComparison.Ordinal));

    private DatastoreException Fault(Status status, bool isRepeatable) => status.StatusCode switch
    {
        StatusCode.Unauthenticated or StatusCode.PermissionDenied => Refused(status.Detail),
        StatusCode.InvalidArgument or StatusCode.ResourceExhausted when IsTooLarge(status.Detail) => new(DatastoreFault.TooLarge, Subject,
            $"The cluster at {Subject} takes no transaction of this size ({status.Detail}). Split it, or raise --max-request-bytes and --max-txn-ops of its members."),
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition => Refused(status.Detail),
        StatusCode.ResourceExhausted => new(DatastoreFault.Unavailable, Subject,
            $"The cluster at {Subject} takes no more ({status.Detail}). Nothing was changed. Free space: `etcdctl compact`, `etcdctl defrag`, `etcdctl alarm disarm`."),
        StatusCode.DataLoss => new(DatastoreFault.Corrupt, Subject, $"The cluster at {Subject} is damaged ({status.Detail}). Restore it from a snapshot."),
        StatusCode.Unimplemented => Unavailable([$"no etcd of version 3 ({status.Detail})"]),
        _ => isRepeatable ? Unavailable([status.Detail]) : OutcomeUnknown(status.Detail, null),
    };

    private static bool IsTooLarge(string message)
        => message.Contains("too large", StringComparison.Ordinal) || message.Contains("too many operations", StringComparison.Ordinal) || message.Contains("larger than max", StringComparison.Ordinal);

    private string Subject => _address.ToString();

    private DatastoreException Refused(string reason) => new(DatastoreFault.Refused, Subject,
        $"The cluster at {Subject} refuses {(_address.UserName is { } user ? $"the user '{user}'" : "a client without user name")} ({reason}). Check ETCD_USERNAME and ETCD_PASSWORD, and the user's roles.");

    private DatastoreException Untrusted(IEnumerable<string> failures) => new(DatastoreFault.Refused, Subject,
        $"The cluster at {Subject} and this client do not trust each other ({string.Join("; ", failures)}). Check the authorities in ETCD_CA_CERT_FILE ({_address.CaCertificateFile ?? "the system's"}), "
        + $"the certificate in ETCD_CERT_FILE ({_address.CertificateFile ?? "none"}), and that the endpoint's name is in its certificate.");

    private DatastoreException Unavailable(IEnumerable<string> failures) => new(DatastoreFault.Unavailable, Subject,
        $"The cluster at {Subject} does not answer ({string.Join("; ", failures)}). Nothing was changed. Check that etcd runs and can be reached, and the endpoints in {EtcdAddress.EndpointsVariable}.");

    private DatastoreException OutcomeUnknown(string reason, Exception? e) => new(DatastoreFault.OutcomeUnknown, Subject,
        $"The cluster at {Subject} got a transaction and did not say what became of it ({reason}). It may have been committed: read before trying again.", e);

    private SslClientAuthenticationOptions Security(EtcdAddress address)
    {
        var options = new SslClientAuthenticationOptions();
        if (address.CaCertificateFile is { } authorities)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            Load(authorities, "ETCD_CA_CERT_FILE", () =>
            {
                policy.CustomTrustStore.ImportFromPemFile(authorities);
                return policy.CustomTrustStore.Count > 0 ? policy : throw new CryptographicException("it holds no certificate in PEM form");
            });
            options.CertificateChainPolicy = policy;
        }

        if (address.CertificateFile is { } certificate)
        {
            options.ClientCertificates = [Load(certificate, "ETCD_CERT_FILE, ETCD_KEY_FILE", () => X509Certificate2.CreateFromPemFile(certificate, address.KeyFile))];
        }
        else
        {
            // Asked for at first without the server's certificate, and again with it where the server wants to see one.
            options.LocalCertificateSelectionCallback = (_, _, _, remote, _) =>
            {
                _lacksCertificate |= remote is not null;
                return null!;
            };
        }

        return options;

        T Load<T>(string path, string variable, Func<T> load)
        {
            try
            {
                return load();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                throw new DatastoreException(DatastoreFault.Refused, address.ToString(), $"{path} cannot be used ({e.Message}). Check {variable}.", e);
            }
        }
    }

    /// <summary>What is left of an operation's time.</summary>
    private sealed class Budget(TimeSpan whole)
    {
        private readonly long _begun = Stopwatch.GetTimestamp();

        // Never nothing: what is asked in no time at all answers "no time".
        public TimeSpan Left => whole - Stopwatch.GetElapsedTime(_begun) is var left && left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
    }
}
