using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// Decides which addresses a request gets, in Calico's order: of the node's own blocks, of a new block, of a block taken over, of another
/// node's. One instance decides once, of what has been seen; what it misses is read, and it is decided anew.
/// </summary>
internal sealed class Allocator
{
    /// <summary>How many blocks are read at once where they are looked through one by one.</summary>
    private const int ReadAhead = 50;

    /// <summary>How old a claim must be before another node takes the empty block over: else two nodes would take it from each other in turn.</summary>
    private static readonly TimeSpan TakeOverAge = TimeSpan.FromSeconds(60);

    private readonly IpamDraft _draft;
    private readonly AddressRequest _request;
    private readonly IpamState _state;
    private readonly AllocationAttribute _attribute;
    private readonly List<AssignedAddress> _assigned = [];

    private Allocator(View view, AddressRequest request)
    {
        _draft = new IpamDraft(view);
        _request = request;
        _state = new IpamState(_draft);
        _attribute = request.Attribute;
    }

    /// <summary>Decides a request.</summary>
    /// <exception cref="CalicoException">It cannot be met.</exception>
    /// <exception cref="CorruptDocumentException">A document it depends on cannot be read.</exception>
    public static Decision<IReadOnlyList<AssignedAddress>> Decide(View view, AddressRequest request) => new Allocator(view, request).Decide();

    private Decision<IReadOnlyList<AssignedAddress>> Decide()
    {
        // What every request needs is looked at before anything is decided: one round trip.
        _draft.AtPresumedAbsent(new HandleKey(_request.Handle));
        var record = _request.Record switch
        {
            { Replaces: true } write => _draft.At(write.Key),
            { } write => _draft.AtPresumedAbsent(write.Key),
            null => default(Found<WorkloadEndpoint>?),
        };
        List<Seen> others = [.. _request.Record?.Alone.SelectMany(_draft.InPresumedEmpty) ?? []];
        var sticky = _request.Sticky is { } endpoint ? _draft.At(new StickyAddressesKey(endpoint)) : default(Found<StickyAddresses>?);
        var absent = _request.Absent.Select(document => (Seen: _draft.At(document.Key.Text), document.Value)).ToList();
        var labels = _state.LabelsOf(_request.Node);
        foreach (var family in Families())
        {
            _draft.Below(BlockAffinityKey.Prefix(_request.Node, family));
        }

        if (_draft.Misses > 0)
        {
            return More();
        }

        _state.RequireReady();
        if (_draft.IsUncertain)
        {
            var committed = Committed();
            if (_draft.Misses > 0)
            {
                return More();
            }

            // Addresses in no pool are in the record alone: it is this request's very own where it reads as it would be written.
            List<AssignedAddress> all = [.. committed, .. _request.Addresses.Where(IsOutside).Select(Outside)];
            if (committed.Count > 0 || (all.Count > 0 && record is { Exists: true } written && written.Seen.Value.SequenceEqual(written.Key.Write(_request.Record!.Make(all)))))
            {
                return new Decision<IReadOnlyList<AssignedAddress>>.Done(all);
            }
        }

        if (record is { Exists: true } there && !_request.Record!.Replaces)
        {
            throw Exists(there.Key.Text);
        }

        if (others.Count > 0)
        {
            throw Exists(others[0].Key);
        }

        foreach (var address in _request.Addresses)
        {
            if (AssignNamed(address) is { } refusal && _draft.Misses == 0)
            {
                throw refusal;
            }
        }

        var preferred = sticky?.Document?.Addresses ?? [];
        if (_request.OfEachFamily)
        {
            foreach (var family in _state.FamiliesFor(_request, labels))
            {
                AssignAny(family, 1, labels, preferred);
            }
        }

        AssignAny(IPFamily.IPv4, _request.IPv4Count, labels, preferred);
        AssignAny(IPFamily.IPv6, _request.IPv6Count, labels, preferred);
        _state.MakeAbsent(_request.Node, _request.Time);
        if (_draft.Misses > 0)
        {
            return More();
        }

        if (sticky is { } notes)
        {
            // What it had of a family that it gets none of this time - there is no pool now, or another transaction sees to it - stays noted.
            List<IPAddr> noted = [.. _assigned.Select(assigned => assigned.Address), .. preferred.Where(address => _assigned.TrueForAll(assigned => assigned.Address.Family != address.Family))];
            if (!noted.ToHashSet().SetEquals(preferred))
            {
                _draft.Put(notes, new StickyAddresses { Addresses = noted });
            }
        }

        foreach (var (seen, value) in absent.Where(document => !document.Seen.Exists))
        {
            _draft.Put(seen, value);
        }

        if (record is { } place)
        {
            _draft.Put(place, _request.Record!.Make(_assigned));
        }

        return _draft.Commit<IReadOnlyList<AssignedAddress>>(_assigned);
    }

