using System.Management.Automation;

namespace CalicoNet;

/// <summary>
/// Lets a pair be given as anything that has one: a pair is itself, an object whose VethPair is not null gives that, a pair that was
/// serialised is rebuilt. Anything else stays as it is, so that binding goes on. Never throws, asks nobody.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class VethPairTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        switch (Unwrap.Base(inputData))
        {
            case VethPair pair:
                return pair;
            case HostRoute { VethPair: { } pair }:
                return pair;
            case HostAddress { VethPair: { } pair }:
                return pair;
            case ProxyArp { VethPair: { } pair }:
                return pair;
            case LinkLocalGateway { VethPair: { } pair }:
                return pair;
            case NatOutgoing { VethPair: { } pair }:
                return pair;
            case CalicoEndpoint { VethPair: { } pair }:
                return pair;
        }

        if (inputData is not PSObject wrapped)
        {
            return inputData;
        }

        var source = Unwrap.IsDeserialized(wrapped, nameof(VethPair)) ? wrapped
            : wrapped.TypeNames.Any(name => name.StartsWith("Deserialized.CalicoNet.", StringComparison.Ordinal)) ? wrapped.Properties[nameof(VethPair)]?.Value as PSObject
            : null;
        return source is null ? inputData : Rebuild(source);
    }

    private static VethPair Rebuild(PSObject source) => new()
    {
        NetNamespace = Unwrap.Text(source, nameof(VethPair.NetNamespace)),
        NetNamespaceCookie = Unwrap.Text(source, nameof(VethPair.NetNamespaceCookie)),
        InterfaceAlias = Unwrap.Text(source, nameof(VethPair.InterfaceAlias)),
        InterfaceIndex = Unwrap.Number(source, nameof(VethPair.InterfaceIndex)),
        MacAddress = Unwrap.Text(source, nameof(VethPair.MacAddress)),
        HostNetNamespace = Unwrap.Text(source, nameof(VethPair.HostNetNamespace)),
        HostNetNamespaceCookie = Unwrap.Text(source, nameof(VethPair.HostNetNamespaceCookie)),
        HostInterfaceAlias = Unwrap.Text(source, nameof(VethPair.HostInterfaceAlias)),
        HostInterfaceIndex = Unwrap.Number(source, nameof(VethPair.HostInterfaceIndex)),
        HostMacAddress = Unwrap.Text(source, nameof(VethPair.HostMacAddress)),
        MtuSize = Unwrap.Number(source, nameof(VethPair.MtuSize)),
        Status = Unwrap.Text(source, nameof(VethPair.Status)),
        BootId = Unwrap.Text(source, nameof(VethPair.BootId)),
        Planned = Unwrap.Text(source, nameof(VethPair.Planned)) == bool.TrueString,
    };
}
