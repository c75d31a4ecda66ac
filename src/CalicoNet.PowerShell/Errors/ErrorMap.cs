using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet;

/// <summary>The one place that turns faults into error records: id, category by errno, and what to do about it.</summary>
internal static class ErrorMap
{
    /// <summary>Whether an exception is a fault that is reported item by item.</summary>
    public static bool IsFault(Exception exception) => exception is NetlinkException or CalicoException or DatastoreException or CorruptDocumentException
        or ArgumentException or FormatException or CommandFault or ObjectDisposedException;

    /// <param name="exception">The fault.</param>
    /// <param name="target">What it is about where the fault does not say it.</param>
    /// <param name="rights">What to do where rights are missing.</param>
    public static ErrorRecord ToRecord(Exception exception, object? target, string? rights = null)
    {
        var (id, category) = exception switch
        {
            CommandFault fault => (fault.Id, fault.Category),
            CalicoException { Fault: not CalicoFault.ChangeFailed } fault => Of(fault.Fault),
            CalicoException { Error: { } error } => Of(error.Errno),
            NetlinkException { Fault: NetlinkFault.Refused } fault => Of(fault.Errno),
            NetlinkException { Fault: NetlinkFault.Timeout } => (ErrorIds.OperationTimeout, ErrorCategory.OperationTimeout),
            NetlinkException => (ErrorIds.ResourceUnavailable, ErrorCategory.ResourceUnavailable),
            DatastoreException fault => Of(fault.Fault),
            CorruptDocumentException => (ErrorIds.CorruptDocument, ErrorCategory.InvalidData),
            ObjectDisposedException => (ErrorIds.DatastoreDisconnected, ErrorCategory.InvalidOperation),
            ArgumentException or FormatException => (ErrorIds.InvalidArgument, ErrorCategory.InvalidArgument),
            _ => (ErrorIds.KernelRefused, ErrorCategory.NotSpecified),
        };
        var action = (exception as CommandFault)?.RecommendedAction ?? (id == ErrorIds.PermissionDenied && rights is not null ? rights : Advice(id));
        return new ErrorRecord(exception, id, category, (exception as CalicoException)?.Subject ?? target ?? (exception as DatastoreException)?.Subject)
        {
            ErrorDetails = new ErrorDetails(Message(exception)) { RecommendedAction = action },
        };
    }

    private static (string Id, ErrorCategory Category) Of(Errno errno) => errno switch
    {
        Errno.EPERM or Errno.EACCES => (ErrorIds.PermissionDenied, ErrorCategory.PermissionDenied),
        Errno.ENOENT or Errno.ENODEV or Errno.ESRCH or Errno.ENXIO => (ErrorIds.ObjectNotFound, ErrorCategory.ObjectNotFound),
        Errno.EEXIST or Errno.EADDRINUSE => (ErrorIds.ResourceExists, ErrorCategory.ResourceExists),
        Errno.EINVAL or Errno.ERANGE or Errno.EMSGSIZE or Errno.ENAMETOOLONG => (ErrorIds.InvalidArgument, ErrorCategory.InvalidArgument),
        Errno.EBUSY => (ErrorIds.ResourceBusy, ErrorCategory.ResourceBusy),
        Errno.ETIMEDOUT or Errno.EAGAIN => (ErrorIds.OperationTimeout, ErrorCategory.OperationTimeout),
        Errno.EOPNOTSUPP or Errno.EAFNOSUPPORT or Errno.EPROTONOSUPPORT or Errno.ENOSYS => (ErrorIds.NotSupported, ErrorCategory.NotImplemented),
        Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EADDRNOTAVAIL or Errno.ENETDOWN => (ErrorIds.NetworkUnreachable, ErrorCategory.InvalidOperation),
        Errno.ENOBUFS or Errno.ENOMEM or Errno.EMFILE or Errno.ENFILE or Errno.ENOSPC => (ErrorIds.ResourceUnavailable, ErrorCategory.ResourceUnavailable),
        _ => (ErrorIds.KernelRefused, ErrorCategory.NotSpecified),
    };

