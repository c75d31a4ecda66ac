namespace CalicoNet.Core;

/// <summary>A key that is not ours to use: another product's, a load balancer's (<c>/calico/ipam/v2/virtual/...</c>), a kind we do not know, or not in canonical form.</summary>
public sealed record ForeignKey : DatastoreKey
{
    internal ForeignKey(string text)
        : base(text)
    {
    }
}
