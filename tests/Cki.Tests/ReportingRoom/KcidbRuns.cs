using System.Text.Json.Nodes;
using Cki.Tests.Doubles;

namespace Cki.Tests.ReportingRoom;

/// <summary>Runs as KCIDB hears of them.</summary>
internal static class KcidbRuns
{
    public const string Origin = "example_ci";

    public static KcidbFacts Facts(Verdict verdict, string reason, params JobOutcome[] jobs) =>
        new(Origin, Runs.Detection(), Attempt(verdict, reason), A.GitTree() with { Name = A.Tree().Name }, jobs);

    public static RunAttempt Attempt(Verdict verdict, string reason) => new(1)
    {
        State = AttemptState.Settled, Pipeline = A.Pipeline(1001), WebUrl = "https://gitlab.example/cki/pipelines/-/pipelines/1001", StartedAt = A.Noon, SettledAt = A.Noon.AddHours(1),
        Result = new RunResult(verdict, reason),
    };

    public static JobOutcome Outcome(long id, string name, JobSays says, string reason = "because", string status = GitLabStatus.Success)
    {
        PipelineJob job = A.Job(id, name, status) with { StartedAt = A.Noon.AddMinutes(id), FinishedAt = A.Noon.AddMinutes(id + 5), DurationSeconds = 300.25 };
        HerdDecision? decision = status == GitLabStatus.Success ? null : A.Decision(HerdAct.Leave, says == JobSays.Failed ? JobFinding.Failed : JobFinding.Nothing) with
        {
            Quote = ["drivers/net/foo/bar.c:812:17: error: no member named 'ring'", "make: *** [Makefile:1] Error 2"],
            Evidence = says is JobSays.Failed or JobSays.Known ? [new Evidence("compile error", EvidenceStrength.Strong, "error", 1)] : [],
        };
        return new JobOutcome(says, job, job, decision, reason) { Architecture = Architectures.Of(name), FirstId = id, Attempts = [job] };
    }

    public static readonly SortedDictionary<string, Func<KcidbFacts>> All = new(StringComparer.Ordinal)
    {
        ["passed"] = () => Facts(
            Verdict.Passed, "4 jobs passed", Outcome(1, "prepare", JobSays.Passed), Outcome(2, "build x86_64", JobSays.Passed), Outcome(3, "build x86_64 debug", JobSays.Passed),
            Outcome(4, "boot x86_64 debug", JobSays.Flaky, "passed at the second attempt"), Outcome(5, "test s390x", JobSays.NotRun, "no machine free", "pending")),
        ["failed"] = () => Facts(
            Verdict.Failed, "build aarch64: evidence", Outcome(1, "build x86_64", JobSays.Passed), Outcome(2, "build arm64", JobSays.Failed, "evidence against the commit", GitLabStatus.Failed),
            Outcome(3, "test arm64", JobSays.NotRun, "skipped because of build arm64", GitLabStatus.Skipped), Outcome(4, "test x86_64", JobSays.Known, "known since Monday", GitLabStatus.Failed)),
        ["infrastructure"] = () => Facts(
            Verdict.Infrastructure, "a disk was full", Outcome(1, "build x86_64", JobSays.Infrastructure, "disk full", GitLabStatus.Failed), Outcome(2, "test x86_64", JobSays.NotRun, "skipped", GitLabStatus.Skipped)),
        ["undetermined"] = () => Facts(Verdict.Undetermined, "nobody knows", Outcome(1, "build x86_64", JobSays.Passed), Outcome(2, "test x86_64", JobSays.Undetermined, "unexplained", GitLabStatus.Failed)),
        ["configuration"] = () => Facts(Verdict.Configuration, "the pipeline has no jobs"),
        ["superseded"] = () => Facts(Verdict.Superseded, "888888888888 took its place", Outcome(1, "build x86_64", JobSays.Canceled, "it was canceled", GitLabStatus.Canceled)),
        ["canceled"] = () => Facts(Verdict.Canceled, "canceled by jane", Outcome(1, "build x86_64", JobSays.Passed), Outcome(2, "test x86_64", JobSays.Canceled, "it was canceled", GitLabStatus.Canceled)),
        ["incomplete"] = () => Facts(Verdict.Incomplete, "the deadline passed", Outcome(1, "build x86_64", JobSays.Passed), Outcome(2, "test x86_64", JobSays.NotRun, "still running", "running")),
        ["does-not-merge"] = () => Facts(Verdict.Failed, "merge: the patch does not apply", Outcome(1, "merge", JobSays.Failed, "the patch does not apply", GitLabStatus.Failed)),
        ["hostile"] = Hostile,
        ["file"] = WithFile,
    };