    private static (string Id, ErrorCategory Category) Of(CalicoFault fault) => fault switch
    {
        CalicoFault.Exists => (ErrorIds.ResourceExists, ErrorCategory.ResourceExists),
        CalicoFault.NotFound => (ErrorIds.ObjectNotFound, ErrorCategory.ObjectNotFound),
        CalicoFault.NotOurs => (ErrorIds.NotOurs, ErrorCategory.ResourceExists),
        CalicoFault.Busy => (ErrorIds.ResourceBusy, ErrorCategory.ResourceBusy),
        CalicoFault.NoAddress => (ErrorIds.NoAddress, ErrorCategory.InvalidData),
        CalicoFault.Stale => (ErrorIds.StaleObject, ErrorCategory.InvalidData),
        CalicoFault.NewerVersion => (ErrorIds.NewerVersion, ErrorCategory.InvalidOperation),
        CalicoFault.NoPool => (ErrorIds.NoPool, ErrorCategory.ResourceUnavailable),
        CalicoFault.NoFreeAddress => (ErrorIds.NoFreeAddress, ErrorCategory.ResourceUnavailable),
        CalicoFault.BlockLimit => (ErrorIds.BlockLimit, ErrorCategory.LimitsExceeded),
        CalicoFault.AddressInUse => (ErrorIds.AddressInUse, ErrorCategory.ResourceExists),
        CalicoFault.AddressReserved => (ErrorIds.AddressReserved, ErrorCategory.InvalidOperation),
        CalicoFault.NotAllowed => (ErrorIds.NotAllowed, ErrorCategory.InvalidOperation),
        CalicoFault.NotReady => (ErrorIds.DatastoreNotReady, ErrorCategory.InvalidOperation),
        _ => (ErrorIds.KernelRefused, ErrorCategory.NotSpecified),
    };

    private static (string Id, ErrorCategory Category) Of(DatastoreFault fault) => fault switch
    {
        DatastoreFault.OutcomeUnknown => (ErrorIds.OutcomeUnknown, ErrorCategory.OperationTimeout),
        DatastoreFault.Refused => (ErrorIds.DatastoreRefused, ErrorCategory.PermissionDenied),
        DatastoreFault.Corrupt => (ErrorIds.DatastoreCorrupt, ErrorCategory.InvalidData),
        DatastoreFault.NewerSchema => (ErrorIds.NewerSchema, ErrorCategory.InvalidOperation),
        DatastoreFault.Locked => (ErrorIds.DatastoreLocked, ErrorCategory.ResourceBusy),
        DatastoreFault.TooLarge => (ErrorIds.TooLarge, ErrorCategory.LimitsExceeded),
        _ => (ErrorIds.DatastoreUnavailable, ErrorCategory.ResourceUnavailable),
    };

    /// <summary>Argument exceptions end in the parameter's name, which is the library's and says nothing to a user.</summary>
    private static string Message(Exception exception)
        => exception is ArgumentException { ParamName: { } name } ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : exception.Message;