    private static CalicoException Exists(string key) => new(CalicoFault.Exists, $"There is a record at '{key}'.", key);

    private Decision<IReadOnlyList<AssignedAddress>> More() => _draft.Read<IReadOnlyList<AssignedAddress>>();

    private IEnumerable<IPFamily> Families()
        => _request.Addresses.Select(address => address.Family)
            .Concat(_request.IPv4Count > 0 || _request.OfEachFamily ? [IPFamily.IPv4] : [])
            .Concat(_request.IPv6Count > 0 || _request.OfEachFamily ? [IPFamily.IPv6] : [])
            .Distinct();

    private bool IsOutside(IPAddr address) => _request.AllowOutsidePools && _state.PoolOf(address) is null;

    private static AssignedAddress Outside(IPAddr address) => new(address, default, "");

    /// <summary>
    /// The addresses this very request got by a transaction whose reply was lost: they carry its handle, node and time. Handle and blocks are
    /// written together, so the handle names every block.
    /// </summary>
    private List<AssignedAddress> Committed()
    {
        var found = new List<AssignedAddress>();
        foreach (var cidr in _draft.Handle(_request.Handle)?.Blocks?.Keys.Order() ?? Enumerable.Empty<IPPrefix>())
        {
            if (_draft.TryBlock(cidr, out var block))
            {
                found.AddRange(block.AddressesOf(attribute => attribute == _attribute).Select(address => Assigned(address, cidr, _state.PoolOf(address))));
            }
        }

        return found;
    }

    /// <summary>Hands out an address by name, or says why not. Its block is made where it is missing, and used whoever owns it.</summary>
    private CalicoException? AssignNamed(IPAddr address)
    {
        if (IsOutside(address))
        {
            _assigned.Add(Outside(address));
            return null;
        }

        if (_state.TryEnabledPoolOf(address) is not { } pool)
        {
            return _state.PoolOf(address) is { } disabled
                ? Refuse(CalicoFault.NotAllowed, disabled.Closed, address)
                : Refuse(CalicoFault.NotFound, "It is in no IP pool.", address);
        }

        if (!pool.Allows(_request.Use))
        {
            return Refuse(CalicoFault.NotAllowed, $"IP pool '{pool.Name}' is not for {_request.Use} addresses.", address);
        }

        if (_state.Reservations.Contains(address))
        {
            return Refuse(CalicoFault.AddressReserved, "It is reserved.", address);
        }

        var cidr = pool.Space.Around(address);
        var affinity = AffinityOf(_request.Node, cidr);
        var block = _draft.Block(cidr);
        if (_draft.Misses > 0)
        {
            return null;
        }

        block ??= IPAMBlock.Create(cidr, _request.Node, _request.Time);
        var isOwn = block.Node == _request.Node;
        if (!isOwn && !CanBorrow(block))
        {
            return Refuse(CalicoFault.NotAllowed, _state.Config.StrictAffinity
                ? $"Its block {cidr} is not of node '{_request.Node}' ({block.Affinity ?? "it has no owner"}), and affinity is strict."
                : $"Its block {cidr} belongs to '{block.Affinity}', which is no node.", address);
        }

        if (block.Assign(address, _attribute) is not { } next)
        {
            return Refuse(CalicoFault.AddressInUse, $"It is in use by '{block.AttributeOf(block.OrdinalOf(address)!.Value)?.HandleId}'.", address);
        }

        if (isOwn)
        {
            Confirm(affinity);
        }

        Enter(pool, next, [address]);
        return null;
    }

