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

    private const int PieceMax = 5 * 1024 * 1024;

    /// <summary>All that is ever allocated for a byte of trace, garbage included: evidence on every line costs most. Text of two bytes for each byte, and lines cut out of it.</summary>
    private const double AllocatedPerByteMax = 8;

    /// <summary>Five times the trace takes five times the processor's time; twice that is what a busy machine's caches may add.</summary>
    private const double GrowthMax = 10;

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
    public void Fifty_megabytes_are_read_in_bounded_memory_and_in_time_that_grows_with_the_trace(string kind)
    {
        byte[] piece = Piece(kind);
        _ = Read(piece, TraceBytes / 50);
        Cost small = Read(piece, TraceBytes / 5);
        Cost large = Read(piece, TraceBytes);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {small.Processor.TotalSeconds:0.00} s, then {large.Processor.TotalSeconds:0.00} s, {large.Allocated >> 20} MB allocated, {large.Held >> 20} MB held");
        Assert.True(large.Held < MemoryBytesMax, $"{kind} holds {large.Held} bytes");
        Assert.True(large.Allocated < TraceBytes * AllocatedPerByteMax, $"{kind} allocates {large.Allocated} bytes");
        Assert.True(large.Processor < (small.Processor + TimeSpan.FromMilliseconds(100)) * GrowthMax, $"{kind} takes {small.Processor}, and five times of it takes {large.Processor}");
    }

    private static Cost Read(byte[] piece, int bytes)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long held = 0;
        var reader = new TraceReader();
        for (int fed = 0, since = 0; fed < bytes; fed += piece.Length, since += piece.Length)
        {
            reader.Feed(piece);
            if (since < PieceMax)
                continue;
            held = Math.Max(held, GC.GetTotalMemory(forceFullCollection: true) - before);
            since = 0;
        }
        reader.Feed(Encoding.UTF8.GetBytes("\n\e[0m[   12.345678] BUG: KASAN: use-after-free in foo+0x1/0x2\n"));
        TraceReading reading = reader.End();
        held = Math.Max(held, GC.GetTotalMemory(forceFullCollection: true) - before);
        Assert.Contains(reading.Evidence, e => e.Name == "KASAN");
        return new Cost(Environment.CpuUsage.TotalTime - processor, GC.GetAllocatedBytesForCurrentThread() - allocated, held);
    }

    /// <param name="Processor">Of this process, in which nothing else runs meanwhile.</param>
    /// <param name="Held">The most that was held at any time.</param>
    private sealed record Cost(TimeSpan Processor, long Allocated, long Held);

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
