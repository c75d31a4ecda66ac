using System.Management.Automation.Runspaces;

namespace CalicoNet.Shell;

/// <summary>
/// A script's arguments as <c>pwsh -File</c> takes them: <c>-Name value</c>, <c>-Name:value</c>, <c>-Switch</c>, and values. Which word is a
/// switch and which wants the next one is the engine's to know.
/// </summary>
internal static class ScriptArguments
{
    public static IEnumerable<CommandParameter> Parse(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "--")
            {
                // As in a command: what follows are values, whatever they look like.
                foreach (var value in words.Skip(i + 1))
                {
                    yield return new CommandParameter(null, value);
                }

                yield break;
            }

            if (word.Length < 2 || word[0] != '-' || char.IsAsciiDigit(word[1]))
            {
                yield return new CommandParameter(null, word);
            }
            else if (word.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0)
            {
                // `-Name: value` is one parameter in two words.
                var value = colon + 1 < word.Length ? word[(colon + 1)..] : ++i < words.Count ? words[i] : "";
                yield return new CommandParameter(word[..colon], value.ToUpperInvariant() switch { "$TRUE" => true, "$FALSE" => false, _ => value });
            }
            else
            {
                yield return new CommandParameter(word);
            }
        }
    }
}
