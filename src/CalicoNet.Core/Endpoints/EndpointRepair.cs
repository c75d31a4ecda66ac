namespace CalicoNet.Core;

/// <summary>What became of the repair of one endpoint.</summary>
/// <param name="Name">The endpoint.</param>
/// <param name="Endpoint">What it should be; null where that is not known.</param>
/// <param name="Mended">What was put right, as it was found afterwards.</param>
/// <param name="Different">What is different still.</param>
/// <param name="Error">Why it could not be mended; null when nothing is missing any more.</param>
public sealed record EndpointRepair(EndpointName Name, Endpoint? Endpoint, IReadOnlyList<Finding> Mended, IReadOnlyList<Finding> Different, Exception? Error)
{
    internal static EndpointRepair Failed(EndpointName name, Exception error, Endpoint? endpoint = null) => new(name, endpoint, [], [], error);
}
