namespace CalicoNet.Testing;

/// <summary>A program failed; the message shows its command and everything it said.</summary>
public sealed class ExecException(ExecResult result)
    : Exception($"`{result.Command}` exited with {result.ExitCode}\n{result.Error}{result.Output}".TrimEnd())
{
    public ExecResult Result => result;
}
