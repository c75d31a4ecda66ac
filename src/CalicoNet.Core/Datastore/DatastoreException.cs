namespace CalicoNet.Core;

/// <summary>Why a datastore did not do what it was asked.</summary>
public enum DatastoreFault
{
    /// <summary>It cannot be reached, or cannot work now (disk full, no leader). Nothing was changed; asking later may succeed.</summary>
    Unavailable,
    /// <summary>The transaction was sent and no answer came: it may have been committed, now or in a moment. Read before trying again.</summary>
    OutcomeUnknown,
    /// <summary>It refuses this user: password, certificate, role, or the file's permissions.</summary>
    Refused,
    /// <summary>The file is damaged, or is no datastore of this product.</summary>
    Corrupt,
    /// <summary>The file was written by a newer version of this product; nothing in it was touched.</summary>
    NewerSchema,
    /// <summary>Another process held the lock for the whole time allowed. Nothing was changed.</summary>
    Locked,
    /// <summary>The transaction has more operations or bytes than any datastore takes; it was not sent.</summary>
    TooLarge,
}

/// <summary>A datastore operation that failed. The one exception of the datastores beside argument errors and cancellation.</summary>
public sealed class DatastoreException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="fault">The kind of failure.</param>
    /// <param name="subject">The datastore: file, or endpoints.</param>
    /// <param name="message">What happened, and the way out.</param>
    /// <param name="inner">The driver's own exception.</param>
    public DatastoreException(DatastoreFault fault, string subject, string message, Exception? inner = null)
        : base(message, inner)
    {
        Fault = fault;
        Subject = subject;
    }

    /// <summary>The kind of failure.</summary>
    public DatastoreFault Fault { get; }

    /// <summary>The datastore it is about: file, or endpoints.</summary>
    public string Subject { get; }
}
