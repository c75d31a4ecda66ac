namespace CalicoNet.Core;

/// <summary>Where a datastore is, and how to get in: <see cref="SqliteAddress"/> or <see cref="EtcdAddress"/>.</summary>
public abstract record DatastoreAddress
{
    /// <summary>The environment variable that chooses the datastore.</summary>
    public const string Variable = "CALICONET_DATASTORE";

    /// <summary>The file of this machine's datastore, where nothing else is chosen.</summary>
    public const string DefaultPath = "/var/lib/caliconet/caliconet.db";

    /// <summary>All the environment variables that say which datastore it is and how to get in.</summary>
    public static IReadOnlyList<string> Variables { get; } = [Variable, EtcdAddress.EndpointsVariable, .. EtcdAddress.CredentialVariables];

    private protected DatastoreAddress()
    {
    }

    /// <summary>The longest an operation takes. Five seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Parses <c>sqlite:/path</c>, an absolute path, <c>https://host:2379[,host:port...]</c> (or <c>http:</c>), or <c>etcd</c>, whose endpoints
    /// are in the environment (ETCD_ENDPOINTS). Credentials of a cluster always come from the environment: see <see cref="EtcdAddress.WithEnvironment"/>.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="environment">Gives an environment variable's value; the process's own when null.</param>
    /// <exception cref="FormatException">It is none of these; the message holds it.</exception>
    public static DatastoreAddress Parse(string text, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        environment ??= Environment.GetEnvironmentVariable;
        if (text == "etcd")
        {
            var endpoints = environment(EtcdAddress.EndpointsVariable);
            return string.IsNullOrEmpty(endpoints)
                ? throw new FormatException($"The datastore is 'etcd', but {EtcdAddress.EndpointsVariable} is not set. Set it, for example to https://192.0.2.1:2379.")
                : EtcdAddress.Parse(endpoints).WithEnvironment(environment);
        }

        if (text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal))
        {
            return EtcdAddress.Parse(text).WithEnvironment(environment);
        }

        var path = text.StartsWith("sqlite:", StringComparison.Ordinal) ? text["sqlite:".Length..] : text;
        return Path.IsPathFullyQualified(path) && !path.EndsWith('/')
            ? new SqliteAddress(path)
            : throw new FormatException($"'{text}' is no datastore: use sqlite:/path, an absolute path to a file, https://host:2379 (several separated by commas), or etcd.");
    }

    /// <summary>What CALICONET_DATASTORE chooses, else the file of this machine, <see cref="DefaultPath"/>.</summary>
    /// <param name="environment">Gives an environment variable's value; the process's own when null.</param>
    /// <exception cref="FormatException">The variable holds no datastore.</exception>
    public static DatastoreAddress FromEnvironment(Func<string, string?>? environment = null)
        => (environment ?? Environment.GetEnvironmentVariable)(Variable) is { Length: > 0 } chosen ? Parse(chosen, environment) : new SqliteAddress(DefaultPath);

    /// <summary>Whether there may be anything in it for this user: false for a file that is absent, or in a folder that is not this user's to look into.</summary>
    public virtual bool IsPresent => true;

    /// <summary>Whether there is nothing: true for a file that is absent for certain. To look into it by <see cref="Open"/> would make it.</summary>
    public virtual bool IsAbsent => false;

    /// <summary>Opens it: a file is made if it is absent; a cluster is first asked by the first operation.</summary>
    /// <exception cref="DatastoreException">It cannot be opened.</exception>
    public abstract Datastore Open();

    /// <summary>Opens it as it is: a file that is absent reads as empty, and is made by the first transaction that may write.</summary>
    /// <exception cref="DatastoreException">It cannot be opened.</exception>
    public virtual Datastore OpenAsItIs() => Open();

    /// <summary>Has all that was written be where a copy of the datastore would take it from.</summary>
    /// <exception cref="DatastoreException">It cannot be brought there. It is in the datastore nevertheless.</exception>
    internal virtual void Settle()
    {
    }
}
