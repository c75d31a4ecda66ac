using CsCheck;

namespace CalicoNet.Netlink.Tests.Wire;

/// <summary>Random values of the kinds that messages carry.</summary>
internal static class Generate
{
    public static readonly Gen<int> Index = Gen.Int[1, int.MaxValue];

    public static readonly Gen<RouteScope> Scope = Gen.Byte.Select(scope => (RouteScope)scope);

    /// <summary>Of either family; IPv6 ones with runs of zeros, which decide how they are written.</summary>
    public static readonly Gen<IPAddr> Address = Gen.OneOf(
        Gen.Byte.Array[4], Gen.Byte.Array[16], Gen.OneOf(Gen.Const((ushort)0), Gen.UShort).Array[8].Select(words => words.SelectMany(word => new[] { (byte)(word >> 8), (byte)word }).ToArray()))
        .Select(bytes => IPAddr.TryCreate(bytes, out var address) ? address : throw new InvalidOperationException());

    public static readonly Gen<IPPrefix> Prefix = Gen.Select(Address, Gen.Int[0, 128]).Select((address, length) => new IPPrefix(address, length % (address.BitCount + 1)));

    /// <summary>Of 0 to 32 bytes, most of them MAC addresses.</summary>
    public static readonly Gen<LinkLayerAddress> LinkLayer = Gen.OneOf(Gen.Byte.Array[6], Gen.Byte.Array[0, 32])
        .Select(bytes => LinkLayerAddress.TryCreate(bytes, out var address) ? address : throw new InvalidOperationException());

    public static Gen<T> Optional<T>(Gen<T> values)
        where T : struct
        => Gen.OneOf(Gen.Const(default(T)), values);
}
