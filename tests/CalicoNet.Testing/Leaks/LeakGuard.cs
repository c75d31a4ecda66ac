namespace CalicoNet.Testing;

/// <summary>
/// A census around a whole test assembly. xUnit v3 makes one and disposes it after the last test:
/// <c>[assembly: AssemblyFixture(typeof(LeakGuard))]</c>.
/// </summary>
public sealed class LeakGuard : IDisposable
{
    // A developer makes namespaces by hand while tests run; CI has nobody else, so everything left there is ours.
    private readonly LeakCensus _before = LeakCensus.Take(Requires.IsCI ? LeakScope.Machine : LeakScope.Process);

    public void Dispose()
    {
        try { _before.AssertNothingLeft(); }
        finally { Sandbox.DisposeAll(); } // reported; the next run starts clean
    }
}