    internal static string Advice(string id) => id switch
    {
        ErrorIds.InvalidArgument => "Correct the value that the message names.",
        ErrorIds.ResourceExists => "Choose another name, remove what is there, or use -Force where an equal object is welcome.",
        ErrorIds.ObjectNotFound => "Check the name, and the namespace it should be in.",
        ErrorIds.PermissionDenied => "Run as root, or give the process the capability CAP_NET_ADMIN (and CAP_SYS_ADMIN for namespaces).",
        ErrorIds.ResourceBusy => "Wait for the other operation to end, and try again.",
        ErrorIds.NamespaceInUse => "End the processes, or use -Force: they keep the namespace alive without its name.",
        ErrorIds.NativeCommandInBlock => "Name the program itself in the block, or use Invoke-NetNamespace -FilePath.",
        ErrorIds.NotOurs => "Choose another name, or remove it with the tool that made it.",
        ErrorIds.NoAddress => "Give the pair an address first: Add-HostAddress, or New-VethPair -IPAddress.",
        ErrorIds.StaleObject => "Read the object again with the Get- cmdlet of its noun.",
        ErrorIds.PlannedObject => "Run the cmdlet that made the object without -WhatIf.",
        ErrorIds.NetworkUnreachable => "Bring the interface up (Set-HostInterface -Status Up), or add a route that leads there first; a gateway needs a route of its own.",
        ErrorIds.NotSupported => "This kernel lacks the feature: check its version and modules.",
        ErrorIds.OperationTimeout => "Try again; if it stays so, the kernel log may say why.",
        ErrorIds.ResourceUnavailable => "Try again; check memory, open files (ulimit -n) and table limits (gc_thresh3).",
        ErrorIds.NewerVersion => "Update this module to the version that set the host up, or a later one.",
        ErrorIds.NoPool => "Add a pool to take addresses from (New-CalicoIPPool), or give the address (-IPAddress).",
        ErrorIds.NoFreeAddress => "Release addresses, add a pool (New-CalicoIPPool), or see by Test-CalicoIpam whether some are lost.",
        ErrorIds.BlockLimit => "Raise the limit: Set-CalicoIpamConfiguration -MaxBlocksPerHost.",
        ErrorIds.AddressInUse => "Choose another address; Get-CalicoIPAllocation tells who uses this one.",
        ErrorIds.AddressReserved => "Choose another address, or take the reservation back.",
        ErrorIds.NotAllowed => "Choose another pool or address, or change what the message names: Set-CalicoIPPool, Set-CalicoIpamConfiguration.",
        ErrorIds.DatastoreNotReady => "Wait until whoever migrates the datastore unlocks it.",
        ErrorIds.DatastoreUnavailable => "Check that it runs and can be reached; Get-CalicoDatastore tells which it is.",
        ErrorIds.OutcomeUnknown => "Look whether it was done before doing it again.",
        ErrorIds.DatastoreRefused => "Check user, password, certificates and roles, or the file's owner and mode.",
        ErrorIds.DatastoreCorrupt => "Restore the file from a backup, or choose another: Connect-CalicoDatastore.",
        ErrorIds.NewerSchema => "Update this module to the version that wrote the file, or a later one.",
        ErrorIds.DatastoreLocked => "Try again; if it stays so, end the process that keeps it.",
        ErrorIds.TooLarge => "Do it in parts.",
        ErrorIds.DatastoreDisconnected => "Connect again: Connect-CalicoDatastore.",
        ErrorIds.CorruptDocument => "Correct or remove the document that the message names, with the tool that wrote it.",
        ErrorIds.PlatformNotSupported => "Use the module on Linux.",
        _ => "The message holds the kernel's reason; the kernel log may say more.",
    };
}

/// <summary>A fault that a cmdlet itself finds.</summary>
internal sealed class CommandFault(string id, ErrorCategory category, string message, string? recommendedAction = null) : Exception(message)
{
    public string Id => id;

    public ErrorCategory Category => category;

    public string? RecommendedAction => recommendedAction;

    public static CommandFault Planned(string what)
        => new(ErrorIds.PlannedObject, ErrorCategory.InvalidData, $"The {what} was only planned, under -WhatIf: it does not exist.");

    public static CommandFault NotFound(string what) => new(ErrorIds.ObjectNotFound, ErrorCategory.ObjectNotFound, $"There is no {what}.");

    public static CommandFault Exists(string what, string? difference = null)
        => new(ErrorIds.ResourceExists, ErrorCategory.ResourceExists, difference is null ? $"{what} exists." : $"{what} exists: {difference}.");
}
