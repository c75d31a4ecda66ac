namespace CalicoNet.Core;

/// <summary>
/// What the file holds: step n leads from version n to n + 1, and the file says its version in SQLite's own user_version. A step, once
/// released, is never changed; a new version is a new step.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>"CNet": tells our files from other programs' (SQLite's application_id).</summary>
    public const int ApplicationId = 0x434e6574;

    /// <summary>The steps of this version of the product.</summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        // The value stands last: what asks for keys only never touches the pages that long values overflow to.
        """
        CREATE TABLE entries (
            key TEXT NOT NULL UNIQUE,
            create_revision INTEGER NOT NULL,
            mod_revision INTEGER NOT NULL,
            version INTEGER NOT NULL,
            value BLOB NOT NULL
        );
        CREATE TABLE store (revision INTEGER NOT NULL);
        INSERT INTO store (revision) VALUES (1);
        """,
        // How much of the value counts; null for all of it. See SqliteDatastore.Padded.
        "ALTER TABLE entries ADD COLUMN length INTEGER",
    ];
}
