using System.Runtime.CompilerServices;
using System.Text;

namespace Cki.Tool.Telemetry;

/// <summary>Reads the log files of one installation, oldest line first; following, it goes on with each line that is written, also into a next file.</summary>
internal sealed class LogFileReading(string directory, TimeProvider clock)
{
    /// <summary>As <c>tail -F</c> does: a person waits for this.</summary>
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(300);

    public async IAsyncEnumerable<HumanLine> ReadAsync(LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string last = "";
        long position = 0;
        while (true)
        {
            foreach (string path in LogFiles.In(directory).Where(p => string.CompareOrdinal(p, last) >= 0 && IsWanted(p, query)))
            {
                if (path != last)
                    (last, position) = (path, 0);
                (string[] lines, position) = await LinesAsync(path, position, cancellationToken);
                foreach (string line in lines)
                {
                    if (HumanLine.Parse(line) is { } read && query.Wants(read))
                        yield return read;
                }
            }
            if (!query.IsFollowing)
                yield break;
            await Task.Delay(s_glance, clock, cancellationToken);
        }
    }

    /// <summary>A day's file that ended before is not opened.</summary>
    private static bool IsWanted(string path, LogQuery query) =>
        query.Since is not { } since || string.CompareOrdinal(Path.GetFileName(path), $"cki-{since.UtcDateTime:yyyyMMdd}") >= 0;

    /// <summary>Whole lines alone: what is being written comes with the next look.</summary>
    private static async Task<(string[] Lines, long Position)> LinesAsync(string path, long position, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Position = position;
            byte[] rest = new byte[Math.Max(0, file.Length - position)];
            int read = await file.ReadAtLeastAsync(rest, rest.Length, throwOnEndOfStream: false, cancellationToken);
            int end = rest.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
            return (Encoding.UTF8.GetString(rest, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries), position + end);
        }
        catch (FileNotFoundException)
        {
            // Its days were over meanwhile.
            return ([], position);
        }
    }
}
