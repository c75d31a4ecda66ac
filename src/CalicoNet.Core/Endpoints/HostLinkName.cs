namespace CalicoNet.Core;

/// <summary>How Calico names the host's end of a workload's veth pair.</summary>
public static class HostLinkName
{
    private const string Prefix = "cali";

    /// <summary>Of a Kubernetes pod, and of an endpoint of ours: <c>cali</c> and 11 digits of a hash.</summary>
    public static string OfPod(string workloadNamespace, string pod) => Ownership.HashedName(Prefix, $"{workloadNamespace}.{pod}");

    /// <summary>Of another container: <c>cali</c> and the first 11 characters of its id. Two containers may have the same.</summary>
    public static string OfContainer(string containerId)
    {
        ArgumentException.ThrowIfNullOrEmpty(containerId);
        return Prefix + containerId[..Math.Min(containerId.Length, 11)];
    }
}
