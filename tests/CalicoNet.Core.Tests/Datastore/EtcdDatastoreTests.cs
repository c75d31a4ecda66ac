using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using CalicoNet.Testing;
using static CalicoNet.Core.KeyOperation;

namespace CalicoNet.Core.Tests;

/// <summary>The server that the tests of one class share; it is started by the first.</summary>
public sealed class SharedEtcd : IDisposable
{
    private readonly Lazy<EtcdServer> _server = new(() => EtcdServer.Start());

    public EtcdServer Server => _server.Value;

    public void Dispose()
    {
        if (_server.IsValueCreated)
        {
            _server.Value.Dispose();
        }
    }
}

public sealed class EtcdDatastoreTests(SharedEtcd etcd) : DatastoreContract, IClassFixture<SharedEtcd>
{
    private protected override int Samples => 100;

    private protected override Datastore Open(TimeSpan? timeout = null)
        => (EtcdAddress.Parse(etcd.Server.Endpoints) with { Timeout = timeout ?? TimeSpan.FromSeconds(30) }).Open();

    [Fact]
    public void The_revision_is_etcds_own()
    {
        var revision = Write("a", "one");

        Assert.Equal(revision, etcd.Server.Revision());
    }
}

/// <summary>What a cluster does to its clients: it goes, comes back, loses members, does not answer, does not know them.</summary>
public sealed class EtcdFaultTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    private static Datastore Open(string endpoints, TimeSpan? timeout = null) => (EtcdAddress.Parse(endpoints) with { Timeout = timeout ?? Bound }).Open();

    private static DatastoreException Fails(DatastoreFault fault, Action action, params string[] words)
    {
        var begun = Stopwatch.GetTimestamp();
        var error = Assert.Throws<DatastoreException>(action);
        Assert.True(fault == error.Fault, $"{error.Fault}: {error}");
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
        // The deadline is what is promised; the rest is for two cores that do everything else besides.
        Assert.True(Stopwatch.GetElapsedTime(begun) < (2 * Bound), $"only after {Stopwatch.GetElapsedTime(begun)}");
        return error;
    }

    [Fact]
    public void Nobody_there_is_unavailable_and_names_each_endpoint()
    {
        var (a, b) = ($"{LoopbackAddress.Next()}:2379", $"{LoopbackAddress.Next()}:2379");
        using var store = Open($"http://{a},{b}");

        Fails(DatastoreFault.Unavailable, () => store.Range("/a"), a, b, "ETCD_ENDPOINTS");
        Fails(DatastoreFault.Unavailable, () => store.Transact([], [Put("/a", "x")], []), a, b, "Nothing was changed");
    }

    [Fact]
    public void One_that_takes_connections_and_says_nothing_is_not_waited_for_longer_than_the_deadline()
    {
        using var mute = new TcpListener(LoopbackAddress.Next(), 2379);
        mute.Start();
        using var store = Open($"http://{mute.LocalEndpoint}", TimeSpan.FromMilliseconds(300));

        Fails(DatastoreFault.Unavailable, () => store.Range("/a"), "no answer within 0.3 s");
    }

    [Fact]
    public async Task Waiting_for_an_answer_can_be_cancelled()
    {
        using var mute = new TcpListener(LoopbackAddress.Next(), 2379);
        mute.Start();
        using var store = Open($"http://{mute.LocalEndpoint}", TimeSpan.FromMinutes(10));
        using var cancellation = new CancellationTokenSource();
        var waiting = Task.Run(() => store.Range("/a", cancellation: cancellation.Token));
        using var accepted = await mute.AcceptTcpClientAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void A_server_that_is_no_etcd_is_unavailable()
    {
        using var http = new TcpListener(LoopbackAddress.Next(), 2379);
        http.Start();
        using var store = Open($"http://{http.LocalEndpoint}");
        var serving = Task.Run(() =>
        {
            using var client = http.AcceptTcpClient();
            client.GetStream().Write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8);
            client.GetStream().ReadExactly(new byte[24]);
        });

        Fails(DatastoreFault.Unavailable, () => store.Range("/a"), $"{http.LocalEndpoint}");
    }

    [Theory]
    [InlineData(ReplyFate.Cut)]
    [InlineData(ReplyFate.Swallow)]
    public void A_reply_lost_after_the_commit_is_an_unknown_outcome_and_nothing_is_sent_twice(ReplyFate fate)
    {
        using var server = EtcdServer.Start();
        using var proxy = new LossyProxy(server.Socket());
        // Both endpoints are the one server: to send again would succeed, and be seen.
        using var store = Open($"{proxy.Endpoint},{server.Endpoint()}", TimeSpan.FromSeconds(1));
        var before = store.Range("/a").Revision;
        proxy.LoseNext(fate);

        Fails(DatastoreFault.OutcomeUnknown, () => store.Transact([], [Put("/a", "one")], []), "may have been committed");

        Assert.Equal(1, proxy.Lost);
        var read = store.Range("/a");
        Assert.Equal((before + 1, 1L, "one"), (read.Revision, read.Entry!.Version, read.Entry.Text));
    }

    [Theory]
    [InlineData(ReplyFate.Cut)]
    [InlineData(ReplyFate.Swallow)]
    public void A_read_whose_reply_is_lost_is_asked_of_another_endpoint(ReplyFate fate)
    {
        using var server = EtcdServer.Start();
        using var proxy = new LossyProxy(server.Socket());
        using var store = Open($"{proxy.Endpoint},{server.Endpoint()}", TimeSpan.FromSeconds(2));
        store.Transact([], [Put("/a", "one")], []);
        proxy.LoseNext(fate);

        Assert.Equal("one", store.Range("/a").Entry!.Text);
        Assert.Equal(1, proxy.Lost);
        Assert.True(store.Transact([KeyComparison.Version("/a", 1)], [Put("/a", "two")], []).Succeeded);
    }

    [Fact]
    public void A_read_whose_reply_is_lost_by_the_only_endpoint_is_unavailable_and_the_next_one_works()
    {
        using var server = EtcdServer.Start();
        using var proxy = new LossyProxy(server.Socket());
        using var store = Open(proxy.Endpoint);
        proxy.LoseNext(ReplyFate.Cut);

        Fails(DatastoreFault.Unavailable, () => store.Range("/a"));

        Assert.Null(store.Range("/a").Entry);
    }

    [Fact]
    public void Stopped_it_is_unavailable_and_started_again_it_has_what_it_had()
    {
        using var server = EtcdServer.Start();
        using var store = Open(server.Endpoints);
        var seen = store.Transact([], [Put("/a", "one")], []).Revision;

        server.Stop();
        Fails(DatastoreFault.Unavailable, () => store.Transact([], [Put("/a", "two")], []), "Nothing was changed");
        Fails(DatastoreFault.Unavailable, () => store.Range("/a"));
        server.StartMember();

        Assert.True(store.Transact([KeyComparison.ModRevision("/a", seen)], [Put("/a", "three")], []).Succeeded);
    }

    [Fact]
    public async Task Killed_in_the_middle_every_operation_has_succeeded_or_failed_and_nothing_is_half()
    {
        using var server = EtcdServer.Start();
        using var store = Open(server.Endpoints, TimeSpan.FromSeconds(2));
        using var begun = new CountdownEvent(20);
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Factory.StartNew(() => Write(store, writer, begun), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();

        begun.Wait();
        server.Kill();
        var outcomes = await Task.WhenAll(writers);
        server.StartMember();

        var entries = store.Range(KeyRange.Prefix("/")).Entries;
        var pairs = entries.GroupBy(entry => entry.Key[..entry.Key.LastIndexOf('/')]).ToList();
        Assert.All(pairs, pair => Assert.Equal(2, pair.Count()));
        var there = pairs.Select(pair => pair.Key).ToHashSet();
        foreach (var (done, last, fault) in outcomes)
        {
            Assert.All(done, key => Assert.Contains(key, there));
            Assert.True(fault == DatastoreFault.OutcomeUnknown || !there.Contains(last), $"{fault}, and {last} is there");
        }
    }

    /// <summary>Writes pairs until one fails: what was done, and what became of the last.</summary>
    private static (List<string> Done, string Last, DatastoreFault Fault) Write(Datastore store, int writer, CountdownEvent begun)
    {
        var done = new List<string>();
        while (true)
        {
            var key = $"/{writer}/{done.Count}";
            try
            {
                store.Transact([], [Put(key + "/a", "x"), Put(key + "/b", "x")], []);
                done.Add(key);
                if (!begun.IsSet)
                {
                    begun.Signal();
                }
            }
            catch (DatastoreException e)
            {
                Assert.Contains(e.Fault, new[] { DatastoreFault.OutcomeUnknown, DatastoreFault.Unavailable });
                return (done, key, e.Fault);
            }
            catch (InvalidOperationException)
            {
                // The countdown was over between the question and the signal.
            }
        }
    }

    [Fact]
    public void Of_three_members_any_may_be_lost_and_of_two_lost_it_is_said()
    {
        using var server = EtcdServer.Start(members: 3);
        using var store = Open(server.Endpoints);
        store.Transact([], [Put("/a", "one")], []);
        var leader = server.Leader();
        var follower = (leader + 1) % 3;

        server.Kill(follower);
        Assert.Equal("one", store.Range("/a").Entry!.Text);
        Assert.True(store.Transact([KeyComparison.Version("/a", 1)], [Put("/a", "two")], []).Succeeded);
        server.StartMember(follower);

        server.Kill(leader);
        // The two that are left choose a leader, which takes a second or two. An operation that comes too early ends, in time, and says how.
        var attempts = 0;
        while (true)
        {
            try
            {
                DatastoreContract.CountUp(store, "/counter");
                break;
            }
            catch (DatastoreException e) when (e.Fault is DatastoreFault.OutcomeUnknown or DatastoreFault.Unavailable && ++attempts < 10)
            {
            }
        }

        Assert.Equal("two", store.Range("/a").Entry!.Text);
        server.Kill(follower);
        Assert.Contains(Assert.Throws<DatastoreException>(() => store.Transact([], [Put("/a", "three")], [])).Fault, new[] { DatastoreFault.OutcomeUnknown, DatastoreFault.Unavailable });
        Fails(DatastoreFault.Unavailable, () => store.Range("/a"));
    }

    [Fact]
    public void A_frozen_member_is_passed_over_by_reads()
    {
        using var server = EtcdServer.Start(members: 3);
        using var store = Open(server.Endpoints);
        store.Transact([], [Put("/a", "one")], []);
        var follower = (server.Leader() + 1) % 3;
        using var first = Open($"{server.Endpoint(follower)},{server.Endpoint((follower + 1) % 3)},{server.Endpoint((follower + 2) % 3)}", TimeSpan.FromSeconds(3));
        first.Range("/a");

        server.Freeze(follower);

        Assert.Equal("one", first.Range("/a").Entry!.Text);
        Assert.True(first.Transact([KeyComparison.Version("/a", 1)], [Put("/a", "two")], []).Succeeded);
        server.Thaw(follower);
    }

    [Fact]
    public void By_tls_only_those_get_in_whom_the_authority_knows_and_only_to_those_it_vouches_for()
    {
        using var server = EtcdServer.Start(tls: true);
        var (certificate, key) = server.Certificates!.Issue("client");
        var whole = EtcdAddress.Parse(server.Endpoints) with { CaCertificateFile = server.Certificates.CaFile, CertificateFile = certificate, KeyFile = key, Timeout = Bound };

        using (var store = whole.Open())
        {
            Assert.True(store.Transact([], [Put("/a", "one")], []).Succeeded);
        }

        using (var unvouched = (whole with { CaCertificateFile = null }).Open())
        {
            Fails(DatastoreFault.Refused, () => unvouched.Range("/a"), "ETCD_CA_CERT_FILE", "the system's");
            Fails(DatastoreFault.Refused, () => unvouched.Transact([], [Put("/a", "two")], []));
        }

        using (var unknown = (whole with { CertificateFile = null, KeyFile = null }).Open())
        {
            // It cannot always be told from a connection that is lost later: then a writer is told the safe thing.
            Assert.Contains(Assert.Throws<DatastoreException>(() => unknown.Transact([], [Put("/a", "two")], [])).Fault, new[] { DatastoreFault.Refused, DatastoreFault.OutcomeUnknown });
            Fails(DatastoreFault.Refused, () => unknown.Range("/a"), "ETCD_CERT_FILE", "none");
        }

        using (var plain = Open(server.Endpoints.Replace("https", "http", StringComparison.Ordinal)))
        {
            Fails(DatastoreFault.Unavailable, () => plain.Range("/a"));
        }

        using var again = whole.Open();
        Assert.Equal("one", again.Range("/a").Entry!.Text);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_trusted()
    {
        using var folder = new TempDirectory();
        var certificates = new EtcdCertificates(folder);
        var (file, key) = certificates.Issue("other", LoopbackAddress.Next());
        using var certificate = X509Certificate2.CreateFromPemFile(file, key);
        using var impostor = new TcpListener(LoopbackAddress.Next(), 2379);
        impostor.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await impostor.AcceptTcpClientAsync();
            using var tls = new SslStream(client.GetStream());
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, ApplicationProtocols = [SslApplicationProtocol.Http2] });
                await tls.ReadExactlyAsync(new byte[1]);
            });
        });
        using var store = (EtcdAddress.Parse($"https://{impostor.LocalEndpoint}") with { CaCertificateFile = certificates.CaFile, Timeout = Bound }).Open();

        Fails(DatastoreFault.Refused, () => store.Transact([], [Put("/a", "x")], []), "NameMismatch");
        await serving;
    }

    [Theory]
    [InlineData("absent.pem", null)]
    [InlineData("text.pem", "no certificate")]
    public void A_file_without_certificate_is_named(string name, string? text)
    {
        using var folder = new TempDirectory();
        if (text is not null)
        {
            File.WriteAllText(folder.File(name), text);
        }

        var address = EtcdAddress.Parse("https://192.0.2.1:2379");

        Fails(DatastoreFault.Refused, () => (address with { CaCertificateFile = folder.File(name) }).Open(), folder.File(name), "ETCD_CA_CERT_FILE");
        Fails(DatastoreFault.Refused, () => (address with { CertificateFile = folder.File(name), KeyFile = folder.File(name) }).Open(), folder.File(name), "ETCD_CERT_FILE");
    }

    [Fact]
    public void Users_get_in_by_their_password_do_what_they_may_and_stay_in_when_their_token_has_gone()
    {
        using var server = EtcdServer.Start();
        var address = EtcdAddress.Parse(server.Endpoints) with { UserName = "calico", Password = "s3cret", Timeout = Bound };
        using var store = address.Open();
        // A password that nobody asks for does no harm; when it is asked for, the open datastore goes on.
        Assert.True(store.Transact([], [Put("/calico/a", "one")], []).Succeeded);
        server.EnableAuthentication("r00t", "calico", "s3cret", "/calico/");
        Assert.Equal("one", store.Range("/calico/a").Entry!.Text);

        Assert.True(store.Transact([KeyComparison.Version("/calico/a", 1)], [Put("/calico/a", "two")], []).Succeeded);
        Fails(DatastoreFault.Refused, () => store.Range("/other"), "calico", "permission denied");
        Fails(DatastoreFault.Refused, () => store.Transact([], [Put("/other", "x")], []), "permission denied");

        using (var wrong = (address with { Password = "guessed" }).Open())
        {
            var error = Fails(DatastoreFault.Refused, () => wrong.Range("/calico/a"), "'calico'", "ETCD_PASSWORD", "password");
            Assert.DoesNotContain("guessed", error.ToString(), StringComparison.Ordinal);
        }

        using (var nobody = Open(server.Endpoints))
        {
            Fails(DatastoreFault.Refused, () => nobody.Range("/calico/a"), "without user name");
            Fails(DatastoreFault.Refused, () => nobody.Transact([], [Put("/calico/a", "x")], []), "without user name");
        }

        // The tokens of etcd are in its memory.
        server.Stop();
        server.StartMember();
        Assert.True(store.Transact([KeyComparison.Version("/calico/a", 2)], [Put("/calico/a", "three")], []).Succeeded);
        Assert.Equal(3, store.Range("/calico/a").Entry!.Version);
    }
}
