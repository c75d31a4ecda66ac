namespace CalicoNet.Core;

/// <summary>The nodes of a datastore. A document that is there is never changed: it is whoever's runs the host.</summary>
public sealed class CalicoNodes
{
    private readonly Datastore _datastore;
    private readonly Mutator _mutator;

    /// <summary>Works on a datastore, which stays the caller's.</summary>
    public CalicoNodes(Datastore datastore)
    {
        ArgumentNullException.ThrowIfNull(datastore);
        _datastore = datastore;
        _mutator = new Mutator(datastore, Mutator.Patience);
    }

    /// <summary>Makes a node's document.</summary>
    /// <param name="name">The node.</param>
    /// <param name="labels">What pools select it by.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="ArgumentException">It is no name of a node.</exception>
    /// <exception cref="CalicoException">There is one (<see cref="CalicoFault.Exists"/>), or the datastore is locked (<see cref="CalicoFault.NotReady"/>).</exception>
    /// <exception cref="DatastoreException">The datastore failed.</exception>
    public Node Register(string name, StringMap labels, DateTimeOffset now, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var node = Node.Create(name, now);
        node = labels.Count == 0 ? node : node with { Metadata = node.Metadata! with { Labels = labels } };
        return _mutator.Run(
            view =>
            {
                var draft = new IpamDraft(view);
                var state = new IpamState(draft);
                var found = draft.At(new ResourceKey<Node>(name));
                if (draft.Misses > 0)
                {
                    return draft.Read<Node>();
                }

                state.RequireReady();
                if (found.Exists)
                {
                    throw new CalicoException(CalicoFault.Exists, $"Node '{name}' exists.", name);
                }

                draft.Put(found, node);
                return draft.Commit(node);
            },
            name,
            cancellation);
    }

    /// <summary>Has a node give its blocks up, and deletes its document. Addresses that are in use there stay allocated, in blocks that are nobody's.</summary>
    /// <param name="name">The node.</param>
    /// <param name="force">Even if it has addresses in use.</param>
    /// <param name="isPreview">Whether it is only found out if it may be.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="CalicoException">There is none (<see cref="CalicoFault.NotFound"/>), it has addresses in use (<see cref="CalicoFault.NotAllowed"/>), or the datastore is locked (<see cref="CalicoFault.NotReady"/>).</exception>
    /// <exception cref="DatastoreException">The datastore failed. Repeating goes on where it was broken off.</exception>
    public void Unregister(string name, bool force, bool isPreview = false, CancellationToken cancellation = default)
    {
        var survey = IpamSurvey.Take(_datastore, cancellation);
        var claims = survey.Affinities.Where(affinity => affinity.Key.Node == name).Select(affinity => affinity.Key.Cidr)
            .Union(survey.Blocks.Values.Where(block => block.Node == name).Select(block => block.Cidr)).Order().ToList();
        if (claims.Count == 0 && survey.Nodes.All(node => node.Name != name))
        {
            throw new CalicoException(CalicoFault.NotFound, $"There is no node '{name}'.", name);
        }

        var inUse = survey.Allocations().Count(allocation => allocation.Attribute.Secondary?.Get(AllocationAttribute.NodeKey) == name);
        if (inUse > 0 && !force)
        {
            throw new CalicoException(CalicoFault.NotAllowed, $"Node '{name}' has {inUse} addresses in use. Remove its endpoints first; by force its document and its claims go, and the addresses stay allocated.", name);
        }

        if (isPreview)
        {
            return;
        }

        var assignments = new Assignments(_datastore);
        foreach (var cidr in claims)
        {
            assignments.GiveUp(name, cidr, onlyEmpty: false, cancellation);
        }

        _mutator.Run(
            view =>
            {
                var draft = new IpamDraft(view);
                var state = new IpamState(draft);
                var found = draft.At(new ResourceKey<Node>(name));
                if (draft.Misses > 0)
                {
                    return draft.Read<bool>();
                }

                state.RequireReady();
                draft.Delete(found.Seen);
                return draft.Commit(true);
            },
            name,
            cancellation);
    }
}
