using CalicoNet.Benchmarks;
using CalicoNet.Benchmarks.Rows;

// The speed table: everything is a ratio taken in one run on one machine, side by side with its peer, in a namespace that plays the host.
if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

if (options.ImportOnly is { } module)
{
    Import.TimeHere(module);
    return 0;
}

if (!options.IsInside)
{
    return Inside.Run(args);
}

Row[] rows =
[
    new CreateFromCode("raw C floor", Peer.Floor, 1.0, Kind.Plain),
    new CreateFromCode("the shortest C", Peer.Shortest, 1.15, Kind.Static),
    new CreateFromCode("raw C floor, dual stack", Peer.Floor, null, Kind.Dual),
    new CreateInPipeline("raw C floor, which keeps no record and no pools", Peer.Floor, 1.5),
    new CreateInPipeline("the seed's script", Peer.Seed, null) { AtLeast = 25 },
    new RemoveMany(),
    new RemoveOne(),
    new NotYet("CNI ADD, DEL, both, 64 at once, with NAT, with etcd, VERSION", "ptp + host-local", "see performance.md"),
    new NeighborDump(NeighborDump.Peer.PlainIp),
    new NeighborDump(NeighborDump.Peer.JsonInPwsh),
    new NatGrowth(),
    new Import(),
    new AllocateAddress(),
    new Memory(),
];

using var report = new Report(options);
foreach (var row in rows.Where(row => options.Only is null || $"{row.Work} {row.Against}".Contains(options.Only, StringComparison.OrdinalIgnoreCase)))
{
    report.Add(row, options.Rounds);
}

report.Close();
return 0;
