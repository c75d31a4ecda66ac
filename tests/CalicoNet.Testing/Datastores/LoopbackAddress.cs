using System.Net;

namespace CalicoNet.Testing;

/// <summary>
/// Addresses of 127.0.0.0/8, each given once: what listens on one of its own has the usual ports for itself, whatever runs beside it, and
/// there is no free port to look for and to lose again.
/// </summary>
public static class LoopbackAddress
{
    private static int _given;

    /// <summary>One that nobody else has: made of the process id and a number.</summary>
    public static IPAddress Next()
    {
        var number = Interlocked.Increment(ref _given);
        // 127.0.x.x is what others use.
        var bits = ((Environment.ProcessId & 0x3fff) << 9) | (number & 0x1ff) | 0x800000;
        return new IPAddress([127, (byte)(bits >> 16), (byte)(bits >> 8), (byte)bits]);
    }
}
