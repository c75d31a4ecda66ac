using System.Runtime.CompilerServices;

namespace CalicoNet;

/// <summary>
/// Tells which arguments stand for a namespace that is only planned. A namespace is bound as its name, a plain text, which would lose that: used
/// for real, it would be one that is not found. So the one instance of the text that is handed to the parameter is remembered, not its letters:
/// the same name typed by a user means the namespace that there is.
/// </summary>
internal static class PlannedNamespaces
{
    private static readonly ConditionalWeakTable<string, object> Noted = [];

    /// <summary>The name of a planned namespace, noted as such.</summary>
    /// <param name="name">The name.</param>
    /// <param name="planned">The namespace's object, as the user has it.</param>
    public static string Note(string name, object planned)
    {
        if (name.Length == 0)
        {
            return name;   // there is but one empty text
        }

        var own = new string(name.AsSpan());
        Noted.Add(own, planned);
        return own;
    }

    /// <summary>The planned namespace's object that an argument is or came from; null where there is none.</summary>
    public static object? Find(object? argument) => argument switch
    {
        NetNamespace { Planned: true } => argument,
        string name => Noted.TryGetValue(name, out var planned) ? planned : null,
        string[] names => names.Select(Find).FirstOrDefault(planned => planned is not null),
        _ => null,
    };
}
