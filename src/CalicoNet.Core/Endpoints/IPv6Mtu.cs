using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>What IPv6 demands of a link (RFC 8200, section 5): below it, the kernel takes IPv6 from the link, and says only that the family is not supported.</summary>
public static class IPv6Mtu
{
    /// <summary>The smallest MTU that IPv6 works over, in bytes.</summary>
    public const int Minimum = 1280;

    /// <summary>Demands an MTU that its link's addresses work over.</summary>
    /// <param name="mtu">The MTU in bytes.</param>
    /// <param name="addresses">The link's addresses, of any family.</param>
    /// <exception cref="ArgumentException">One is IPv6, and the MTU too small for it.</exception>
    public static void Check(int mtu, IEnumerable<IPAddr> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        if (mtu < Minimum && addresses.FirstOrDefault(address => address.Family == IPFamily.IPv6) is { IsNone: false } first)
        {
            throw new ArgumentException($"An MTU of {mtu} bytes is too small for '{first}': IPv6 needs {Minimum} at least.");
        }
    }
}
