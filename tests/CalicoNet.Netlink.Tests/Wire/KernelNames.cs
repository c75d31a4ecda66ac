using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Wire;

/// <summary>A number of this library and what the kernel's headers call it.</summary>
/// <param name="Place">Where it is, for people.</param>
/// <param name="Value">The number.</param>
/// <param name="Expression">A C expression.</param>
internal sealed record KernelNumber(string Place, long Value, string Expression);

/// <summary>
/// Reads the kernel's names out of this library's own source. An enum's member, a constant or a header's field says its name in the comment
/// behind it (<c>// IFLA_ADDRESS</c>) or in parentheses in its documentation (<c>(IFF_UP)</c>); a struct in <c>struct NAME (header)</c>.
/// Values come from the compiled assembly. Whatever looks like the kernel's and has no name is listed as nameless.
/// </summary>
internal sealed partial class KernelNames
{
    private static readonly Assembly s_library = typeof(NetworkStack).Assembly;

    private readonly HashSet<Type> _seen = [];
    private readonly List<KernelNumber> _numbers = [];
    private readonly List<string> _nameless = [];

    private KernelNames()
    {
    }

    public IReadOnlyList<KernelNumber> Numbers => _numbers;

    public IReadOnlyList<string> Nameless => _nameless;

    public static KernelNames Read()
    {
        var names = new KernelNames();
        var folder = Repository.At("src", "CalicoNet.Netlink");
        foreach (var path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (!Path.GetRelativePath(folder, path).Split('/').Any(part => part is "obj" or "bin"))
                names.ReadFile(File.ReadAllLines(path));
        }

        // A type that the reading above went past would be a hole in the net.
        foreach (var type in s_library.GetTypes().Where(type => type.IsEnum && !names._seen.Contains(type)))
            names._nameless.Add($"{type.FullName} was not found in the source");
        return names;
    }

    private void ReadFile(string[] lines)
    {
        var prefix = "";
        var outer = "";
        Type? type = null;
        var isKernels = false;
        var documentation = "";
        foreach (var line in lines)
        {
            if (DocumentationLine().Match(line) is { Success: true } comment)
            {
                documentation += comment.Groups[1].Value + " ";
                continue;
            }

            if (AttributeLine().IsMatch(line))
                continue;

            if (NamespaceLine().Match(line) is { Success: true } space)
            {
                prefix = space.Groups[1].Value + ".";
            }
            else if (TypeLine().Match(line) is { Success: true } declaration)
            {
                var isNested = declaration.Groups[1].Length > 0;
                var (kind, name) = (declaration.Groups[2].Value, declaration.Groups[3].Value);
                outer = isNested ? outer : name;
                type = s_library.GetType(prefix + (isNested ? $"{outer}+{name}" : name), throwOnError: false);
                var header = StructSummary().Match(documentation);
                isKernels = kind == "struct" && header.Success;
                if (type is { IsEnum: true })
                    _seen.Add(type);
                else if (isKernels)
                    AddStruct(type!, header.Groups[1].Value);
                else if (kind == "struct" && name.EndsWith("Header", StringComparison.Ordinal))
                    _nameless.Add(name);
            }
            else if (type is { IsEnum: true } && MemberLine().Match(line) is { Success: true } member)
            {
                AddMember(type, member.Groups[1].Value, isExplicit: member.Groups[2].Success, NameIn(member.Groups[3].Value, documentation));
            }
            else if (ConstantLine().Match(line) is { Success: true } constant)
            {
                AddConstants(prefix + outer, type, constant.Groups[1].Value, constant.Groups[2].Value, documentation);
            }
            else if (isKernels && FieldLine().Match(line) is { Success: true } field)
            {
                AddField(type!, field.Groups[1].Value, field.Groups[2].Value);
            }

            documentation = "";
        }
    }

    private void AddMember(Type type, string name, bool isExplicit, string? kernel)
    {
        var value = Convert.ToInt64(type.GetField(name)!.GetRawConstantValue(), null);
        if (type == typeof(Errno) && value != 0)
            kernel = name;   // its members are the kernel's names

        // An enum without numbers is this library's own. No flag is no constant.
        if (!isExplicit || (kernel is null && name == "None" && value == 0))
            return;
        if (kernel is null)
            _nameless.Add($"{type.Name}.{name}");
        else
            _numbers.Add(new KernelNumber($"{type.Name}.{name}", value, kernel));
    }

