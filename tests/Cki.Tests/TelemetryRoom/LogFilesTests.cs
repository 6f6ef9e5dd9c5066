using Cki.Tool.Telemetry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.TelemetryRooms;

public sealed class LogFilesTests : IDisposable
{
    private readonly string _directory = Path.Combine(Directory.CreateTempSubdirectory("cki-logs-").FullName, "logs");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 22, 23, 0, 0, TimeSpan.Zero));

    private string[] Names => [.. LogFiles.In(_directory).Select(path => Path.GetFileName(path)!)];

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_directory)!, recursive: true);

    [Fact]
    public void A_day_has_its_file_and_the_next_day_another()
    {
        using LogFiles files = Files();
        files.Write("one");
        _clock.Advance(TimeSpan.FromHours(2));
        files.Write("two");
        Assert.Equal(["cki-20261122-000.log", "cki-20261123-000.log"], Names);
        Assert.Equal("two\n", Read("cki-20261123-000.log"));
    }

    [Fact]
    public void Day_fifteen_deletes_the_first_and_no_day_before_does()
    {
        using LogFiles files = Files();
        for (int day = 1; day <= 14; day++)
        {
            files.Write($"day {day}");
            if (day < 14)
                _clock.Advance(TimeSpan.FromDays(1));
        }
        Assert.Equal(14, Names.Length);
        Assert.Equal("cki-20261122-000.log", Names[0]);
        _clock.Advance(TimeSpan.FromDays(1));
        files.Write("day 15");
        Assert.Equal(14, Names.Length);
        Assert.Equal("cki-20261123-000.log", Names[0]);
    }

    [Fact]
    public void Files_of_others_are_left_alone()
    {
        Directory.CreateDirectory(_directory);
        File.WriteAllText(Path.Combine(_directory, "notes.txt"), "mine");
        using LogFiles files = Files();
        files.Write("one");
        _clock.Advance(TimeSpan.FromDays(100));
        files.Write("two");
        Assert.True(File.Exists(Path.Combine(_directory, "notes.txt")));
        Assert.Single(Names);
    }

    [Fact]
    public void A_large_file_gets_a_successor_and_the_order_of_names_is_the_order_of_time()
    {
        using (LogFiles files = Files(o => o with { FileBytesMax = 9 }))
        {
            for (int n = 0; n < 12; n++)
                files.Write($"line {n:00} ");
        }
        Assert.Equal(Enumerable.Range(0, 12).Select(n => $"line {n:00} "), LogFiles.In(_directory).SelectMany(File.ReadAllLines));
        Assert.Equal(12, Names.Length);
    }

    [Fact]
    public void The_oldest_go_when_all_are_too_large()
    {
        using LogFiles files = Files(o => o with { FileBytesMax = 9, AllBytesMax = 40 });
        for (int n = 0; n < 12; n++)
            files.Write($"line {n:00} ");
        Assert.Equal("line 11 \n", Read(Names[^1]));
        Assert.InRange(Names.Length, 4, 5);
    }

    [Fact]
    public void A_new_process_goes_on_in_the_file_of_the_day()
    {
        using (LogFiles files = Files())
            files.Write("one");
        using (LogFiles files = Files())
            files.Write("two");
        Assert.Equal("one\ntwo\n", Read("cki-20261122-000.log"));
    }

    [Fact]
    public void What_cannot_be_written_is_counted_and_told_of_when_there_is_room_again()
    {
        // Linux's own full disk.
        Directory.CreateDirectory(_directory);
        File.CreateSymbolicLink(Path.Combine(_directory, "cki-20261122-000.log"), "/dev/full");
        using LogFiles files = Files();
        files.Write("lost 1");
        files.Write("lost 2");
        Assert.Equal(2, files.Lost);
        File.Delete(Path.Combine(_directory, "cki-20261122-000.log"));
        files.Write("kept");
        Assert.Equal(0, files.Lost);
        string[] lines = [.. File.ReadAllLines(Path.Combine(_directory, "cki-20261122-000.log")).Where(l => l.Length > 0)];
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("2 lines could not be written: No space left on device", HumanLine.Parse(lines[0])!.Message, StringComparison.Ordinal);
        Assert.Equal("kept", lines[1]);
    }

    private LogFiles Files(Func<LogFileOptions, LogFileOptions>? change = null)
    {
        var options = new LogFileOptions(_directory);
        return new LogFiles(change?.Invoke(options) ?? options, _clock);
    }

    private string Read(string name)
    {
        using var file = new StreamReader(new FileStream(Path.Combine(_directory, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd();
    }
}
