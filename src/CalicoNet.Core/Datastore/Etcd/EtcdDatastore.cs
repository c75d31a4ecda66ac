using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

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
    private readonly GrpcClient _client;
    private readonly SemaphoreSlim _authenticating = new(1, 1);
    private int _preferred;
    private string? _token;
    private volatile bool _disposed;

    public EtcdDatastore(EtcdAddress address)
        : base(address)
    {
        _address = address;
        // A member that swallows packets must leave time for the others.
        _client = new GrpcClient(address.Timeout / address.Endpoints.Count, Security(address));
    }

    private bool HasPassword => _address is { UserName: not null, Password: not null };

    private protected override TransactionResult Commit(Transaction transaction, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var budget = new Budget(Timeout);
        var message = EtcdMessages.Write(transaction);
        var token = HasPassword ? Token(stale: null, budget, cancellation) : null;
        var reply = Ask(EtcdMessages.Txn, message, token, transaction.IsReadOnly, budget, cancellation);
        if (token is not null && IsStaleToken(reply))
        {
            // Tokens expire, and a member that starts anew knows none. It refused before it did anything.
            reply = Ask(EtcdMessages.Txn, message, Token(token, budget, cancellation), transaction.IsReadOnly, budget, cancellation);
        }

        return reply.Status == GrpcStatus.Ok ? Read(reply, transaction) : throw Fault(reply, transaction.IsReadOnly);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _client.Dispose();
        }
    }

    /// <summary>Asks one member after the other until one has answered: beginning with the one that answered last.</summary>
    private GrpcReply Ask(string method, ReadOnlyMemory<byte> message, string? token, bool isRepeatable, Budget budget, CancellationToken cancellation)
    {
        var endpoints = _address.Endpoints;
        (string, string)[] headers = token is { Length: > 0 } ? [("hasleader", "true"), ("token", token)] : [("hasleader", "true")];
        while (true)
        {
            var failures = new List<string>();
            var isChoosing = false;
            var isTrust = true;
            for (var left = endpoints.Count; left > 0; left--)
            {
                var number = Volatile.Read(ref _preferred) % endpoints.Count;
                // What may be repeated leaves time for those that are still to be asked.
                var time = isRepeatable ? budget.Left / left : budget.Left;
                try
                {
                    var reply = _client.Call(endpoints[number], method, message, headers, time, cancellation);
                    if (!IsNotDone(reply) && !(isRepeatable && reply.Status == GrpcStatus.Unavailable))
                    {
                        return reply;
                    }

                    isChoosing = true;
                    isTrust = false;
                    failures.Add($"{endpoints[number].Authority}: {reply.Message}");
                }
                catch (GrpcException e)
                {
                    isTrust &= e.IsTrust;
                    failures.Add($"{endpoints[number].Authority}: {e.Message}");
                    if (e.WasSent && !isRepeatable)
                    {
                        Pass(number);
                        throw OutcomeUnknown(failures[^1], e);
                    }
                }

                Pass(number);
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
        if (preferred % _address.Endpoints.Count == number)
        {
            Interlocked.CompareExchange(ref _preferred, (number + 1) % _address.Endpoints.Count, preferred);
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
                var reply = Ask(EtcdMessages.Authenticate, EtcdMessages.WriteAuthenticate(_address.UserName!, _address.Password!), null, isRepeatable: true, budget, cancellation);
                _token = reply switch
                {
                    { Status: GrpcStatus.Ok } => EtcdMessages.ReadToken(reply.Body),
                    // A cluster without authentication takes everybody.
                    { Status: GrpcStatus.FailedPrecondition } when reply.Message.Contains("authentication is not enabled", StringComparison.Ordinal) => "",
                    _ => throw Fault(reply, isRepeatable: true),
                };
            }

            return _token;
        }
        finally
        {
            _authenticating.Release();
        }
    }

    private TransactionResult Read(GrpcReply reply, Transaction transaction)
    {
        try
        {
            return EtcdMessages.ReadTransaction(reply.Body);
        }
        catch (InvalidDataException e)
        {
            throw transaction.IsReadOnly ? Unavailable([e.Message]) : OutcomeUnknown(e.Message, e);
        }
    }

    /// <summary>Also of a cluster whose authentication was switched on, or changed, since.</summary>
    private static bool IsStaleToken(GrpcReply reply)
        => reply.Status == GrpcStatus.Unauthenticated
            || (reply.Status == GrpcStatus.InvalidArgument
                && (reply.Message.Contains("revision of auth store is old", StringComparison.Ordinal) || reply.Message.Contains("user name is empty", StringComparison.Ordinal)));

    /// <summary>Refusals of a member that cannot work now, given before it begins.</summary>
    private static bool IsNotDone(GrpcReply reply)
        => reply.Status == GrpcStatus.Unavailable
            && (reply.Message.Contains("no leader", StringComparison.Ordinal) || reply.Message.Contains("not supported for learner", StringComparison.Ordinal)
                || reply.Message.Contains("not capable", StringComparison.Ordinal));

    private DatastoreException Fault(GrpcReply reply, bool isRepeatable) => reply.Status switch
    {
        GrpcStatus.Unauthenticated or GrpcStatus.PermissionDenied => Refused(reply.Message),
        GrpcStatus.InvalidArgument or GrpcStatus.ResourceExhausted when IsTooLarge(reply.Message) => new(DatastoreFault.TooLarge, Subject,
            $"The cluster at {Subject} takes no transaction of this size ({reply.Message}). Split it, or raise --max-request-bytes and --max-txn-ops of its members."),
        GrpcStatus.InvalidArgument or GrpcStatus.FailedPrecondition => Refused(reply.Message),
        GrpcStatus.ResourceExhausted => new(DatastoreFault.Unavailable, Subject,
            $"The cluster at {Subject} takes no more ({reply.Message}). Nothing was changed. Free space: `etcdctl compact`, `etcdctl defrag`, `etcdctl alarm disarm`."),
        GrpcStatus.DataLoss => new(DatastoreFault.Corrupt, Subject, $"The cluster at {Subject} is damaged ({reply.Message}). Restore it from a snapshot."),
        GrpcStatus.Unimplemented => Unavailable([$"no etcd of version 3 ({reply.Message})"]),
        _ => isRepeatable ? Unavailable([reply.Message]) : OutcomeUnknown(reply.Message, null),
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

    private static SslClientAuthenticationOptions Security(EtcdAddress address)
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
