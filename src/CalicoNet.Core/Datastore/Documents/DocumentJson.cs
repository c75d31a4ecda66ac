using System.Text.Json;
using System.Text.Json.Serialization;

namespace CalicoNet.Core;

/// <summary>The serialiser of every document, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    AllowDuplicateProperties = false,
    Converters = [typeof(JsonValues.Address), typeof(JsonValues.Prefix), typeof(JsonValues.Time), typeof(JsonValues.Raw)])]
[JsonSerializable(typeof(IPAMBlock))]
[JsonSerializable(typeof(AllocationAttribute))]
[JsonSerializable(typeof(BlockAffinity))]
[JsonSerializable(typeof(IPAMHandle))]
[JsonSerializable(typeof(IPAMConfig))]
[JsonSerializable(typeof(ClusterInformation))]
[JsonSerializable(typeof(IPPool))]
[JsonSerializable(typeof(IPReservation))]
[JsonSerializable(typeof(KubeControllersConfiguration))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(Profile))]
[JsonSerializable(typeof(WorkloadEndpoint))]
[JsonSerializable(typeof(CalicoNetConfig))]
[JsonSerializable(typeof(ReleasedAddress))]
[JsonSerializable(typeof(StickyAddresses))]
internal sealed partial class DocumentJson : JsonSerializerContext
{
    /// <summary>The context, writing strings as Go does: the attribute cannot name an encoder.</summary>
    public static DocumentJson Context => Holder.Context;

    // A class of its own: the generated statics are initialised before it, in whichever order the files are compiled.
    private static class Holder
    {
        public static readonly DocumentJson Context = new(new JsonSerializerOptions(Default.Options) { Encoder = GoEncoder.Instance });
    }
}
