namespace CalicoNet;

/// <summary>The stable first part of every error's FullyQualifiedErrorId. They are contract: scripts match them.</summary>
internal static class ErrorIds
{
    /// <summary>An argument is not what it should be.</summary>
    public const string InvalidArgument = "InvalidArgument";

    /// <summary>What should be made exists.</summary>
    public const string ResourceExists = "ResourceExists";

    /// <summary>What should be used does not exist.</summary>
    public const string ObjectNotFound = "ObjectNotFound";

    /// <summary>The capability for it is missing.</summary>
    public const string PermissionDenied = "PermissionDenied";

    /// <summary>Somebody else is using it.</summary>
    public const string ResourceBusy = "ResourceBusy";

    /// <summary>Processes are in the namespace that should go.</summary>
    public const string NamespaceInUse = "NamespaceInUse";

    /// <summary>A program cannot be led into the namespace of the block that starts it.</summary>
    public const string NativeCommandInBlock = "NativeCommandInBlock";

    /// <summary>It belongs to somebody else.</summary>
    public const string NotOurs = "NotOurs";

    /// <summary>The pair has no address to work with.</summary>
    public const string NoAddress = "NoAddress";

    /// <summary>The object's interface is gone, and another has its place.</summary>
    public const string StaleObject = "StaleObject";

    /// <summary>The object was only planned, under -WhatIf.</summary>
    public const string PlannedObject = "PlannedObject";

    /// <summary>No way leads there.</summary>
    public const string NetworkUnreachable = "NetworkUnreachable";

    /// <summary>The kernel cannot do this.</summary>
    public const string NotSupported = "NotSupported";

    /// <summary>It did not end in time.</summary>
    public const string OperationTimeout = "OperationTimeout";

    /// <summary>The kernel ran out of something.</summary>
    public const string ResourceUnavailable = "ResourceUnavailable";

    /// <summary>A newer version of this module set the host up.</summary>
    public const string NewerVersion = "NewerVersion";

    /// <summary>The kernel refused, for a reason without a name here.</summary>
    public const string KernelRefused = "KernelRefused";

    /// <summary>This system is not Linux.</summary>
    public const string PlatformNotSupported = "PlatformNotSupported";

    /// <summary>There is no pool to take an address from.</summary>
    public const string NoPool = "NoPool";

    /// <summary>No pool that may serve the request has a free address left.</summary>
    public const string NoFreeAddress = "NoFreeAddress";

    /// <summary>The node may take no more blocks of addresses.</summary>
    public const string BlockLimit = "BlockLimit";

    /// <summary>The address is in use.</summary>
    public const string AddressInUse = "AddressInUse";

    /// <summary>The address is reserved.</summary>
    public const string AddressReserved = "AddressReserved";

    /// <summary>A pool or the configuration of address management does not allow it.</summary>
    public const string NotAllowed = "NotAllowed";

    /// <summary>The datastore is locked for a migration: it refuses every change.</summary>
    public const string DatastoreNotReady = "DatastoreNotReady";

    /// <summary>The datastore cannot be reached, or cannot work now.</summary>
    public const string DatastoreUnavailable = "DatastoreUnavailable";

    /// <summary>The datastore was told, and no answer came: it may have been done.</summary>
    public const string OutcomeUnknown = "OutcomeUnknown";

    /// <summary>The datastore refuses this user.</summary>
    public const string DatastoreRefused = "DatastoreRefused";

    /// <summary>The datastore's file is damaged, or another program's.</summary>
    public const string DatastoreCorrupt = "DatastoreCorrupt";

    /// <summary>A newer version of this module wrote the datastore's file.</summary>
    public const string NewerSchema = "NewerSchema";

    /// <summary>Another process was writing to the datastore for the whole time allowed.</summary>
    public const string DatastoreLocked = "DatastoreLocked";

    /// <summary>It is more than any datastore takes at once.</summary>
    public const string TooLarge = "TooLarge";

    /// <summary>The datastore was disconnected.</summary>
    public const string DatastoreDisconnected = "DatastoreDisconnected";

    /// <summary>A stored document cannot be read, or breaks what its kind promises.</summary>
    public const string CorruptDocument = "CorruptDocument";
}
