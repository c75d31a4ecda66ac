using CalicoNet.PowerShell.Tests;
using CalicoNet.Testing;

[assembly: AssemblyFixture(typeof(ThrowawayDatastore))]
[assembly: AssemblyFixture(typeof(LeakGuard))]
