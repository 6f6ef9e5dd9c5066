using System.Text;
using Xunit;

namespace Cki.Tests.HerdingRoom;

public class TraceReaderTests
{
    [Fact]
    public void Any_bytes_are_taken_and_the_evidence_among_them_is_found()
    {
        byte[] noise = [0xff, 0xfe, 0x00, 0x1b, (byte)'[', 0xc3, 0x28, (byte)'\n'];
        byte[] trace =
        [
            .. noise, .. Encoding.UTF8.GetBytes(new string('x', 1_000_000) + "\n"),
            .. Encoding.UTF8.GetBytes("\e[31m[   12.345678] BUG: KASAN: use-after-free in foo+0x1/0x2\e[0m\0\r\n"), .. noise,
        ];
        TraceReading reading = TraceForms.Read(trace);
        Assert.Equal(
            [new Evidence("KASAN", EvidenceStrength.Strong, "[   12.345678] BUG: KASAN: use-after-free in foo+0x1/0x2", 3)], reading.Evidence);
    }

    [Fact]
    public void A_continued_line_is_one_line()
    {
        const string stamp = "2025-03-06T10:08:09.412630Z 01E";
        TraceReading reading = TraceForms.Read(Encoding.UTF8.GetBytes(
            $"{stamp} [   12.345678] BUG: KASAN: use-after\n{stamp}+-free in foo+0x1/0x2\n{stamp} next\n"));
        Assert.Equal(["[   12.345678] BUG: KASAN: use-after-free in foo+0x1/0x2", "next"], reading.Tail.Select(l => l.Text));
    }

    [Fact]
    public void Sections_commands_and_the_end_are_known()
    {
        TraceReading reading = TraceForms.Read("wrapped", ["working"], TraceSection.Script, "ERROR: Job failed: exit code 1");
        Assert.Equal((JobEnd.ScriptExit, TraceSection.Script, true, "./work.sh"), (reading.End, reading.Section, reading.IsComplete, reading.LastCommand));
        Assert.False(TraceForms.Read("raw", ["working"]).IsComplete);
    }

    [Fact]
    public void What_stands_before_the_script_is_no_evidence()
    {
        TraceReading reading = TraceForms.Read(
            "wrapped", ["[   12.345678] BUG: KASAN: use-after-free in foo+0x1/0x2"], TraceSection.GetSources, "ERROR: Job failed: exit code 1");
        Assert.Empty(reading.Evidence);
        Assert.Equal(TraceSection.GetSources, reading.Section);
    }

    [Fact]
    public void Trouble_while_a_failed_jobs_artifacts_are_uploaded_does_not_explain_its_failure()
    {
        const string trace = "section_start:1:step_script\r\n$ ./check\nwrong answer\nsection_end:2:step_script\r\n"
            + "section_start:2:upload_artifacts_on_failure\r\nERROR: Uploading artifacts as \"archive\" to coordinator... 502 Bad Gateway\n"
            + "section_end:3:upload_artifacts_on_failure\r\nERROR: Job failed: exit code 1\n";
        HerdDecision decision = Shipped.Herding.Decide(AcceptanceCases.All[15].Facts(TraceReader.Read(Encoding.UTF8.GetBytes(trace))));
        Assert.Equal((HerdAct.Leave, JobFinding.Undetermined), (decision.Act, decision.Finding));
    }

    [Fact]
    public void A_build_error_that_the_script_survived_is_confirmed_and_not_blamed()
    {
        string[] lines = ["$ make -k || true", "a.c:1:1: error: expected ';'", "make: *** [a.o] Error 1", "$ curl -O https://x", "curl: (28) Operation timed out"];
        HerdDecision decision = Shipped.Herding.Decide(AcceptanceCases.All[0].Facts(TraceForms.Read("raw", lines)));
        Assert.Equal((HerdAct.Confirm, JobFinding.Undetermined), (decision.Act, decision.Finding));
    }

    [Fact]
    public void An_incomplete_trace_is_looked_at_later()
    {
        FailedJobFacts facts = AcceptanceCases.All[0].Facts(TraceForms.Read("raw", ["  CC foo.o"])) with { IsTraceFinal = false };
        Assert.Equal(HerdAct.Later, Shipped.Herding.Decide(facts).Act);
    }
}
