using System.Text;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>Passing over ordinary lines must not change what a trace says.</summary>
public class ShortCutTests
{
    [Fact]
    public void Acceptance_cases_read_the_same_line_by_line()
    {
        foreach (AcceptanceCases.Case one in AcceptanceCases.All)
        {
            foreach (string form in TraceForms.All)
                Same(TraceForms.Bytes(form, one.Lines, one.Section, one.Epilogue), $"{one.Number} {form}");
        }
    }

    [Fact]
    public void Samples_and_reports_lost_in_ordinary_output_read_the_same_line_by_line()
    {
        foreach (MatcherSamples.Sample sample in MatcherSamples.Positive.Concat(MatcherSamples.Negative))
            Same(Lost(TraceForms.Bytes("stamped", sample.Lines, sample.Section, sample.Epilogue)), sample.Matcher);
        foreach ((string _, string line) in EvidenceKindsTests.KernelReports().Concat(EvidenceKindsTests.WeakReports()).Select(r => r.Data))
            Same(Lost(Encoding.UTF8.GetBytes($"[   12.345678] {line}\n")), line);
        foreach ((string _, string line) in EvidenceKindsTests.BuildErrors().Select(r => r.Data))
            Same(Lost(Encoding.UTF8.GetBytes($"{line}\nmake[1]: *** [a.o] Error 1\n")), line);
        foreach (string line in EvidenceKindsTests.FailedTests().Select(r => r.Data))
            Same(Lost(Encoding.UTF8.GetBytes($"{line}\n")), line);
    }

    [Fact]
    public void Recorded_kernel_logs_read_the_same_line_by_line()
    {
        foreach (string file in Directory.GetFiles(SharedData.Folder("logs/kernel"), "*.*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".json", StringComparison.Ordinal)))
            Same(File.ReadAllBytes(file), file);
    }

    // More ordinary lines before and after than the head keeps, so that the short cut is taken.
    private static byte[] Lost(byte[] lines) =>
        [.. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(i => $"  CC      drivers/a/b{i}.o\n"))), .. lines, .. Encoding.UTF8.GetBytes("  LD      vmlinux\n  OBJCOPY x\n")];

    private static void Same(byte[] trace, string what)
    {
        TraceReading quick = TraceForms.Read(trace);
        TraceReader reader = TraceReader.OfEveryLine();
        reader.Feed(trace);
        TraceReading slow = reader.End();
        Assert.True(slow.Evidence.SequenceEqual(quick.Evidence), $"{what}: {string.Join('\n', slow.Evidence)} is not {string.Join('\n', quick.Evidence)}");
        Assert.Equal(
            (what, slow.End, slow.Section, slow.LastCommand, slow.TestsPassed, slow.MissedTests, slow.NeverReachedKernel),
            (what, quick.End, quick.Section, quick.LastCommand, quick.TestsPassed, quick.MissedTests, quick.NeverReachedKernel));
        Assert.Equal(slow.Ending, quick.Ending);
        Assert.Equal(slow.Explaining, quick.Explaining);
        Assert.Equal(slow.Head, quick.Head);
        Assert.Equal(slow.Tail, quick.Tail);
    }
}
