using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>The locks of several endpoints, let go together.</summary>
internal sealed class HeldEndpoints : IDisposable
{
    private readonly List<NamespaceLock> _locks = [];
    private readonly List<EndpointName> _names = [];
    private readonly Dictionary<EndpointName, CalicoException> _refused = [];

    /// <summary>Takes those that are to be had.</summary>
    public HeldEndpoints(IEnumerable<EndpointName> names, Func<EndpointName, NamespaceLock> hold)
    {
        foreach (var name in names)
        {
            try
            {
                _locks.Add(hold(name));
                _names.Add(name);
            }
            catch (CalicoException e)
            {
                _refused[name] = e;
            }
            catch
            {
                Dispose();
                throw;
            }
        }
    }

    /// <summary>The endpoints that are held.</summary>
    public IReadOnlyList<EndpointName> Names => _names;

    /// <summary>Those that somebody else works on, and why they are not held.</summary>
    public IReadOnlyDictionary<EndpointName, CalicoException> Refused => _refused;

    public void Dispose() => _locks.ForEach(held => held.Dispose());
}
