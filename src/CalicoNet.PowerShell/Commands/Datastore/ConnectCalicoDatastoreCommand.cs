using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>
/// Opens a datastore, and makes it the one that every endpoint and IPAM cmdlet of this process works with, in all its runspaces, unless it is
/// given another by <c>-Datastore</c>. It is asked once, so that what is wrong is told here.
/// </summary>
[Cmdlet(VerbsCommunications.Connect, "CalicoDatastore")]
[OutputType(typeof(CalicoDatastore))]
public sealed class ConnectCalicoDatastoreCommand : NetworkCommand
{
    /// <summary>Where it is: a path, <c>sqlite:/path</c>, <c>https://host:2379[,host:port...]</c>, or <c>etcd</c> for ETCD_ENDPOINTS. Without it what CALICONET_DATASTORE says, else this machine's file.</summary>
    [Parameter(Position = 0), ValidateNotNullOrEmpty]
    public string? Location { get; set; }

    /// <summary>The name of this host in it: a DNS name in lower case. Without it CALICONET_NODENAME, else the host's name in lower case.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? NodeName { get; set; }

    /// <summary>User and password of etcd. Without it ETCD_USERNAME and ETCD_PASSWORD.</summary>
    [Parameter, Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>A PEM file of the authorities that etcd's certificates are checked by. Without it ETCD_CA_CERT_FILE, else the system's.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? CaCertificatePath { get; set; }

    /// <summary>A PEM file of this client's certificate. Without it ETCD_CERT_FILE.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? CertificatePath { get; set; }

    /// <summary>A PEM file of that certificate's key. Without it ETCD_KEY_FILE.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The longest an operation takes, in seconds.</summary>
    [Parameter, ValidateRange(1, 3600)]
    public int TimeoutSeconds { get; set; } = 5;

    private protected override object? Target => Location;

    private protected override void Process()
    {
        var address = WithCredentials(Location is null ? DatastoreAddress.FromEnvironment() : DatastoreTransformationAttribute.Parse(SessionState, Location));
        var connection = new DatastoreConnection(address with { Timeout = TimeSpan.FromSeconds(TimeoutSeconds) }, NodeName is null ? null : Core.NodeName.Check(NodeName));
        try
        {
            var found = new CalicoDatastore(connection) { NodeName = connection.NodeName };
            connection.Open(makes: true).Range(IPAMConfigKey.Instance.Text, cancellation: Cancellation);
            DefaultDatastore.Set(connection);
            WriteObject(found);
        }
        catch
        {
            if (DefaultDatastore.Current != connection)
            {
                connection.Dispose();
            }

            throw;
        }
    }

    private DatastoreAddress WithCredentials(DatastoreAddress address) => address switch
    {
        EtcdAddress etcd => etcd with
        {
            UserName = Credential?.UserName ?? etcd.UserName,
            Password = Credential?.GetNetworkCredential().Password ?? etcd.Password,
            CaCertificateFile = FileOf(CaCertificatePath) ?? etcd.CaCertificateFile,
            CertificateFile = FileOf(CertificatePath) ?? etcd.CertificateFile,
            KeyFile = FileOf(KeyPath) ?? etcd.KeyFile,
        },
        _ when Credential is null && CaCertificatePath is null && CertificatePath is null && KeyPath is null => address,
        _ => throw new ArgumentException($"'{address}' takes no credentials: access to a file is by its owner and mode."),
    };

    private string? FileOf(string? path) => path is null ? null : GetUnresolvedProviderPathFromPSPath(path);
}
