using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Makes neighbor objects of one namespace. Texts that repeat in a table of 100,000 rows - interfaces, states, link-layer addresses - are made once.
/// </summary>
internal sealed class NeighborObjects(NetworkStack stack)
{
    private readonly string _where = stack.Namespace.ToString();
    private readonly Dictionary<int, string> _links = stack.Links.List().ToDictionary(link => link.Index, link => link.Name);
    private readonly Dictionary<NeighborState, string> _states = [];
    private LinkLayerAddress _lastAddress;
    private string _lastText = "";

    public Neighbor ToObject(NeighborEntry neighbor)
    {
        if (neighbor.LinkLayerAddress != _lastAddress)
        {
            (_lastAddress, _lastText) = (neighbor.LinkLayerAddress, neighbor.LinkLayerAddress.ToString());
        }

        if (!_states.TryGetValue(neighbor.State, out var state))
        {
            _states.Add(neighbor.State, state = neighbor.State.ToString());
        }

        return new Neighbor
        {
            NetNamespace = _where,
            IPAddress = neighbor.Address.ToString(),
            LinkLayerAddress = _lastText,
            State = state,
            InterfaceAlias = _links.GetValueOrDefault(neighbor.InterfaceIndex, ""),
            InterfaceIndex = neighbor.InterfaceIndex,
            AddressFamily = neighbor.Address.Family == IPFamily.IPv4 ? nameof(IPFamily.IPv4) : nameof(IPFamily.IPv6),
        };
    }
}
