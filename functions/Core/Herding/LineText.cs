using System.Text;

namespace Cki;

/// <summary>Makes readable text of a trace's bytes, and finds what stands before a line's own words.</summary>
public static class LineText
{
    /// <summary>A longer line keeps its beginning; the kernel's longest record is 1 KiB, compilers' lines rarely pass 4.</summary>
    public const int CharactersMax = 8192;

    private const byte Escape = 0x1b;

    // 2025-03-06T10:08:09.412630Z 01E and a space, or + for the continuation of a line.
    private const int RunnerPrefixBytes = 32;

    /// <summary>Without escape sequences and control characters; invalid UTF-8 becomes U+FFFD.</summary>
    public static string Clean(ReadOnlySpan<byte> raw)
    {
        Span<byte> kept = raw.Length <= CharactersMax ? stackalloc byte[CharactersMax] : new byte[raw.Length];
        int length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] == Escape)
                i = EndOfSequence(raw, i);
            else if (raw[i] >= 0x20 && raw[i] != 0x7f)
                kept[length++] = raw[i];
            else if (raw[i] == '\t')
                kept[length++] = (byte)' ';
        }
        string text = Encoding.UTF8.GetString(kept[..length]);
        return text.Length <= CharactersMax ? text : text[..CharactersMax];
    }

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

    // Sequences end with a letter-like byte (CSI) or BEL (OSC); a broken one eats at most what is there.
    private static int EndOfSequence(ReadOnlySpan<byte> raw, int at)
    {
        if (at + 1 >= raw.Length)
            return at;
        bool isTitle = raw[at + 1] == ']';
        if (raw[at + 1] != '[' && !isTitle)
            return at + 1;
        int end = at + 2;
        while (end < raw.Length && !(isTitle ? raw[end] is 0x07 or Escape : raw[end] is >= 0x40 and <= 0x7e))
            end++;
        return end;
    }

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
