using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>What is wrong with address management, in words.</summary>
internal static class IpamProblems
{
    private const string Mend = "Repair-CalicoIpam mends it.";

    public static CalicoIpamProblem ToObject(CalicoDatastore source, IpamProblem problem) => new()
    {
        Source = source,
        Problem = problem.Kind.ToString(),
        Subject = SubjectOf(problem),
        NodeName = problem.Node,
        Details = DetailsOf(problem),
        Remedy = problem.IsMendable ? Mend : RemedyOf(problem),
        IPAddress = problem.Address.ToString(),
        Block = problem.Block.ToString(),
        Handle = problem.Handle,
        User = problem.User,
    };

    /// <summary>What mending it does.</summary>
    public static string StepOf(IpamProblem problem) => problem.Kind switch
    {
        IpamProblemKind.AllocatedNotInUse => $"release {problem.Address} of the handle '{problem.Handle}'",
        IpamProblemKind.OrphanedHandle => $"delete the handle '{problem.Handle}'",
        IpamProblemKind.MissingHandle => $"create the handle '{problem.Handle}' with {problem.Allocated} addresses",
        IpamProblemKind.WrongHandleCount => $"have the handle '{problem.Handle}' count {problem.Allocated} addresses",
        IpamProblemKind.BlockWithoutAffinity => $"create the claim of node '{problem.Node}' to the block {problem.Block}",
        IpamProblemKind.AffinityWithoutBlock => $"delete the claim of node '{problem.Node}' to the block {problem.Block}",
        IpamProblemKind.UnconfirmedAffinity => $"confirm the claim of node '{problem.Node}' to the block {problem.Block}",
        _ => $"delete the block {problem.Block}",
    };

    public static string SubjectOf(IpamProblem problem) => problem.Kind switch
    {
        IpamProblemKind.AllocatedNotInUse or IpamProblemKind.InUseNotAllocated or IpamProblemKind.InUseOutsidePools or IpamProblemKind.InUseTwice => problem.Address.ToString(),
        IpamProblemKind.OrphanedHandle or IpamProblemKind.MissingHandle or IpamProblemKind.WrongHandleCount => problem.Handle,
        IpamProblemKind.CorruptDocument => problem.Key,
        IpamProblemKind.RecordWithoutInterface => problem.User,
        IpamProblemKind.InterfaceWithoutRecord => problem.Interface,
        _ => problem.Block.ToString(),
    };

    private static string DetailsOf(IpamProblem problem) => problem.Kind switch
    {
        IpamProblemKind.AllocatedNotInUse => $"It is allocated under the handle '{problem.Handle}', and no endpoint or node has it.",
        IpamProblemKind.InUseNotAllocated => $"'{problem.User}' has it, and it is not allocated: another may get it too.",
        IpamProblemKind.InUseOutsidePools => $"'{problem.User}' has it, and it is in no enabled pool.",
        IpamProblemKind.InUseTwice => $"Several have it: {problem.User}.",
        IpamProblemKind.OrphanedHandle => $"It counts {problem.Counted} addresses, and no block has one.",
        IpamProblemKind.MissingHandle => $"{problem.Allocated} addresses are allocated under it, and it is not there.",
        IpamProblemKind.WrongHandleCount => $"It counts {problem.Counted} addresses, and the blocks have {problem.Allocated}, or others.",
        IpamProblemKind.BlockWithoutAffinity => $"It is node '{problem.Node}'s, which has no claim to it.",
        IpamProblemKind.AffinityWithoutBlock => $"Node '{problem.Node}' claims it, and it is not there, or another's.",
        IpamProblemKind.UnconfirmedAffinity => $"The claim of node '{problem.Node}' is {problem.Reason}.",
        IpamProblemKind.UnownedEmptyBlock => "It is nobody's, and no address of it is in use.",
        IpamProblemKind.MisalignedBlock => "Its size is not that of its pool's blocks: addresses may be in two of them.",
        IpamProblemKind.CorruptDocument => $"It cannot be used: {problem.Reason}.",
        IpamProblemKind.RecordWithoutInterface => $"Its interface '{problem.Interface}' is not on this host.",
        _ => $"It is an endpoint's, of which there is no record as node '{problem.Node}'.",
    };

    private static string RemedyOf(IpamProblem problem) => problem.Kind switch
    {
        IpamProblemKind.InUseNotAllocated => "Allocate it to the endpoint, or make the endpoint anew.",
        IpamProblemKind.InUseOutsidePools => "None is needed where another address management gave it.",
        IpamProblemKind.InUseTwice => "Remove all but one of the endpoints.",
        IpamProblemKind.MisalignedBlock => "Release its addresses; it goes with the last one.",
        IpamProblemKind.CorruptDocument => "Correct or remove it with the tool that wrote it.",
        IpamProblemKind.RecordWithoutInterface => "Repair-CalicoEndpoint rebuilds it, Remove-CalicoEndpoint removes it.",
        _ => "Remove-CalicoEndpoint removes it.",
    };
}