    private void AddConstants(string outer, Type? current, string declarations, string comment, string documentation)
    {
        // `LockExclusive = 2, LockNoWait = 4;   // LOCK_EX, LOCK_NB`
        var names = DeclaredName().Matches(declarations).Select(match => match.Groups[1].Value).ToList();
        var kernels = names.Count > 1 ? comment.Split(", ").Select(part => NameIn(part, "")).ToList() : [NameIn(comment, documentation)];
        foreach (var (name, kernel) in names.Zip(kernels))
        {
            if (kernel is null)
                continue;
            const BindingFlags any = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
            var field = current?.GetField(name, any) ?? s_library.GetType(outer)?.GetField(name, any);
            if (field is null)
                _nameless.Add($"{outer}: {kernel} is a constant inside a method; make it one of the class");
            else
                _numbers.Add(new KernelNumber($"{field.DeclaringType!.Name}.{name}", Convert.ToInt64(field.GetRawConstantValue(), null), kernel));
        }
    }

    private void AddStruct(Type type, string kernel)
    {
        var size = (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
        _numbers.Add(new KernelNumber(type.Name, size, $"sizeof({kernel})"));
        if (type.GetField("Size")?.GetRawConstantValue() is int constant)
            _numbers.Add(new KernelNumber($"{type.Name}.Size", constant, $"sizeof({kernel})"));
    }

    private void AddField(Type type, string name, string kernel)
    {
        var match = FieldName().Match(kernel);
        var size = _numbers.Last(number => number.Place == type.Name).Expression;
        if (match.Success)
            _numbers.Add(new KernelNumber($"{type.Name}.{name}", Marshal.OffsetOf(type, name), $"offsetof({size["sizeof(".Length..^1]}, {match.Value})"));
        else
            _nameless.Add($"{type.Name}.{name}");
    }

    private static string? NameIn(string comment, string documentation)
    {
        var behind = KernelName().Match(comment);
        if (behind.Success)
            return behind.Value;
        var within = NameInParentheses().Match(documentation);
        return within.Success ? within.Groups[1].Value : null;
    }

    [GeneratedRegex(@"^\s*/// ?(.*)$")]
    private static partial Regex DocumentationLine();

    [GeneratedRegex(@"^\s*\[.*\]$")]
    private static partial Regex AttributeLine();

    [GeneratedRegex(@"^namespace ([\w.]+);")]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(\s*)(?:(?:public|internal|private|static|sealed|abstract|readonly|unsafe|partial|ref) )*(enum|struct|class|record|interface)(?: struct)? (\w+)")]
    private static partial Regex TypeLine();


    [GeneratedRegex(@"<summary>(struct \w+)\b")]
    private static partial Regex StructSummary();

    [GeneratedRegex(@"^\s+(\w+)( = [^,/]+)?,?\s*(?:// (.*))?$")]
    private static partial Regex MemberLine();

    [GeneratedRegex(@"^\s+(?:(?:public|internal|private) )?const \w+ ([^/;]+);\s*(?:// (.*))?$")]
    private static partial Regex ConstantLine();

    [GeneratedRegex(@"(\w+) = ")]
    private static partial Regex DeclaredName();

    [GeneratedRegex(@"^\s+(?:public|private) [\w<>]+ (\w+);\s*(?:// (.*))?$")]
    private static partial Regex FieldLine();

    [GeneratedRegex(@"^[a-z_][\w.]*")]
    private static partial Regex FieldName();

    [GeneratedRegex(@"^(?:(?:sizeof|offsetof)\([^)]*\)|(?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|IFNAMSIZ|IFALIASZ)(?: - \d+)?)")]
    private static partial Regex KernelName();

    [GeneratedRegex(@"\(((?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|IFNAMSIZ|IFALIASZ)(?:\([A-Z0-9_]+\))?(?: - \d+)?)[,)]")]
    private static partial Regex NameInParentheses();
}
