namespace Cki;

/// <summary>Finds what stands before a line's own words.</summary>
public static class LineText
{
    /// <summary>A longer line keeps its beginning; the kernel's longest record is 1 KiB, compilers' lines rarely pass 4.</summary>
    public const int CharactersMax = 8192;

    // 2025-03-06T10:08:09.412630Z 01E and a space, or + for the continuation of a line.
    internal const int RunnerPrefixBytes = 32;

    /// <summary>Length of the runner's time prefix, 0 where there is none; whether the line continues the one before.</summary>
    public static int RunnerPrefix(ReadOnlySpan<byte> raw, out bool continues)
    {
        continues = false;
        if (raw.Length < RunnerPrefixBytes || raw[4] != '-' || raw[10] != 'T' || raw[19] != '.' || raw[26] != 'Z' || raw[27] != ' '
            || raw[30] is not ((byte)'E' or (byte)'O') || raw[31] is not ((byte)' ' or (byte)'+') || !char.IsAsciiDigit((char)raw[0]))
            return 0;
        continues = raw[31] == '+';
        return RunnerPrefixBytes;
    }

    /// <summary>
    /// The line's own words: without TAP's <c># </c>, without dates, console time stamps (<c>[   12.345678][ T123]</c>), log levels.
    /// </summary>
    public static ReadOnlySpan<char> Words(string line)
    {
        ReadOnlySpan<char> text = line.AsSpan().TrimStart();
        while (text.StartsWith("# ", StringComparison.Ordinal))
            text = text[2..].TrimStart();
        int stamp = AfterStamps(text);
        if (stamp > 0)
            return WithoutCpu(text[stamp..].TrimStart());
        int kernel = text[..Math.Min(text.Length, 120)].IndexOf(" kernel: ", StringComparison.Ordinal);
        if (kernel >= 0)
            return text[(kernel + 9)..].TrimStart();
        return WithoutDate(text);
    }

    /// <summary>True for a console line with the kernel's time stamp.</summary>
    public static bool IsConsole(string line) => AfterStamps(line) > 0;

    private static int AfterStamps(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> start = text[..Math.Min(text.Length, 160)];
        int from = 0;
        int after = 0;
        while (from < start.Length && start[from..].IndexOf('[') is var open and >= 0)
        {
            int close = start[(from + open)..].IndexOf(']');
            if (close < 0)
                break;
            ReadOnlySpan<char> inside = start.Slice(from + open + 1, close - 1);
            bool follows = after > 0 && from + open == after;
            if (IsSeconds(inside) || (follows && IsTask(inside)))
                after = from + open + close + 1;
            else if (after > 0)
                break;
            from += open + close + 1;
        }
        return after;
    }

    // Android's consoles name the CPU and the task after the stamp: c1   4007 BUG: ...
    private static ReadOnlySpan<char> WithoutCpu(ReadOnlySpan<char> text)
    {
        if (text.Length < 8 || text[0] != 'c' || !char.IsAsciiDigit(text[1]))
            return text;
        int word = text[1..].IndexOfAnyExceptInRange('0', '9') + 1;
        if (word < 2 || text[word] != ' ')
            return text;
        ReadOnlySpan<char> rest = text[word..].TrimStart();
        int task = rest.IndexOfAnyExceptInRange('0', '9');
        return task > 0 && rest[task] == ' ' ? rest[task..].TrimStart() : text;
    }

    private static bool IsSeconds(ReadOnlySpan<char> inside)
    {
        ReadOnlySpan<char> digits = inside.TrimStart();
        int dot = digits.IndexOf('.');
        return dot > 0 && digits.Length - dot == 7 && digits[..dot].IndexOfAnyExceptInRange('0', '9') < 0
            && digits[(dot + 1)..].IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static bool IsTask(ReadOnlySpan<char> inside)
    {
        ReadOnlySpan<char> task = inside.TrimStart();
        return task.Length > 1 && task[0] is 'T' or 'C' && task[1..].IndexOfAnyExceptInRange('0', '9') < 0;
    }

    // 2018/01/09 14:28:48 and the like, as test machines' log readers print it.
    private static ReadOnlySpan<char> WithoutDate(ReadOnlySpan<char> text)
    {
        if (text.Length < 20 || !char.IsAsciiDigit(text[0]) || text[4] is not ('/' or '-') || text[7] != text[4] || text[13] != ':')
            return text;
        int end = text[13..].IndexOf(' ');
        return end < 0 ? text : text[(13 + end)..].TrimStart();
    }
}
