namespace CalicoNet.Core;

/// <summary>Where the rules of address management are: <c>/calico/ipam/v2/config</c>.</summary>
public sealed record IPAMConfigKey : DatastoreKey<IPAMConfig>
{
    private IPAMConfigKey()
        : base("/calico/ipam/v2/config")
    {
    }

    /// <summary>The one key.</summary>
    public static IPAMConfigKey Instance { get; } = new();
}
