using System.Management.Automation;

namespace CalicoNet.EmptyModule;

[Cmdlet(VerbsCommon.Get, "Nothing")]
public sealed class GetNothingCommand : PSCmdlet;
