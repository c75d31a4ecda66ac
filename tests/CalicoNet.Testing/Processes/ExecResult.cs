using System.Text.Json;

namespace CalicoNet.Testing;

/// <summary>What a program that ended has said. An exit code above 128 is a signal: 137 is SIGKILL.</summary>
public sealed record ExecResult(string Command, int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The output as JSON. iproute2 prints nothing at all where it means an empty list.</summary>
    public JsonElement Json() => JsonSerializer.Deserialize<JsonElement>(string.IsNullOrWhiteSpace(Output) ? "[]" : Output);

    public ExecResult OrThrow() => Succeeded ? this : throw new ExecException(this);
}
