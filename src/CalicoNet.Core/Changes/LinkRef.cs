using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>An interface by namespace and name. Its index is looked up when it is needed: names are what a plan can be made from beforehand.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Name">The interface's name.</param>
public readonly record struct LinkRef(NetNamespaceRef Namespace, string Name)
{
    /// <summary>Name and namespace.</summary>
    public override string ToString() => Namespace.IsOwn ? $"'{Name}'" : $"'{Name}' in network namespace '{Namespace}'";
}
