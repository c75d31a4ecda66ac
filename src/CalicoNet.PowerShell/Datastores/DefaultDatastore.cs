using CalicoNet.Core;

namespace CalicoNet;

/// <summary>
/// The datastore of whoever names none: of the whole process, so that the runspaces of <c>ForEach-Object -Parallel</c> use the same. One
/// atomic reference, the module's only state that outlives a pipeline.
/// </summary>
internal static class DefaultDatastore
{
    private static Choice? _choice;

    /// <summary>What Connect-CalicoDatastore chose, else what the environment chooses now.</summary>
    /// <exception cref="FormatException">The environment chooses no datastore.</exception>
    public static DatastoreConnection Current
    {
        get
        {
            var variable = string.Join('\0', DatastoreAddress.Variables.Select(Environment.GetEnvironmentVariable));
            while (true)
            {
                var seen = Volatile.Read(ref _choice);
                if (seen is not null && (seen.Variable is null || seen.Variable == variable))
                {
                    return seen.Connection;
                }

                // The one that is replaced is left to the garbage collector: another runspace may be at work on it.
                var made = new Choice(new DatastoreConnection(DatastoreAddress.FromEnvironment()), variable);
                if (Interlocked.CompareExchange(ref _choice, made, seen) == seen)
                {
                    return made.Connection;
                }
            }
        }
    }

    /// <summary>Whether it was chosen by Connect-CalicoDatastore.</summary>
    public static bool IsConnected => Volatile.Read(ref _choice) is { Variable: null };

    /// <summary>Makes it the one.</summary>
    public static void Set(DatastoreConnection connection) => Volatile.Write(ref _choice, new Choice(connection, null));

    /// <summary>Leaves the choice to the environment again, if it is the one.</summary>
    public static void Forget(DatastoreConnection connection)
    {
        var seen = Volatile.Read(ref _choice);
        if (seen?.Connection == connection)
        {
            Interlocked.CompareExchange(ref _choice, null, seen);
        }
    }

    /// <summary>A choice: by the values of the environment's variables, or for itself.</summary>
    private sealed record Choice(DatastoreConnection Connection, string? Variable);
}
