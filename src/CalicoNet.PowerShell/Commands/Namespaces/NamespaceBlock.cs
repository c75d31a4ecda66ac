using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// A block whose cmdlets work in a namespace: it is the current one while the block runs, and the caller's is while an object is on its way
/// down the caller's pipeline. Programs that the block starts are led inside.
/// </summary>
internal sealed class NamespaceBlock
{
    private static readonly CmdletInfo Emit = new("Write-NamespaceBlockOutput", typeof(EmitCommand));

    private readonly NetworkCommand _caller;
    private readonly NetNamespaceRef _where;
    private CurrentNamespace.Frame? _callers, _blocks;
    private bool _isInside;

    private NamespaceBlock(NetworkCommand caller, NetNamespaceRef where)
    {
        _caller = caller;
        _where = where;
    }

    /// <summary>Runs a block to its end, or to where it is left.</summary>
    public static void Run(NetworkCommand caller, NetNamespaceRef where, ScriptBlock block, PSObject?[] arguments)
        => new NamespaceBlock(caller, where).Run(block, arguments);

    private void Run(ScriptBlock block, PSObject?[] arguments)
    {
        var engine = _caller.Engine;
        var before = engine.InvokeCommand.PostCommandLookupAction;
        using var pipeline = Pipeline(block, arguments);
        _blocks = new(_where, IsBlock: true, CurrentNamespace.Top);
        Enter();
        engine.InvokeCommand.PostCommandLookupAction = (sender, found) =>
        {
            before?.Invoke(sender, found);
            LeadInside(found);
        };
        try
        {
            pipeline.Begin(expectInput: false, engine);
            pipeline.End();
        }
        finally
        {
            engine.InvokeCommand.PostCommandLookupAction = before;
            Leave();
        }
    }

    /// <summary>The block with its arguments, and our end after it. Its expressions are evaluated here, in the caller's scope.</summary>
    private SteppablePipeline Pipeline(ScriptBlock block, PSObject?[] arguments)
    {
        const string variable = "__CalicoNetBlock";
        var variables = _caller.SessionState.PSVariable;
        var words = string.Concat(Enumerable.Range(3, arguments.Length).Select(i => string.Create(CultureInfo.InvariantCulture, $" ${variable}[{i}]")));
        variables.Set($"private:{variable}", (object?[])[block, Emit, this, .. arguments]);
        try
        {
            return ScriptBlock.Create($"& ${variable}[0]{words} | & ${variable}[1] -To ${variable}[2]").GetSteppablePipeline(_caller.MyInvocation.CommandOrigin);
        }
        finally
        {
            variables.Remove($"private:{variable}");
        }
    }

    private void Enter()
    {
        _callers = CurrentNamespace.Top;
        CurrentNamespace.Top = _blocks;
        _isInside = true;
    }

    private void Leave()
    {
        _blocks = CurrentNamespace.Top;
        CurrentNamespace.Top = _callers;
        _isInside = false;
    }

    private void Write(object? output)
    {
        Leave();
        try
        {
            _caller.WriteObject(output);
        }
        finally
        {
            Enter();
        }
    }

    /// <summary>
    /// Puts nsenter before a program that is looked up. A block of a block inside sees it first, and its namespace is the current one.
    /// </summary>
    private void LeadInside(CommandLookupEventArgs found)
    {
        if (!_isInside || found.CommandScriptBlock is not null || NamespaceProgram.GoesInside(found.CommandName))
        {
            return;
        }

        switch (found.Command is AliasInfo alias ? alias.ResolvedCommand : found.Command)
        {
            case ApplicationInfo program:
                var inside = $"CalicoNet\\Invoke-NetNamespace -NetNamespace {Quote(CurrentNamespace.Reference.ToString())} -FilePath {Quote(program.Path)} -ArgumentList $args";
                found.CommandScriptBlock = ScriptBlock.Create($"if ($MyInvocation.ExpectingInput) {{ $input | {inside} }} else {{ {inside} }}");
                break;
            case CmdletInfo { Name: "Start-Process" }:
                // The engine swallows what is thrown here: the refusal takes the command's place.
                var reason = $"Start-Process in a block of Invoke-NetNamespace would start the program on the host, and not in network namespace '{CurrentNamespace.Reference}'.";
                found.CommandScriptBlock = ScriptBlock.Create(
                    $$"""
                    $fault = [Management.Automation.ErrorRecord]::new([InvalidOperationException]::new({{Quote(reason)}}), '{{ErrorIds.NativeCommandInBlock}}', 'InvalidOperation', 'Start-Process')
                    $fault.ErrorDetails = [Management.Automation.ErrorDetails]::new({{Quote(reason)}})
                    $fault.ErrorDetails.RecommendedAction = {{Quote(ErrorMap.Advice(ErrorIds.NativeCommandInBlock))}}
                    throw $fault
                    """);
                break;
        }
    }

    private static string Quote(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    /// <summary>The end of the block's pipeline: hands what comes to the caller.</summary>
    internal sealed class EmitCommand : Cmdlet
    {
        [Parameter(Mandatory = true)]
        public NamespaceBlock To { get; set; } = null!;

        [Parameter(ValueFromPipeline = true), AllowNull, AllowEmptyString, AllowEmptyCollection]
        public PSObject? Output { get; set; }

        protected override void ProcessRecord() => To.Write(Output);
    }
}
