using System.Text;

namespace CalicoNet.Core.Tests;

/// <summary>Documents without their types, for tests that go over all of them.</summary>
internal static class DocumentCases
{
    /// <summary>Reads a value and writes it again, whatever its kind; null for a key at which we have no document.</summary>
    public static string? Rewritten(DatastoreKey key, ReadOnlySpan<byte> value) => key switch
    {
        BlockKey it => Written(it, value),
        BlockAffinityKey it => Written(it, value),
        HandleKey it => Written(it, value),
        IPAMConfigKey it => Written(it, value),
        ResourceKey<ClusterInformation> it => Written(it, value),
        ResourceKey<IPPool> it => Written(it, value),
        ResourceKey<IPReservation> it => Written(it, value),
        ResourceKey<KubeControllersConfiguration> it => Written(it, value),
        ResourceKey<Node> it => Written(it, value),
        ResourceKey<Profile> it => Written(it, value),
        ResourceKey<WorkloadEndpoint> it => Written(it, value),
        CalicoNetConfigKey it => Written(it, value),
        ReleasedAddressKey it => Written(it, value),
        StickyAddressesKey it => Written(it, value),
        _ => null,
    };

    public static string Written<T>(this DatastoreKey<T> key, T document)
        where T : Document
        => Encoding.UTF8.GetString(key.Write(document));

    public static T Read<T>(this DatastoreKey<T> key, string value)
        where T : Document
        => key.Read(Encoding.UTF8.GetBytes(value));

    private static string Written<T>(DatastoreKey<T> key, ReadOnlySpan<byte> value)
        where T : Document
        => key.Written(key.Read(value));
}
