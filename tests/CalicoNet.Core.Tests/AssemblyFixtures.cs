using CalicoNet.Testing;

[assembly: AssemblyFixture(typeof(LeakGuard))]