    private void AssignAny(IPFamily family, int count, IReadOnlyDictionary<string, string> labels, IReadOnlyList<IPAddr> preferred)
    {
        if (count == 0 || _draft.Misses > 0)
        {
            return;
        }

        var wanted = new Wanted(family, count, _state.PoolsFor(_request, family, labels));
        foreach (var address in preferred.Where(address => wanted.PoolOf(address.ToPrefix()) is not null))
        {
            if (wanted.Left > 0 && AssignNamed(address) is null)
            {
                wanted.Left--;
            }
        }

        AssignFromOwn(wanted);
        AssignFromNew(wanted);
        AssignFromOthers(wanted);
        if (wanted.Left > 0 && _draft.Misses == 0)
        {
            var names = string.Join(", ", wanted.Pools.Select(pool => $"'{pool.Name}' ({pool.Cidr})"));
            var strict = _state.Config.StrictAffinity ? " Strict affinity keeps this node from using other nodes' blocks." : "";
            var cooling = _state.CoolDown > TimeSpan.Zero ? $" Addresses released within the last {_state.CoolDown.TotalSeconds:0} s are held back (cool-down)." : "";
            throw new CalicoException(CalicoFault.NoFreeAddress,
                $"Node '{_request.Node}' finds no free {family} address in IP pool {names}: {count - wanted.Left} of {count} could be had.{strict}{cooling}", wanted.Pools[0].Name);
        }
    }

    /// <summary>The node's own blocks in the order of their keys.</summary>
    private void AssignFromOwn(Wanted wanted)
    {
        var own = (from seen in _draft.Below(BlockAffinityKey.Prefix(_request.Node, wanted.Family))
                   let key = seen.Parts as BlockAffinityKey
                   where key is not null && wanted.PoolOf(key.Cidr) is not null
                   select new Found<BlockAffinity>(key, seen)).ToList();
        wanted.Owned = own.Count;
        var hasRead = false;
        foreach (var affinity in own)
        {
            var place = ((BlockAffinityKey)affinity.Key).Block;
            var cidr = place.Cidr;
            // The first is read alone, because it has room as a rule; if it had none, those after it are read together.
            if (wanted.Left == 0 || _draft.Misses >= (hasRead ? ReadAhead : 1))
            {
                return;
            }

            if (_state.Reservations.ContainsAll(cidr, out _))
            {
                continue;
            }

            // One without a free address is passed by, whatever else is in it - unless it is this very request that made it so.
            var misses = _draft.Misses;
            var seen = _draft.At(place.Text);
            hasRead |= _draft.Misses == misses;
            if (seen.IsFullBlock && !_draft.Changes(cidr))
            {
                continue;
            }

            if (_draft.Misses > 0)
            {
                continue;
            }

            if (!affinity.TryRead(out _) || (!_draft.TryBlock(cidr, out var block) && seen.Exists))
            {
                continue;
            }

            block ??= IPAMBlock.Create(cidr, _request.Node, _request.Time);
            if (block.Node != _request.Node)
            {
                // A claim that came to nothing: the block is another's, or nobody's.
                _draft.RelyOn(seen);
                _draft.Delete(affinity.Seen);
                wanted.Owned--;
                continue;
            }

            if (Take(wanted, block))
            {
                Confirm(affinity);
            }
        }
    }

    /// <summary>New blocks: the first free place of each pool, from the node's own place on.</summary>
    private void AssignFromNew(Wanted wanted)
    {
        var tried = new HashSet<IPPrefix>();
        while (wanted.Left > 0 && _draft.Misses == 0)
        {
            CheckLimit(wanted);
            var places = wanted.Pools.Select(pool => (Pool: pool, Blocks: new Occupied(_draft.Below(pool.BlockKeyPrefix, keysOnly: true), pool))).ToList();
            if (_draft.Misses > 0)
            {
                return;
            }

            var free = places.Select(place => place.Pool.Space.FindFree(
                    StartOf(place.Pool), cidr => !place.Blocks.Contains(cidr) && !_draft.Changes(cidr) && !tried.Contains(cidr), _state.Reservations))
                .FirstOrDefault(found => found is not null);
            if (free is not { } cidr)
            {
                return;
            }

            tried.Add(cidr);
            TakeNew(wanted, cidr);
        }
    }

