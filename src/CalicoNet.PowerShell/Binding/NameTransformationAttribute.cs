using System.Collections;
using System.Management.Automation;

namespace CalicoNet;

/// <summary>
/// Takes names as texts only. The engine would turn any object into one: a pair that lands in the pipeline of <c>Remove-NetNamespace</c> must
/// not become the name of a namespace, nor its Name property.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NameTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = Unwrap.Base(inputData);
        if (value is null or string or IEnumerable && AreTexts(value))
        {
            return inputData;
        }

        // The inner exception tells the engine that this value does not fit, so that it tries the other parameter sets.
        var reason = $"'{value}' is not a name: a text is needed, not {value!.GetType().Name}.";
        throw new ArgumentTransformationMetadataException(reason, new PSInvalidCastException(reason));
    }

    private static bool AreTexts(object? value) => value switch
    {
        null or string => true,
        IEnumerable items => items.Cast<object?>().All(item => Unwrap.Base(item) is null or string),
        _ => false,
    };
}
