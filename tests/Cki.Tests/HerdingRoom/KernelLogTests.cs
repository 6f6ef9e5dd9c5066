using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>Recorded kernel logs of others, labelled: the second promise on real input. Absent data skips these tests, saying so.</summary>
public class KernelLogTests
{
    private sealed record Log(string File, string Label, string[] Lines);

    // A line of each class, as the samples have it; those of the runner's epilogue too, for scripts can print them.
    private static readonly string[] Planted =
    [
        .. MatcherSamples.Positive.Where(s => LineOf(s) is not null)
            .GroupBy(s => Shipped.Tree.Matchers.First(m => m.Name == s.Matcher).Class ?? "none").Select(g => LineOf(g.First())!),
        "fatal error: error writing to ccQ1.s: No space left on device",
        "WARNING: Failed to pull image with policy \"\": image pull failed: Back-off pulling image",
        "ERROR: Uploading artifacts as \"archive\" to coordinator... 502 Bad Gateway",
    ];

    private static string? LineOf(MatcherSamples.Sample sample) =>
        sample.Epilogue?.StartsWith("ERROR: Job failed (system", StringComparison.Ordinal) == true ? sample.Epilogue : sample.Lines.FirstOrDefault(l => l.Length > 10);

    [Fact]
    public void A_real_failure_is_never_retried_and_its_evidence_is_named()
    {
        Log[] real = Of("real");
        int named = 0;
        foreach (Log log in real)
        {
            HerdDecision[] all = [.. Forms(log).Select(Decide)];
            Assert.All(all, d => Assert.False(d.Act is HerdAct.Retry or HerdAct.Hold, $"{log.File}: {d.Act}, {d.Reason}"));
            bool isNamed = all.All(d => d.Evidence.Any(e => e.Strength == EvidenceStrength.Strong));
            named += isNamed ? 1 : 0;
            if (!isNamed)
                TestContext.Current.TestOutputHelper?.WriteLine($"not named: {log.File}");
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"real: {real.Length}, named {named}");
        Assert.True(named >= 0.95 * real.Length, $"{named} of {real.Length} named");
    }

    [Fact]
    public void A_weak_finding_is_confirmed_and_never_blamed_at_once()
    {
        foreach (Log log in Of("weak"))
        {
            Assert.All(Forms(log).Select(Decide), d => Assert.Equal(
                (log.File, HerdAct.Confirm, JobFinding.Undetermined), (log.File, d.Act, d.Finding)));
        }
    }

    [Fact]
    public void A_configuration_error_is_neither_retried_nor_blamed()
    {
        foreach (Log log in Of("configuration"))
        {
            HerdDecision decision = Decide(TraceForms.Read("wrapped", log.Lines, TraceSection.Script, "ERROR: Job failed: exit code 2"));
            Assert.Equal((log.File, HerdAct.Leave, JobFinding.Configuration), (log.File, decision.Act, decision.Finding));
        }
    }

    [Fact]
    public void Infrastructure_is_never_blamed_on_the_commit()
    {
        foreach (Log log in Of("infrastructure"))
            Assert.Equal((log.File, HerdAct.Retry), (log.File, Decide(TraceForms.Read("raw", log.Lines)).Act));
    }

    // Raw, wrapped, stamped, and with infrastructure lines planted at the start, everywhere, and at the script's end.
    private static IEnumerable<TraceReading> Forms(Log log)
    {
        foreach (string form in TraceForms.All.Where(f => f != "5 MB"))
            yield return TraceForms.Read(form, log.Lines, TraceSection.Script, "ERROR: Job failed: exit code 1");
        string[] everywhere = [.. log.Lines.SelectMany((l, i) => i % 9 == 0 ? new[] { l, Planted[i / 9 % Planted.Length] } : [l])];
        foreach (string[] lines in new[] { [.. Planted, .. log.Lines], everywhere, [.. log.Lines, .. Planted] })
        {
            yield return TraceForms.Read("raw", lines);
            yield return TraceForms.Read("wrapped", lines, TraceSection.Script, "ERROR: Job failed: exit code 1");
        }
        foreach (string planted in Planted)
        {
            string[] middle = [.. log.Lines[..(log.Lines.Length / 2)], planted, .. log.Lines[(log.Lines.Length / 2)..]];
            yield return TraceForms.Read("wrapped", [planted, .. log.Lines], TraceSection.Script, "ERROR: Job failed: exit code 1");
            yield return TraceForms.Read("wrapped", middle, TraceSection.Script, "ERROR: Job failed: exit code 1");
            yield return TraceForms.Read("wrapped", [.. log.Lines, planted], TraceSection.Script, "ERROR: Job failed: exit code 1");
        }
    }

    private static HerdDecision Decide(TraceReading trace) =>
        Shipped.Herding.Decide(new FailedJobFacts(A.Job(7, "test x86_64", GitLabStatus.Failed), trace) { IsTraceFinal = true });

    private static Log[] Of(string label)
    {
        string folder = SharedData.Folder("logs/kernel");
        JsonArray labels = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "labels.json")))!.AsArray();
        return
        [
            .. labels.Where(l => (string?)l!["label"] == label).Select(l => (string)l!["file"]!).Order(StringComparer.Ordinal)
                .Select(f => new Log(f, label, File.ReadAllText(Path.Combine(folder, f)).Split('\n'))),
        ];
    }
}