    /// <summary>Other nodes' blocks: an empty one is taken over; then, unless affinity is strict, addresses are borrowed.</summary>
    private void AssignFromOthers(Wanted wanted)
    {
        if (wanted.Left == 0 || _draft.Misses > 0)
        {
            return;
        }

        var blocks = new List<IPAMBlock>();
        foreach (var pool in wanted.Pools)
        {
            var start = StartOf(pool);
            foreach (var cidr in new Occupied(_draft.Below(pool.BlockKeyPrefix, keysOnly: true), pool).Cidrs
                .OrderBy(cidr => (pool.Space.IndexOf(cidr.Address) - start) & (pool.Space.Count - 1)))
            {
                if (_draft.TryBlock(cidr, out var block) && !_state.Reservations.ContainsAll(cidr, out _))
                {
                    blocks.Add(block);
                }

                if (_draft.Misses >= ReadAhead)
                {
                    return;
                }
            }
        }

        if (_draft.Misses > 0)
        {
            return;
        }

        foreach (var block in blocks.Where(CanTakeOver))
        {
            if (wanted.Left == 0 || _draft.Misses > 0)
            {
                return;
            }

            CheckLimit(wanted);
            var theirs = AffinityOf(block.Node!, block.Cidr);
            if (TakeNew(wanted, block.Cidr))
            {
                _draft.Delete(theirs.Seen);
            }
        }

        foreach (var block in blocks.Where(block => !_draft.Changes(block.Cidr)))
        {
            if (wanted.Left == 0 || _draft.Misses > 0)
            {
                return;
            }

            var isOwn = block.Node == _request.Node;
            if ((isOwn || CanBorrow(block)) && Take(wanted, block) && isOwn)
            {
                // It lost its claim, by whatever: it is ours all the same.
                Confirm(AffinityOf(_request.Node, block.Cidr));
            }
        }
    }

    /// <summary>Whether this node may use addresses of another's block, or of nobody's. What belongs to no node (a load balancer's) is nobody else's.</summary>
    private bool CanBorrow(IPAMBlock block) => !_state.Config.StrictAffinity && (block.Node is not null || block.Affinity is null);

    private bool CanTakeOver(IPAMBlock block)
        => block.Node is { } owner && owner != _request.Node && block.IsEmpty && !_draft.Changes(block.Cidr)
            && block.CountFree(_state.Reservations.Contains) > 0
            && (block.AffinityClaimTime is not { } claimed || _request.Time - claimed >= TakeOverAge);

    private void CheckLimit(Wanted wanted)
    {
        if (wanted.Owned >= _state.Config.BlockLimit)
        {
            throw new CalicoException(CalicoFault.BlockLimit, $"Node '{_request.Node}' has {wanted.Owned} {wanted.Family} blocks without a free address, and may have {_state.Config.BlockLimit} (maxBlocksPerHost).", _request.Node);
        }

        if (!_state.Config.AutoAllocateBlocks)
        {
            throw new CalicoException(CalicoFault.BlockLimit, $"Node '{_request.Node}' has no {wanted.Family} block with a free address, and blocks are not taken automatically (auto_allocate_blocks).", _request.Node);
        }
    }

    /// <summary>Takes of a new block of the node. The claim stands at once: there is no moment at which one is there without the other.</summary>
    private bool TakeNew(Wanted wanted, IPPrefix cidr)
    {
        if (!Take(wanted, IPAMBlock.Create(cidr, _request.Node, _request.Time)))
        {
            return false;
        }

        wanted.Owned++;
        _draft.Put(AffinityOf(_request.Node, cidr), BlockAffinity.Create());
        return true;
    }

    private void Confirm(Found<BlockAffinity> affinity)
    {
        // An address is handed out of a block only while it is the node's: who gives it up, or takes it over, changes the affinity first.
        if (!_draft.IsPut(affinity.Seen))
        {
            if (affinity.Exists && affinity.TryRead(out var document) && document.IsConfirmed)
            {
                _draft.RelyOn(affinity.Seen);
            }
            else
            {
                _draft.Put(affinity, BlockAffinity.Create());
            }
        }
    }

