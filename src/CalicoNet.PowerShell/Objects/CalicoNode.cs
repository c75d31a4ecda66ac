namespace CalicoNet;

/// <summary>A host that uses a datastore.</summary>
public sealed record CalicoNode : DatastoreObject
{
    internal CalicoNode()
    {
    }

    /// <summary>Its name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Its labels, as <c>key=value</c>: pools select nodes by them.</summary>
    public TextList Label { get; internal init; } = TextList.Empty;

    /// <summary>The number of its blocks.</summary>
    public int Blocks { get; internal init; }

    /// <summary>How many addresses it uses.</summary>
    public int AddressesInUse { get; internal init; }

    /// <summary>The number of its endpoints' records.</summary>
    public int Endpoints { get; internal init; }

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
