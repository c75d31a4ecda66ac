namespace CalicoNet;

/// <summary>An address of an interface.</summary>
public sealed record HostAddress : NetworkObject
{
    internal HostAddress()
    {
    }

    /// <summary>The address.</summary>
    public string IPAddress { get; internal init; } = "";

    /// <summary>The prefix length in bits.</summary>
    public int PrefixLength { get; internal init; }

    /// <summary>IPv4 or IPv6.</summary>
    public string AddressFamily { get; internal init; } = "";

    /// <summary>The interface's name.</summary>
    public string InterfaceAlias { get; internal init; } = "";

    /// <summary>The interface's number.</summary>
    public int InterfaceIndex { get; internal init; }

    /// <summary>Universe, Site, Link or Host.</summary>
    public string Scope { get; internal init; } = "";

    /// <summary>Preferred, Tentative or Duplicate.</summary>
    public string AddressState { get; internal init; } = "";

    /// <summary>The pair it was added to, where it was added through one.</summary>
    public VethPair? VethPair { get; internal init; }

    /// <summary>Address and prefix length.</summary>
    public override string ToString() => $"{IPAddress}/{PrefixLength}";
}
