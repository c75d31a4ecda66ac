using System.Management.Automation;
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
        if (InputObject is { Planned: true })
        {
            throw CommandFault.Planned($"network namespace '{InputObject}'");
        }

        if (_reading is not null)
        {
            _reading.Process(StandardInput);
        }
        else if (ScriptBlock is not null)
        {
            NetworkStack.Open(Where).Dispose();   // one that is not there, or may not be entered, is told now
            NamespaceBlock.Run(this, Where, ScriptBlock, ArgumentList);
        }
        else if (!MyInvocation.ExpectingInput || ParameterSetName == ObjectProgramSet)
        {
            using var running = NamespaceProgram.Start(this, Where, FilePath, ArgumentList, expectInput: false);
            running.End();
        }
    }

    private protected override void Finish() => _reading?.End();

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
