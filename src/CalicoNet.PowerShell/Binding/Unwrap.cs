using System.Management.Automation;

namespace CalicoNet;

/// <summary>What the transformations share: the object behind a PSObject, and objects that were serialised somewhere on their way.</summary>
internal static class Unwrap
{
    public static object? Base(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    /// <summary>Whether an object is what a type of ours became through CLIXML or a job.</summary>
    public static bool IsDeserialized(object? value, string type)
        => value is PSObject wrapped && wrapped.TypeNames.Contains($"Deserialized.CalicoNet.{type}");

    public static string Text(PSObject value, string property) => value.Properties[property]?.Value?.ToString() ?? "";

    public static int Number(PSObject value, string property) => int.TryParse(Text(value, property), out var number) ? number : 0;
}
