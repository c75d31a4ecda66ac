namespace CalicoNet;

/// <summary>An address that is in use.</summary>
public sealed record CalicoIPAllocation : DatastoreObject
{
    internal CalicoIPAllocation()
    {
    }

    /// <summary>The address.</summary>
    public string IPAddress { get; internal init; } = "";

    /// <summary>The handle it is released by.</summary>
    public string Handle { get; internal init; } = "";

    /// <summary>The node that uses it.</summary>
    public string NodeName { get; internal init; } = "";

    /// <summary>The record of the endpoint that has it, as namespace and name; empty where none has.</summary>
    public string Endpoint { get; internal init; } = "";

    /// <summary>Its block.</summary>
    public string Block { get; internal init; } = "";

    /// <summary>The pool it is of; empty where that is gone.</summary>
    public string Pool { get; internal init; } = "";

    /// <summary>When it was given, in UTC; null where that is not known.</summary>
    public DateTime? AllocatedAt { get; internal init; }

    /// <summary>IPv4 or IPv6.</summary>
    public string AddressFamily { get; internal init; } = "";

    /// <summary>The number under which it was given: tells this allocation from a later one.</summary>
    internal ulong? SequenceNumber { get; init; }

    /// <summary>The address.</summary>
    public override string ToString() => IPAddress;
}
