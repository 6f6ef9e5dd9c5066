using System.Diagnostics;
using System.Text;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>Whatever a job prints: bounded memory, time that grows no faster than the trace, and the evidence after it is found.</summary>
[Collection(nameof(Alone))]
public class PathologicalTraceTests
{
    /// <summary>Memory is the process's: nothing else may run meanwhile.</summary>
    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public sealed class Alone;

    private const int TraceBytes = 50 * 1024 * 1024;
    private const long MemoryBytesMax = 32 * 1024 * 1024;

    // Such a trace takes one to ten seconds; far more would be worse than linear.
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("one line")]
    [InlineData("binary")]
    [InlineData("endless escape sequences")]
    [InlineData("one endless escape sequence")]
    [InlineData("an endless title")]
    [InlineData("a progress bar")]
    [InlineData("empty lines")]
    [InlineData("continued lines")]
    [InlineData("nothing but findings")]
    [InlineData("blanks before every word")]
    public void Fifty_megabytes_are_read_in_bounded_memory_and_time(string kind)
    {
        byte[] piece = Piece(kind);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long begin = Stopwatch.GetTimestamp();
        var reader = new TraceReader();
        for (int i = 0; i * piece.Length < TraceBytes; i++)
            reader.Feed(piece);
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        reader.Feed(Encoding.UTF8.GetBytes("\n\e[0m[   12.345678] BUG: KASAN: use-after-free in foo+0x1/0x2\n"));
        TraceReading reading = reader.End();
        TimeSpan took = Stopwatch.GetElapsedTime(begin);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {took.TotalSeconds:0.0} s, {held >> 20} MB");
        Assert.True(took < TimeMax, $"{kind} took {took}");
        Assert.True(held < MemoryBytesMax, $"{kind} holds {held} bytes");
        Assert.Contains(reading.Evidence, e => e.Name == "KASAN");
    }

    private static byte[] Piece(string kind)
    {
        if (kind == "binary")
        {
            byte[] bytes = new byte[64 * 1024];
            new Random(42).NextBytes(bytes);
            return bytes;
        }
        return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(
            kind switch
            {
                "one line" => "x failed error: ",
                "endless escape sequences" => "\e[1m\e[0;31;4m\e]0;t\a",
                "one endless escape sequence" => "\e[1;1;1;1;1;1",
                "an endless title" => "\e]0;abc",
                "a progress bar" => " 50% [====>   ]\r",
                "empty lines" => "\n\r\n ",
                "continued lines" => "2025-03-06T10:08:09.412630Z 01E+more of it\n",
                "nothing but findings" => "BUG: KASAN: use-after-free in foo\nmemcg02: TFAIL: x\nERROR: Job failed: x\n",
                _ => "                                        \t  : FAILED!FAIL fail",
            },
            1000)));
    }
}