    public static KcidbFacts Hostile()
    {
        JobOutcome bad = Outcome(2, $"test {Runs.Hostile}", JobSays.Failed, Runs.Hostile, GitLabStatus.Failed);
        bad = bad with { Decision = bad.Decision! with { Quote = [Runs.Hostile, new string('\u0001', 500), .. Enumerable.Repeat(new string('"', 4000), 60)] }, Told = bad.Told with { WebUrl = "javascript:alert(1)", Runner = Runs.Hostile, DurationSeconds = double.NaN } };
        JobOutcome build = Outcome(1, Runs.Hostile + " build", JobSays.Infrastructure, Runs.Hostile, GitLabStatus.Failed) with { Architecture = "X86 64!" };
        KcidbFacts facts = Facts(Verdict.Failed, Runs.Hostile, build, bad);
        return facts with
        {
            Run = Runs.Detection(Runs.Hostile) with { Branch = Runs.Hostile, Sha = CommitSha.Parse(new string('a', 64)) }, Attempt = facts.Attempt with { WebUrl = "https://gitläb.example/x y" },
            Tree = A.Tree() with { Url = new Uri("http://git.example/linux.git") }, Missing = Runs.Hostile,
        };
    }

    /// <summary>The pipeline left files of its own: one from a job that found the commit's fault, one from a job whose fault was ours.</summary>
    public static KcidbFacts WithFile()
    {
        JobOutcome good = Outcome(1, "test x86_64", JobSays.Failed, "structured results", GitLabStatus.Failed);
        JobOutcome ours = Outcome(2, "test s390x", JobSays.Infrastructure, "the host died", GitLabStatus.Failed);
        KcidbFacts facts = Facts(Verdict.Failed, "2 tests failed", good, ours, Outcome(3, "test ppc64le", JobSays.NotRun, "no machine free", "pending"), Outcome(4, "build x86_64", JobSays.Passed));
        return facts with { Files = [new KcidbFile(good, File("a", "x86_64")), new KcidbFile(ours, File("b", "s390x"))] };
    }

    private static JsonObject File(string id, string architecture) => (JsonObject)JsonNode.Parse(FileText(id, architecture))!;

    /// <summary>As a job of CKI's leaves it, and with what nobody should.</summary>
    public static string FileText(string id, string architecture) => $$"""
        {
          "version": {"major": 5, "minor": 0},
          "checkouts": [{"id": "example_ci:c1", "origin": "example_ci", "_timestamp": "2026-11-22T12:00:00Z", "comment": null}],
          "builds": [{"id": "example_ci:b-{{id}}", "origin": "example_ci", "checkout_id": "example_ci:c1", "architecture": "{{architecture}}", "status": "PASS", "misc": {"x": null, "y": [1, null, "z"]} }],
          "tests": [
            {"id": "example_ci:t-{{id}}-1", "origin": "example_ci", "build_id": "example_ci:b-{{id}}", "path": "ltp", "status": "FAIL"},
            {"id": "example_ci:t-{{id}}-2", "origin": "example_ci", "build_id": "example_ci:b-{{id}}", "path": "xfstests", "status": "PASS", "misc": {"a": {"b": null} } },
            {"id": "example_ci:t-{{id}}-3", "origin": "example_ci", "build_id": "example_ci:b-{{id}}", "path": "not a path", "status": "PASS"},
            {"id": "example_ci:t-{{id}}-4", "origin": "example_ci", "build_id": "example_ci:b-{{id}}", "invented": true},
            {"id": "redhat:t-{{id}}-5", "origin": "redhat", "build_id": "example_ci:b-{{id}}"},
            null, 5, "x", {"id": "\ud800"}
          ]
        }
        """;
}
