using System.Text.RegularExpressions;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed class MergeRequestTextTests
{
    public static TheoryData<string> Names => [.. All.Keys];

    private static readonly SortedDictionary<string, Func<ReportModel>> All = new(StringComparer.Ordinal)
    {
        ["passed"] = () => Runs.Model(Runs.Passed()),
        ["failed"] = () => Runs.Model(Runs.Failed()),
        ["early"] = () => Runs.Model(Runs.Failed()) with { Phase = ReportPhase.Early, SettledAt = null },
        ["correction"] = () => Runs.Model(Runs.Passed()) with
        {
            Phase = ReportPhase.Correction,
            Correction = new Correction(A.Noon, "FAIL build arm64", ["build arm64 allmodconfig"], true, "build arm64 allmodconfig: the compiler was broken", "mia"),
        },
        ["infrastructure"] = () => Runs.Model(Runs.Other(Verdict.Infrastructure, "a disk was full.")),
        ["undetermined"] = () => Runs.Model(Runs.Other(Verdict.Undetermined, "nobody knows why.")),
        ["configuration"] = () => Runs.Model(Runs.Other(Verdict.Configuration, "the pipeline's YAML is wrong.")),
        ["superseded"] = () => Runs.Model(Runs.Other(Verdict.Superseded, "888888888888 took its place.")),
        ["canceled"] = () => Runs.Model(Runs.Other(Verdict.Canceled, "canceled by jane: wrong branch.")),
        ["incomplete"] = () => Runs.Model(Runs.Other(Verdict.Incomplete, "the deadline passed.")),
        ["hostile"] = () => Runs.Model(Runs.HostileResult(), Runs.Hostile),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_note_says_what_a_report_says(string name) => Golden.Check($"notes/{name}.md", MergeRequestText.Of(All[name]()));

    public static TheoryData<string> Attacks =>
    [
        "@all", "/close", "\n/close\n", "`", "``", "``` \n/approve", "```\n@all\n```", "</details><script>alert(1)</script>", "![x](http://evil.example/x.png)", "[x](javascript:x)", "#1 !2 $3 %4 ~5 &6",
        "a|b|c", "<!-- cki:report-0 -->", "https://evil.example/", "\u202e\u2066", "-- \n/merge", "$`x`$", "~~~\n/close", "\\`", "`\\", ":tada:", "- [ ] x", "\t/close", "{{ x }}", "[[_TOC_]]",
    ];

    /// <summary>With code taken out as GitLab takes it out, nothing of a stranger's text is left, and no line starts what GitLab would run.</summary>
    [Theory]
    [MemberData(nameof(Attacks))]
    public void Nothing_from_outside_leaves_code(string attack)
    {
        string marked = $"STRANGER{attack}STRANGER";
        var result = new RunResult(Verdict.Failed, marked)
        {
            Cells = [new ResultCell(marked, attack, CellResult.Fail, 0, 1, marked), new ResultCell("x86_64", marked, CellResult.NotRun, 0, 1, attack)],
            Failures = [new FailedJob(marked, marked, 1, $"https://gitlab.example/x?y=1)>{Uri.EscapeDataString(attack)}", [attack, marked, "/close", "```", "````"], attack), new FailedJob(attack, attack, 2, attack, [attack], marked)],
            Others = [new FailedJob(attack, marked, 3, "", [marked], marked)],
            Reruns = [new RerunJob(marked, 1, 2, attack, attack, marked)],
            Warnings = [attack, marked],
        };
        string note = MergeRequestText.Of(Runs.Model(result, marked));
        Assert.DoesNotContain(note.Split('\n'), line => line.StartsWith('/') || line.TrimStart().StartsWith('/'));
        string rest = Regex.Replace(note, @"(?m)^ *(`{3,})text\n(?:.*\n)*? *\1$", "CODE");
        // CommonMark: a run of backticks opens a span that ends at the next run of the same length.
        rest = Regex.Replace(rest, @"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)", "CODE");
        // Addresses are GitLab's own, and whatever they hold stays an address.
        rest = Regex.Replace(rest, @"\]\(<https?://[^<>\s]*>\)", "](URL)");
        Assert.DoesNotContain("STRANGER", rest);
        Assert.DoesNotMatch(@"[@`<>~#$%!\\&{]", rest);
        Assert.DoesNotContain("evil", rest);
    }

    [Fact]
    public void A_thousand_failures_of_a_megabyte_fit_into_a_note()
    {
        FailedJob job = new("build", "build", 1, "https://gitlab.example/1", [.. Enumerable.Repeat(new string('`', 1 << 20), 12)], new string('x', 1 << 20));
        string note = MergeRequestText.Of(Runs.Model(new RunResult(Verdict.Failed, new string('@', 1 << 20)) { Failures = [.. Enumerable.Repeat(job, 1000)] }));
        Assert.InRange(note.Length, 1, 100_000);
        Assert.Contains("and 980 more, see the pipeline", note);
    }
}
