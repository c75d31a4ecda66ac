namespace CalicoNet.Core;

/// <summary>A cluster's datastore: etcd, which many machines share.</summary>
public sealed record EtcdAddress : DatastoreAddress
{
    /// <summary>The environment variable of the endpoints, as calicoctl has it.</summary>
    public const string EndpointsVariable = "ETCD_ENDPOINTS";

    private const string CaCertificate = "ETCD_CA_CERT_FILE", Certificate = "ETCD_CERT_FILE", Key = "ETCD_KEY_FILE", User = "ETCD_USERNAME", Secret = "ETCD_PASSWORD";

    private EtcdAddress(IReadOnlyList<Uri> endpoints) => Endpoints = endpoints;

    /// <summary>The environment variables of the credentials, as calicoctl has them.</summary>
    internal static IReadOnlyList<string> CredentialVariables { get; } = [CaCertificate, Certificate, Key, User, Secret];

    /// <summary>The members: <c>http</c> or <c>https</c>, host, port. Each is as good as any; one that fails is passed over.</summary>
    public IReadOnlyList<Uri> Endpoints { get; }

    /// <summary>A PEM file of the authorities that the members' certificates are checked by; the system's when null.</summary>
    public string? CaCertificateFile { get; init; }

    /// <summary>A PEM file of this client's certificate; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>A PEM file of that certificate's key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The user; null for none, or the one that the certificate names.</summary>
    public string? UserName { get; init; }

    /// <summary>The user's password. Never shown.</summary>
    public string? Password { get; init; }

    /// <summary>Parses <c>https://host:2379</c>, several separated by commas; the scheme of the first is good for those without.</summary>
    /// <exception cref="FormatException">One is no endpoint; the message holds it.</exception>
    public static EtcdAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var scheme = "";
        var endpoints = new List<Uri>();
        foreach (var item in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (item.IndexOf("://", StringComparison.Ordinal) is > 0 and var end)
            {
                scheme = item[..(end + 3)];
            }

            var whole = item.Contains("://", StringComparison.Ordinal) ? item : scheme + item;
            if (item.Contains('@', StringComparison.Ordinal))
            {
                // Not shown: it may hold a password.
                throw new FormatException("An endpoint of etcd holds no credentials: give them apart, or in ETCD_USERNAME and ETCD_PASSWORD.");
            }

            if (!Uri.TryCreate(whole, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/" || uri.Fragment.Length > 0)
            {
                throw new FormatException($"'{item}' is no endpoint of etcd: use https://host:2379 (or http:), several separated by commas.");
            }

            endpoints.Add(uri);
        }

        return endpoints.Select(endpoint => endpoint.Scheme).Distinct().Count() == 1
            ? new EtcdAddress(endpoints)
            : throw new FormatException($"'{text}' mixes http and https: a password would go over the network in clear text to one of them. Use one scheme.");
    }

    /// <summary>Takes what is not given from the variables that calicoctl has: ETCD_CA_CERT_FILE, ETCD_CERT_FILE, ETCD_KEY_FILE, ETCD_USERNAME, ETCD_PASSWORD.</summary>
    /// <param name="environment">Gives an environment variable's value; the process's own when null.</param>
    public EtcdAddress WithEnvironment(Func<string, string?>? environment = null)
    {
        string? Of(string name) => (environment ?? Environment.GetEnvironmentVariable)(name) is { Length: > 0 } value ? value : null;
        return this with
        {
            CaCertificateFile = CaCertificateFile ?? Of(CaCertificate),
            CertificateFile = CertificateFile ?? Of(Certificate),
            KeyFile = KeyFile ?? Of(Key),
            UserName = UserName ?? Of(User),
            Password = Password ?? Of(Secret),
        };
    }

    /// <inheritdoc/>
    public override Datastore Open() => new EtcdDatastore(this);

    /// <summary>The endpoints, and nothing of the credentials.</summary>
    public override string ToString() => string.Join(',', Endpoints.Select(endpoint => endpoint.GetLeftPart(UriPartial.Authority)));
}
