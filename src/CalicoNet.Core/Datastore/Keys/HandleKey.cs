namespace CalicoNet.Core;

/// <summary>Where the addresses of one handle are counted: <c>/calico/ipam/v2/handle/&lt;network&gt;.&lt;container&gt;</c>.</summary>
public sealed record HandleKey : DatastoreKey<IPAMHandle>
{
    /// <summary>The key of a handle.</summary>
    /// <exception cref="ArgumentException">The handle is no single segment of a key.</exception>
    public HandleKey(string handle)
        : base(Prefix + Segment(handle, "handle")) => Handle = handle;

    /// <summary>What the keys of all handles begin with.</summary>
    public const string Prefix = "/calico/ipam/v2/handle/";

    /// <summary>The handle.</summary>
    public string Handle { get; }
}
