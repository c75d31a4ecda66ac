using System.Collections;
using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet;

/// <summary>
/// Takes IP addresses, with or without a prefix length, one by one or several in a text parted by commas, semicolons or spaces (as lists
/// look in a CSV file), and gives their canonical texts.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IPAddressTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>Whether a prefix length may follow.</summary>
    public bool AllowPrefix { get; set; }

    /// <summary>Whether it must be one address and no list.</summary>
    public bool Single { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        List<string> found = [];
        Collect(Unwrap.Base(inputData), found);
        return Single ? found.Count == 1 ? found[0] : throw new ArgumentTransformationMetadataException($"'{inputData}' is not one IP address.") : found.ToArray();
    }

    private void Collect(object? value, List<string> found)
    {
        switch (value)
        {
            case null:
                break;
            case string text:
                foreach (var word in text.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries))
                {
                    found.Add(Canonical(word));
                }

                if (found.Count == 0)
                {
                    throw new ArgumentTransformationMetadataException($"'{text}' is not an IP address.");
                }

                break;
            case IEnumerable items:
                foreach (var item in items)
                {
                    Collect(Unwrap.Base(item), found);
                }

                break;
            default:
                found.Add(Canonical(value.ToString() ?? ""));
                break;
        }
    }

    private string Canonical(string word)
    {
        if (IPAddr.TryParse(word, out var address))
        {
            return address.ToString();
        }

        if (AllowPrefix)
        {
            return IPPrefix.TryParse(word, out var prefix)
                ? prefix.ToString()
                : throw new ArgumentTransformationMetadataException($"'{word}' is not an IP address, or an address with a prefix length (0 to 32, IPv6 0 to 128).");
        }

        throw new ArgumentTransformationMetadataException($"'{word}' is not an IPv4 or IPv6 address.");
    }
}

/// <summary>Takes a MAC address with colons or dashes, and gives its canonical text.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MacAddressTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var text = Unwrap.Base(inputData)?.ToString();
        return string.IsNullOrEmpty(text) ? inputData
            : LinkLayerAddress.TryParseMac(text, out var mac) && mac.IsUnicastMac ? mac.ToString()
            : throw new ArgumentTransformationMetadataException($"'{text}' is not an interface's MAC address: six bytes like ee:ee:ee:ee:ee:ee, not all zero, the first one even.");
    }
}
