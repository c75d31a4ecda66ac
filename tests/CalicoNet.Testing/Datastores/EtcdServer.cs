using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace CalicoNet.Testing;

/// <summary>A real etcd on loopback, of one member or several, with data of its own: stopped, killed, frozen and started member by member.</summary>
public sealed class EtcdServer : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly Member[] _members;

    private EtcdServer(int members, bool tls)
    {
        Certificates = tls ? new EtcdCertificates(_folder) : null;
        var addresses = Enumerable.Range(0, members).Select(_ => LoopbackAddress.Next()).ToList();
        _members = [.. addresses.Select((address, i) => new Member($"m{i}", address))];
    }

    /// <summary>The members' addresses for clients, separated by commas.</summary>
    public string Endpoints => string.Join(',', _members.Select(EndpointOf));

    /// <summary>Where TLS is on: the authority, which also issues clients' certificates.</summary>
    public EtcdCertificates? Certificates { get; }

    /// <summary>Starts one and returns when all members serve.</summary>
    /// <param name="members">One, or three to lose one of.</param>
    /// <param name="tls">Whether clients come by TLS, with certificates.</param>
    public static EtcdServer Start(int members = 1, bool tls = false)
    {
        Requires.Etcd();
        var server = new EtcdServer(members, tls);
        try
        {
            server.StartAll();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>One member's address for clients.</summary>
    public string Endpoint(int member = 0) => EndpointOf(_members[member]);

    /// <summary>One member's address and port for clients.</summary>
    public IPEndPoint Socket(int member = 0) => new(_members[member].Address, Member.ClientPort);

    /// <summary>Starts what was stopped, with the data it had, and returns when it serves.</summary>
    public void StartMember(int member = 0)
    {
        Launch(_members[member]);
        _members[member].AwaitReady();
    }

    /// <summary>Starts all members that do not run.</summary>
    public void StartAll()
    {
        foreach (var member in _members.Where(member => member.Process is null))
            Launch(member);
        foreach (var member in _members)
            member.AwaitReady();
    }

    /// <summary>SIGTERM, and the wait for its end.</summary>
    public void Stop(int member = 0)
    {
        _members[member].Process!.Signal(Interop.SigTerm);
        _members[member].Process!.WaitForExit();
        _members[member].Forget();
    }

    /// <summary>SIGKILL: a crash.</summary>
    public void Kill(int member = 0)
    {
        _members[member].Process!.Kill();
        _members[member].Process!.WaitForExit();
        _members[member].Forget();
    }

    /// <summary>SIGSTOP: its connections stand, and nobody answers.</summary>
    public void Freeze(int member = 0) => _members[member].Process!.Signal(Interop.SigStop);

    /// <summary>SIGCONT.</summary>
    public void Thaw(int member = 0) => _members[member].Process!.Signal(Interop.SigContinue);

    /// <summary>The member that leads.</summary>
    public int Leader()
    {
        for (var member = 0; member < _members.Length; member++)
        {
            var status = Post("maintenance/status", new { }, member);
            if (status.GetProperty("leader").GetString() == status.GetProperty("header").GetProperty("member_id").GetString())
                return member;
        }
        throw new InvalidOperationException("no member of etcd leads");
    }

    /// <summary>Makes root with a password, a user that may do everything below a prefix, and switches authentication on.</summary>
    public void EnableAuthentication(string rootPassword, string user, string password, string prefix)
    {
        var end = prefix[..^1] + (char)(prefix[^1] + 1);
        Post("auth/user/add", new { name = "root", password = rootPassword });
        Post("auth/user/grant", new { user = "root", role = "root" });
        Post("auth/role/add", new { name = user });
        Post("auth/role/grant", new { name = user, perm = new { permType = "READWRITE", key = Base64(prefix), range_end = Base64(end) } });
        Post("auth/user/add", new { name = user, password });
        Post("auth/user/grant", new { user, role = user });
        Post("auth/enable", new { });
    }

    /// <summary>The revision of the whole store, by etcd's own word.</summary>
    public long Revision() => long.Parse(Post("kv/range", new { key = Base64("\0") }).GetProperty("header").GetProperty("revision").GetString()!, null);

    public void Dispose()
    {
        foreach (var member in _members)
            member.Forget();
        _folder.Dispose();
    }

    private string EndpointOf(Member member) => $"{Scheme}://{member.Address}:{Member.ClientPort}";

    private string Scheme => Certificates is null ? "http" : "https";

    private void Launch(Member member)
    {
        var peers = string.Join(',', _members.Select(peer => $"{peer.Name}={peer.PeerUrl}"));
        List<string> arguments =
        [
            "--name", member.Name, "--data-dir", _folder.File(member.Name),
            "--listen-client-urls", EndpointOf(member), "--advertise-client-urls", EndpointOf(member),
            "--listen-peer-urls", member.PeerUrl, "--initial-advertise-peer-urls", member.PeerUrl, "--initial-cluster", peers,
            "--logger", "zap", "--log-outputs", "stdout",
        ];
        if (Certificates is { } certificates)
        {
            var (certificate, key) = certificates.Issue(member.Name, member.Address);
            arguments.AddRange(["--cert-file", certificate, "--key-file", key, "--client-cert-auth", "--trusted-ca-file", certificates.CaFile]);
        }
        member.Process = ProcessRunner.Start("etcd", arguments);
    }

    /// <summary>etcd's JSON gateway: another way in than the one that is tested.</summary>
    private JsonElement Post(string method, object body, int member = 0)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        if (Certificates is { } certificates)
        {
            var (certificate, key) = certificates.Issue("oracle");
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(certificates.CaFile);
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)],
                CertificateChainPolicy = policy,
            };
        }
        using var http = new HttpClient(handler);
        using var response = http.PostAsJsonAsync($"{EndpointOf(_members[member])}/v3/{method}", body).GetAwaiter().GetResult();
        var text = response.Content.ReadAsStringAsync().GetAwaiter().GetResult();
        return response.IsSuccessStatusCode ? JsonSerializer.Deserialize<JsonElement>(text) : throw new InvalidOperationException($"etcd {method}: {text}");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private sealed class Member(string name, IPAddress address)
    {
        public const int ClientPort = 2379;

        public string Name => name;

        public IPAddress Address => address;

        public string PeerUrl => $"http://{address}:2380";

        public ProcessRunner? Process { get; set; }

        /// <summary>etcd says so itself, once it has joined its cluster.</summary>
        public void AwaitReady() => Process!.WaitForOutput("serving client traffic", TimeSpan.FromMinutes(1));

        public void Forget()
        {
            Process?.Dispose();
            Process = null;
        }
    }
}
