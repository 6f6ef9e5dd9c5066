using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cki.Tests.HerdingRoom;

namespace Cki.Benchmarks;

/// <summary>Writes infra/herding-scorecard.md: what the shipped matchers and evidence get right and wrong, on samples and on recorded logs.</summary>
internal static class Scorecard
{
    private static readonly string[] Forms = ["wrapped", "stamped"];

    private static readonly string[] Expected =
    [
        "test-libunwind.c:2:10: fatal error: libunwind.h: No such file or directory", "connect01: TPASS: connect() failed as expected: ECONNREFUSED: Connection refused",
        "oom01: TPASS: victim signalled SIGKILL", "[    9.123456] BUG: KASAN: slab-out-of-bounds in kmalloc_oob_right+0x8c/0x1a0 [kasan_test]\n    ok 1 kmalloc_oob_right\n# kasan: pass:61 fail:0",
        "[   19.123456] kernel BUG at drivers/misc/lkdtm/bugs.c:105!\nok 3 lkdtm: BUG.sh",
    ];

    public static MatcherTree Matchers() => Shipped.Tree;

    public static void Write()
    {
        var text = new StringBuilder("""
            # Herding scorecard

            Written by `dotnet run --project tests/Cki.Benchmarks -c Release -- scorecard`; not by hand. The shipped matchers and evidence, on the samples
            of tests/Cki.Tests/HerdingRoom/Samples, the acceptance cases, and recorded kernel logs of others where they lie beside the checkout.


            """);
        Classes(text);
        Blame(text);
        Acceptance(text);
        Logs(text);
        File.WriteAllText(Path.Combine(Shipped.Root(), "infra", "herding-scorecard.md"), text.ToString());
        Console.WriteLine("infra/herding-scorecard.md written");
    }

    private static void Classes(StringBuilder text)
    {
        text.Append("## Per class: recall, and false retries on what only looks alike\n\n| class | matchers | samples retried | recall | look-alikes | false retries |\n|---|---|---|---|---|---|\n");
        foreach (IGrouping<string, MatcherConfig> of in Shipped.Tree.Matchers.Where(m => m.Action == HerdAct.Retry).GroupBy(m => m.Class ?? "none").OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            string[] names = [.. of.Select(m => m.Name)];
            HerdDecision[] positive = [.. MatcherSamples.Positive.Where(s => names.Contains(s.Matcher)).SelectMany(s => Decide(s, s.Lines))];
            HerdDecision[] negative = [.. MatcherSamples.Negative.Where(s => names.Contains(s.Matcher)).SelectMany(s => Decide(s, s.Lines))];
            int retried = positive.Count(d => d.Act is HerdAct.Retry or HerdAct.Hold);
            text.Append(CultureInfo.InvariantCulture, $"| {of.Key} | {names.Length} | {retried} of {positive.Length} | {Share(retried, positive.Length)} | {negative.Length} | {negative.Count(d => d.Act is HerdAct.Retry or HerdAct.Hold)} |\n");
        }
    }

    private static void Blame(StringBuilder text)
    {
        HerdDecision[] all = [.. MatcherSamples.Positive.SelectMany(s => Expected.SelectMany(e => Decide(s, [.. e.Split('\n'), .. s.Lines])))];
        text.Append(CultureInfo.InvariantCulture, $"\n## False blame\n\nEvery positive sample with lines of expected evidence planted: {all.Count(d => d.Finding == JobFinding.Failed)} of {all.Length} readings blame the commit; {all.Count(d => d.Act is HerdAct.Retry or HerdAct.Hold or HerdAct.Report)} are retried or reported, {all.Count(d => d.Act == HerdAct.Confirm)} would be run again to confirm.\n");
    }

    private static void Acceptance(StringBuilder text)
    {
        var rows = AcceptanceCases.All.SelectMany(c => TraceForms.All.Select(f => (Case: c, Decision: Shipped.Herding.Decide(c.Facts(TraceForms.Read(f, c.Lines, c.Section, c.Epilogue)))))).ToArray();
        int right = rows.Count(r => (r.Decision.Act, r.Decision.Finding) == (r.Case.Act, r.Case.Finding));
        text.Append(CultureInfo.InvariantCulture, $"\n## Acceptance cases\n\n{right} of {rows.Length} (25 cases in {TraceForms.All.Length} forms) decided as expected; {Share(rows.Count(r => r.Decision.Finding == JobFinding.Undetermined), rows.Length)} undetermined at first sight.\n");
    }

    private static void Logs(StringBuilder text)
    {
        text.Append("\n## Recorded kernel logs\n\n");
        if (Folder() is not { } folder)
        {
            text.Append("Not beside this checkout when this was written.\n");
            return;
        }
        text.Append("Raw, wrapped as a runner's trace, with time prefixes; then with a line of each class planted at start, middle and end.\n\n| label | logs | readings | retried or held | strong evidence named | confirmed | undetermined |\n|---|---|---|---|---|---|---|\n");
        string[] planted = [.. MatcherSamples.Positive.GroupBy(s => s.Group).Select(g => g.SelectMany(s => s.Lines).First(l => l.Length > 10))];
        foreach (IGrouping<string, string> label in JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "labels.json")))!.AsArray().GroupBy(l => (string)l!["label"]!, l => (string)l!["file"]!).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            HerdDecision[] all = [.. label.SelectMany(f => Read(File.ReadAllText(Path.Combine(folder, f)).Split('\n'), label.Key is "real" or "weak" ? planted : []))];
            text.Append(CultureInfo.InvariantCulture, $"| {label.Key} | {label.Count()} | {all.Length} | {all.Count(d => d.Act is HerdAct.Retry or HerdAct.Hold)} | {Share(all.Count(d => d.Evidence.Any(e => e.Strength == EvidenceStrength.Strong)), all.Length)} | {Share(all.Count(d => d.Act == HerdAct.Confirm), all.Length)} | {Share(all.Count(d => d.Finding == JobFinding.Undetermined), all.Length)} |\n");
        }
    }

    private static IEnumerable<HerdDecision> Read(string[] lines, string[] planted)
    {
        var job = new PipelineJob(7, "test x86_64", "test", GitLabStatus.Failed, false, "script_failure", null, "");
        HerdDecision Of(string form, string[] own) =>
            Shipped.Herding.Decide(new FailedJobFacts(job, TraceForms.Read(form, own, TraceSection.Script, "ERROR: Job failed: exit code 1")) { IsTraceFinal = true });
        foreach (string form in TraceForms.All.Where(f => f != "5 MB"))
            yield return Of(form, lines);
        foreach (string line in planted)
        {
            yield return Of("wrapped", [line, .. lines]);
            yield return Of("wrapped", [.. lines[..(lines.Length / 2)], line, .. lines[(lines.Length / 2)..]]);
            yield return Of("wrapped", [.. lines, line]);
        }
    }

    private static IEnumerable<HerdDecision> Decide(MatcherSamples.Sample sample, string[] lines) => Forms.Select(form => Shipped.Herding.Decide(sample.Facts(
        lines.Length == 0 && sample.Epilogue is null ? TraceReading.Empty : TraceForms.Read(form, lines, sample.Section, sample.Epilogue))));

    private static string Share(int part, int all) => all == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / all:0.#} %");

    private static string? Folder()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string found = Path.Combine(at.FullName, "shared", "data", "logs", "kernel");
            if (Directory.Exists(found))
                return found;
        }
        return null;
    }
}
