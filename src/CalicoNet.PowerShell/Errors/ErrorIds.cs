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
}
