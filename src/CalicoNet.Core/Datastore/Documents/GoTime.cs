using System.Globalization;

namespace CalicoNet.Core;

/// <summary>Times in Go's own text, as allocations have them: <c>2026-11-23 12:57:46.71942553 +0000 UTC</c>, zeros at the end of the fraction cut.</summary>
public static class GoTime
{
    /// <summary>The text of a time.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF' +0000 UTC'", CultureInfo.InvariantCulture);

    /// <summary>Reads a text. Nanoseconds are cut to .NET's 100.</summary>
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is null || !text.EndsWith(" +0000 UTC", StringComparison.Ordinal))
        {
            return false;
        }

        var digits = text.AsSpan(0, text.Length - " +0000 UTC".Length);
        // 19 characters to the second, a point, seven digits that .NET can hold, two that it cannot.
        if (digits.Length > 29 || (digits.Length > 27 && digits[27..].ContainsAnyExceptInRange('0', '9')))
        {
            return false;
        }

        return DateTimeOffset.TryParseExact(digits[..Math.Min(digits.Length, 27)], "yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }

    /// <summary>A time to the second, as Calico stores those of documents.</summary>
    internal static DateTimeOffset ToSeconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));
}
