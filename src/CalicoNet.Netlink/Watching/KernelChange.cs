namespace CalicoNet.Netlink;

/// <summary>What happened to a watched object.</summary>
public enum ChangeKind
{
    /// <summary>It was there when the watch began.</summary>
    Existing,
    /// <summary>It is new, or has changed.</summary>
    Changed,
    /// <summary>It is gone.</summary>
    Removed,
}

/// <summary>A change of an object in the kernel.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Value">The object as it is now; of one that is gone, as it was last known.</param>
public sealed record KernelChange<T>(ChangeKind Kind, T Value);