    private bool Take(Wanted wanted, IPAMBlock block)
    {
        if (!LookForCooling(block, wanted.Left))
        {
            return false;
        }

        var (next, addresses) = block.Assign(wanted.Left, _attribute, address => _state.Reservations.Contains(address) || IsCooling(address));
        if (addresses.Length == 0)
        {
            return false;
        }

        wanted.Left -= addresses.Length;
        Enter(wanted.PoolOf(block.Cidr)!, next, addresses);
        return true;
    }

    /// <summary>Looks when the addresses next in turn were released, many at once; false while that is not known.</summary>
    private bool LookForCooling(IPAMBlock block, int count)
    {
        if (_state.CoolDown > TimeSpan.Zero)
        {
            foreach (var address in block.Unallocated.Select(block.AddressOf).Where(address => !_state.Reservations.Contains(address)))
            {
                if (count == 0 || _draft.Misses >= ReadAhead)
                {
                    break;
                }

                count -= IsCooling(address) || _draft.Misses > 0 ? 0 : 1;
            }
        }

        return _draft.Misses == 0;
    }

    private bool IsCooling(IPAddr address)
        => _state.CoolDown > TimeSpan.Zero && _draft.At(new ReleasedAddressKey(address)).Document is { } released && _request.Time - released.ReleasedAt < _state.CoolDown;

    private void Enter(AddressPool pool, IPAMBlock block, IReadOnlyCollection<IPAddr> addresses)
    {
        _state.RelyOn(pool);
        _draft.Set(block.Cidr, block);
        _draft.Count(_request.Handle, block.Cidr, addresses.Count);
        _assigned.AddRange(addresses.Select(address => Assigned(address, block.Cidr, pool)));
        if (_state.CoolDown > TimeSpan.Zero)
        {
            foreach (var address in addresses)
            {
                _draft.Delete(_draft.At(new ReleasedAddressKey(address)).Seen);
            }
        }
    }

    private Found<BlockAffinity> AffinityOf(string node, IPPrefix cidr) => _draft.At(new BlockAffinityKey(node, cidr));

    private UInt128 StartOf(AddressPool pool) => _request.Start?.Invoke(pool.Space) ?? pool.Space.Start(_request.Node, _request.Seed);

    private static AssignedAddress Assigned(IPAddr address, IPPrefix block, AddressPool? pool) => new(address, block, pool?.Name ?? "") { NatOutgoing = pool?.Document.Spec!.NatOutgoing };

    private static CalicoException Refuse(CalicoFault fault, string reason, IPAddr address)
        => new(fault, $"Address {address} cannot be had. {reason}", address.ToString());

    /// <summary>What is still to be found of a family, and where.</summary>
    private sealed class Wanted(IPFamily family, int count, IReadOnlyList<AddressPool> pools)
    {
        public IPFamily Family => family;

        public IReadOnlyList<AddressPool> Pools => pools;

        public int Left { get; set; } = count;

        /// <summary>The node's blocks in these pools, whatever the state of its claim.</summary>
        public int Owned { get; set; }

        public AddressPool? PoolOf(IPPrefix block) => pools.FirstOrDefault(pool => pool.Cidr.Contains(block.Address));
    }

    /// <summary>The blocks there are in a pool, by their keys alone: what cannot be read is in the way too.</summary>
    private sealed class Occupied
    {
        private readonly HashSet<IPPrefix> _blocks = [];
        private readonly List<IPPrefix> _odd = [];

        public Occupied(IReadOnlyList<Seen> keys, AddressPool pool)
        {
            foreach (var cidr in keys.Select(seen => seen.Parts).OfType<BlockKey>().Select(key => key.Cidr).Where(pool.Cidr.Overlaps))
            {
                if (cidr.Length == pool.Space.BlockLength)
                {
                    _blocks.Add(cidr);
                }
                else
                {
                    _odd.Add(cidr);
                }
            }
        }

        /// <summary>Those of the pool's own size: addresses are handed out of no other.</summary>
        public IEnumerable<IPPrefix> Cidrs => _blocks;

        public bool Contains(IPPrefix cidr) => _blocks.Contains(cidr) || _odd.Exists(cidr.Overlaps);
    }
}
