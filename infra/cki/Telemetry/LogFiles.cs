using System.Globalization;
using System.Text;

namespace Cki.Tool.Telemetry;

/// <summary>How long and how much is kept.</summary>
/// <param name="Directory">Made where it is not there.</param>
internal sealed record LogFileOptions(string Directory)
{
    public const int DaysDefault = 14;

    /// <summary>Days that are kept, today's included.</summary>
    public int Days { get; init; } = DaysDefault;

    /// <summary>A larger file gets a successor of the same day.</summary>
    public long FileBytesMax { get; init; } = 64L << 20;

    /// <summary>Of all files; the oldest go first. A flood of lines must not fill the disk that the database lies on.</summary>
    public long AllBytesMax { get; init; } = 2L << 30;
}

/// <summary>
/// One directory of log files, <c>cki-20261123-000.log</c>: their names sort by time. A new one begins with the day (UTC) and at a size; old ones go then.
/// Never throws: a full disk costs lines, which are counted and told of when there is room again.
/// </summary>
internal sealed class LogFiles(LogFileOptions options, TimeProvider clock) : IDisposable
{
    public const string Pattern = "cki-*.log";

    private readonly Lock _gate = new();
    private FileStream? _file;
    private string _day = "";
    private long _size;
    private long _lost;
    private string _why = "";

    /// <summary>Lines that no file has.</summary>
    public long Lost
    {
        get
        {
            lock (_gate)
                return _lost;
        }
    }

    /// <summary>All files, oldest first.</summary>
    public static string[] In(string directory) =>
        Directory.Exists(directory) ? [.. Directory.GetFiles(directory, Pattern).Order(StringComparer.Ordinal)] : [];

    public void Write(string line)
    {
        lock (_gate)
        {
            try
            {
                FileStream file = Opened();
                if (_lost > 0)
                {
                    // The last line may have been torn.
                    var told = new HumanLine(clock.GetUtcNow(), "WARN", "cki.logs", $"{_lost} lines could not be written: {_why}", []);
                    Append(file, $"\n{told.Format(text => text)}\n");
                    _lost = 0;
                }
                Append(file, line + "\n");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _lost++;
                _why = e.Message;
                Close();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
            Close();
    }

    private void Append(FileStream file, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        file.Write(bytes);
        _size += bytes.Length;
    }

    private FileStream Opened()
    {
        string day = clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        if (_file is { } open && _day == day && _size < options.FileBytesMax)
            return open;
        Close();
        Directory.CreateDirectory(options.Directory);
        Sweep();
        string? last = In(options.Directory).LastOrDefault(known => DayOf(known) == day);
        string path = last is null ? PathOf(day, 0) : new FileInfo(last).Length < options.FileBytesMax ? last : PathOf(day, NumberOf(last) + 1);
        _day = day;
        _size = File.Exists(path) ? new FileInfo(path).Length : 0;
        // Others read along. The directory's lock keeps a second cki up away.
        return _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    private string PathOf(string day, int number) => Path.Combine(options.Directory, string.Create(CultureInfo.InvariantCulture, $"cki-{day}-{number:000}.log"));

    private static string DayOf(string path) => Path.GetFileNameWithoutExtension(path).Split('-')[1];

    private static int NumberOf(string path) =>
        int.TryParse(Path.GetFileNameWithoutExtension(path).Split('-')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private void Sweep()
    {
        string first = clock.GetUtcNow().UtcDateTime.AddDays(1 - options.Days).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        long all = 0;
        foreach (string path in In(options.Directory).Reverse())
        {
            all += new FileInfo(path).Length;
            if (all > options.AllBytesMax || string.CompareOrdinal(DayOf(path), first) < 0)
                File.Delete(path);
        }
    }

    private void Close()
    {
        try
        {
            _file?.Dispose();
        }
        catch (IOException)
        {
            // Nothing is buffered here that could be lost.
        }
        _file = null;
    }
}
