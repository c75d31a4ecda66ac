using System.Management.Automation;

namespace CalicoNet;

/// <summary>Lets a namespace be given as its object: turns that into the text that names it. Anything else stays, so that binding goes on.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NetNamespaceTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (Unwrap.Base(inputData) is NetNamespace found)
        {
            return found.Name;
        }

        return inputData is PSObject wrapped && Unwrap.IsDeserialized(inputData, nameof(NetNamespace)) ? Unwrap.Text(wrapped, nameof(NetNamespace.Name)) : inputData;
    }
}
