using System.Collections;
using System.Management.Automation;

namespace CalicoNet;

/// <summary>Takes texts one by one or several in one, parted by commas, semicolons or spaces, as lists look in a CSV file.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextListTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => Words(Unwrap.Base(inputData)).ToArray();

    private static IEnumerable<string> Words(object? value) => value switch
    {
        null => [],
        string text => text.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries),
        IEnumerable items => items.Cast<object?>().SelectMany(item => Words(Unwrap.Base(item))),
        _ => [value.ToString()!],
    };
}
