using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cki.Adapters;

/// <summary>How far a log was read: the file by its inode, and the first byte not read.</summary>
internal sealed record LogPlace(long Inode, long Offset)
{
    /// <summary>A log that was never read is read from its end on; one that was rotated or cut, from its beginning.</summary>
    public static LogPlace From(string? memory, long size, long inode)
    {
        if (memory?.Split(' ') is not [var file, var at] || !long.TryParse(file, out long known) || !long.TryParse(at, out long offset))
            return new LogPlace(inode, size);
        return known == inode && offset <= size ? new LogPlace(inode, offset) : new LogPlace(inode, 0);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Inode} {Offset}");
}

/// <summary>Counts the lines that came since and match.</summary>
/// <param name="Sample">One of them; null: none.</param>
internal sealed record LogReading(int Lines, int Matches, string? Sample, LogPlace Next)
{
    /// <summary>What is beyond waits for the next look.</summary>
    private const int BytesMax = 16 << 20;

    public static async Task<LogReading> ReadAsync(CheckTarget.LogMatch target, LogPlace place, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(target.Path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous });
        file.Position = place.Offset;
        byte[] bytes = new byte[(int)Math.Clamp(file.Length - place.Offset, 0, BytesMax)];
        int read = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return Of(target.Pattern, bytes.AsSpan(0, read), place);
    }

    /// <summary>A line without an end is read with the rest of it, unless it fills the whole look.</summary>
    private static LogReading Of(string pattern, ReadOnlySpan<byte> bytes, LogPlace place)
    {
        int whole = bytes.LastIndexOf((byte)'\n') + 1;
        if (whole == 0 && bytes.Length == BytesMax)
            whole = bytes.Length;
        var regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        (int lines, int matches, string? sample) = (0, 0, null);
        foreach (string line in Encoding.UTF8.GetString(bytes[..whole]).Split('\n')[..^1])
        {
            lines++;
            if (!regex.IsMatch(line))
                continue;
            matches++;
            sample ??= line.Trim();
        }
        return new LogReading(lines, matches, sample, place with { Offset = place.Offset + whole });
    }
}
