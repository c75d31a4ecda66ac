using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>stub</summary>
internal sealed class HostSetup(NetworkStack host)
{
    public NetworkPlan Missing(Endpoint endpoint) { _ = host; _ = endpoint; return new NetworkPlan(); }
    public void Ensure(Endpoint endpoint) { _ = host; _ = endpoint; }
}
