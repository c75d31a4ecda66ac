using System.Management.Automation;
using System.Runtime.ExceptionServices;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Runs a program inside a network namespace, or a block whose cmdlets work in it. Programs that the block starts run inside, too. Jobs,
/// other runspaces and .NET's own networking do not.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "NetNamespace", DefaultParameterSetName = ObjectBlockSet)]
[OutputType(typeof(object))]
[Needs(NeedsAttribute.SysAdmin)]
public sealed class InvokeNetNamespaceCommand : NamespaceCommand
{
    private const string NameBlockSet = "NameAndBlock", ObjectBlockSet = "ObjectAndBlock", NameProgramSet = "NameAndProgram", ObjectProgramSet = "ObjectAndProgram";

    /// <summary>The namespace: a name, a path, a NetNamespace object, or <c>.</c> for this session's own.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameBlockSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameProgramSet)]
    [NetNamespaceTransformation, NameTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>Namespaces; the block or the program runs once in each.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectBlockSet)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectProgramSet)]
    public NetNamespace? InputObject { get; set; }

    /// <summary>The block. Its output streams; while an object is on its way down the pipeline, the current namespace is the caller's.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = NameBlockSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ObjectBlockSet)]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <summary>The program: a name that PATH leads to, or a path. It has the terminal where nothing captures its output.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NameProgramSet)]
    [Parameter(Mandatory = true, ParameterSetName = ObjectProgramSet)]
    public string FilePath { get; set; } = "";

    /// <summary>The program's or the block's arguments.</summary>
    [Parameter, AllowEmptyCollection, AllowNull]
    public PSObject?[] ArgumentList { get; set; } = [];

    /// <summary>What the program reads on its standard input.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = NameProgramSet), AllowNull, AllowEmptyString]
    public object? StandardInput { get; set; }

    private SteppablePipeline? _reading;

    private protected override string? NamespaceArgument => InputObject?.NetNamespace ?? NetNamespace;

    private protected override object? Target => NamespaceArgument;

    private protected override void Start()
    {
        if (ParameterSetName == NameProgramSet && MyInvocation.ExpectingInput)
        {
            _reading = NamespaceProgram.Start(this, Where, FilePath, ArgumentList, expectInput: true);
        }
    }

    private protected override void Process()
    {
        if (_reading is not null)
        {
            Step(() => _reading.Process(StandardInput));
        }
        else if (ScriptBlock is not null)
        {
            NetworkStack.Open(Where).Dispose();   // one that is not there, or may not be entered, is told now
            NamespaceBlock.Run(this, Where, ScriptBlock, ArgumentList);
        }
        else if (!MyInvocation.ExpectingInput || ParameterSetName == ObjectProgramSet)
        {
            using var running = NamespaceProgram.Start(this, Where, FilePath, ArgumentList, expectInput: false);
            Step(() => running.End());
        }
    }

    private protected override void Finish()
    {
        if (_reading is not null)
        {
            Step(() => _reading.End());
        }
    }

    /// <summary>
    /// Runs a part of the program. The engine takes a <c>break</c> further down the pipeline for a failure of the program that was writing (7.6): it
    /// is what it was.
    /// </summary>
    private static void Step(Action part)
    {
        try
        {
            part();
        }
        catch (ApplicationFailedException e) when (e.InnerException is FlowControlException flow)
        {
            ExceptionDispatchInfo.Throw(flow);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reading?.Dispose();
        }

        base.Dispose(disposing);
    }
}
