using System.Management.Automation;

namespace CalicoNet;

/// <summary>
/// Lets a namespace be given as its object: turns that into the text that names it, and notes it where it is only planned (<see cref="PlannedNamespaces"/>).
/// Anything else stays, so that binding goes on.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NetNamespaceTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
        => Unwrap.Base(inputData) is object?[] items ? Array.ConvertAll(items, Name) : Name(inputData);

    private static object? Name(object? value)
    {
        if (Unwrap.Base(value) is NetNamespace found)
        {
            return found.Planned ? PlannedNamespaces.Note(found.Name, found) : found.Name;
        }

        if (value is not PSObject wrapped || !Unwrap.IsDeserialized(value, nameof(NetNamespace)))
        {
            return value;
        }

        var name = Unwrap.Text(wrapped, nameof(NetNamespace.Name));
        return Unwrap.Text(wrapped, nameof(NetNamespace.Planned)) == bool.TrueString ? PlannedNamespaces.Note(name, wrapped) : name;
    }
}
