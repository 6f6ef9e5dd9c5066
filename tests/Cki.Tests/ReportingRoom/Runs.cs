using Cki.Tests.Doubles;

namespace Cki.Tests.ReportingRoom;

/// <summary>Settled runs to report on.</summary>
internal static class Runs
{
    public const string Hostile =
        "\u001b[31m<script>alert(1)</script>\u001b]0;own\a & \"x\" 'y'\r\nBcc: all@example.org\r\n\r\n\u202Egnp.exe\u2066 \u200bzero\u0000 \ud800 @everyone %TOPIC $(rm -rf /) 🐧";

    public static RunDetection Detection(string title = "foo: add bar") =>
        A.Detection('7') with { Title = title, Previous = A.Sha('5') };

    public static RunPipeline Pipeline(RunId run, RunResult? result, int attempt = 1) => new(run)
    {
        Attempts =
        [
            .. Enumerable.Range(1, attempt).Select(n => new RunAttempt(n)
            {
                State = n == attempt && result is null ? AttemptState.Running : AttemptState.Settled,
                Pipeline = A.Pipeline(1000 + n),
                WebUrl = $"https://gitlab.example/cki/pipelines/-/pipelines/{1000 + n}",
                StartedAt = A.Noon.AddMinutes(n),
                SettledAt = n == attempt && result is null ? null : A.Noon.AddMinutes(47 * n),
                Result = n == attempt ? result : new RunResult(Verdict.Incomplete, "no machine took its jobs"),
            }),
        ],
    };

    public static ReportModel Model(RunResult result, string title = "foo: add bar", int attempt = 1)
    {
        RunDetection detection = Detection(title);
        return ReportModel.Of(detection, Pipeline(detection.Run, result, attempt), attempt, A.Tree(), new Uri("https://cki.example/board/"));
    }

    public static RunResult Passed() => new(Verdict.Passed, "all 11 jobs that ran have passed.")
    {
        Cells =
        [
            new ResultCell("x86_64", "build", CellResult.Pass, 3, 3, null),
            new ResultCell("x86_64", "boot", CellResult.Pass, 4, 4, null),
            new ResultCell("x86_64", "test", CellResult.Flaky, 3, 3, "1 test passed at the second try"),
            new ResultCell("s390x", "build", CellResult.Pass, 1, 1, null),
            new ResultCell("s390x", "boot", CellResult.NotRun, 0, 1, "no machine free for 26 h"),
            new ResultCell("s390x", "test", CellResult.NotRun, 0, 1, "no machine free for 26 h"),
        ],
        Reruns = [new RerunJob("test x86_64", 101, 109, "registry-503", "The registry answered 503 before the script began.", "passed.")],
        Warnings = ["net/core/dev.c:6420: warning: unused variable 'q' (job build x86_64, which passed)"],
    };

    public static RunResult Failed() => new(Verdict.Failed, "1 of 9 builds fails in the compiler.")
    {
        Cells =
        [
            new ResultCell("x86_64", "build", CellResult.Pass, 4, 4, null),
            new ResultCell("x86_64", "test", CellResult.Pass, 12, 12, null),
            new ResultCell("arm64", "build", CellResult.Fail, 3, 4, null),
            new ResultCell("arm64", "test", CellResult.NotRun, 0, 12, "its build failed"),
        ],
        Failures =
        [
            new FailedJob(
                "build arm64 allmodconfig", "build", 4711, "https://gitlab.example/cki/pipelines/-/jobs/4711",
                [
                    "drivers/net/foo/bar.c:812:17: error: 'struct foo_priv' has no member named 'ring'",
                    "make[5]: *** [scripts/Makefile.build:287: drivers/net/foo/bar.o] Error 1",
                ],
                "the compiler names the tree's own file."),
        ],
        Others =
        [
            new FailedJob("lint", "test", 4720, "https://gitlab.example/cki/pipelines/-/jobs/4720", ["ERROR: Job failed (system failure): pod deleted"], "the runner lost its pod, 3 times."),
        ],
    };

    public static RunResult Other(Verdict verdict, string reason) => new(verdict, reason)
    {
        Cells = [new ResultCell(ResultMatrix.NoArchitecture, "build", CellResult.NotRun, 0, 2, reason.TrimEnd('.'))],
        Others = [new FailedJob("build x86_64", "build", 31, "https://gitlab.example/cki/pipelines/-/jobs/31", ["no space left on device"], "the runner's disk was full.")],
    };

    /// <summary>As the second shape: one compile error, the parent compared, two runners.</summary>
    public static RunResult NewFail() => Failed() with
    {
        Failures = [Blamed() with { Parent = new ParentJob(ParentResult.Passed, "the parent 555555555555 passes") { Sha = A.Sha('5') }, Runners = ["k8s-1", "k8s-7"], Attempts = 2, FailedAttempts = 2 }],
        Others = [],
    };

    public static FailedJob Blamed() => Failed().Failures[0] with
    {
        Architecture = "aarch64", Build = new BuildFacts("gcc 14.2.0", "allmodconfig", "drivers/net/foo/bar.o", null), Runners = ["k8s-1"], Attempts = 1, FailedAttempts = 1,
    };

    /// <summary>The third: nothing new, and one architecture not tested.</summary>
    public static RunResult KnownFail() => new(Verdict.Passed, "12 jobs passed, 1 as before failed, 1 not run")
    {
        Cells =
        [
            new ResultCell("x86_64", "boot", CellResult.Pass, 4, 4, null),
            new ResultCell("x86_64", "test", CellResult.Pass, 8, 8, null),
            new ResultCell("ppc64le", "boot", CellResult.Known, 0, 1, "boot ppc64le: evidence against the commit: kernel BUG"),
            new ResultCell("ppc64le", "test", CellResult.NotRun, 0, 1, "test ppc64le: skipped because of boot ppc64le"),
        ],
        Known =
        [
            new FailedJob(
                "boot ppc64le", "boot", 88, "https://gitlab.example/cki/pipelines/-/jobs/88", ["kernel BUG at arch/powerpc/kernel/traps.c:712!"],
                "evidence against the commit: kernel BUG; known since 2026-11-16 10:00 UTC on the parent 555555555555")
            {
                Architecture = "ppc64le", Known = new KnownBefore("the parent 555555555555", A.Sha('5'), A.Noon.AddDays(-6).AddHours(-2)),
            },
        ],
    };

    /// <summary>The first: a pass with holes, covered commits, a warning that is new and one that is not, a re-run that explains itself.</summary>
    public static RunResult RichPass() => Passed() with
    {
        Reruns = [new RerunJob("test x86_64", 101, 109, "registry-503", "the registry answered 503.", "passed") { At = A.Noon.AddMinutes(20), Section = "prepare" }],
        PassedWith =
        [
            new PassedWithWarning("test x86_64", 109, "https://gitlab.example/cki/pipelines/-/jobs/109", "kernel warning", "WARNING: CPU: 2 PID: 811 at net/core/dev.c:6420")
            {
                Parent = new ParentJob(ParentResult.Passed, "not on the parent 555555555555") { Sha = A.Sha('5') },
            },
            new PassedWithWarning("test x86_64", 109, "", "kernel warning", "WARNING: CPU: 0 PID: 1 at mm/slub.c:77"),
        ],
        Warnings = [],
    };

    public static RunResult HostileResult() => new(Verdict.Failed, Hostile)
    {
        Cells = [new ResultCell(Hostile, Hostile, CellResult.Fail, 0, 1, Hostile), new ResultCell("arm64", "boot", CellResult.NotRun, 0, 1, Hostile)],
        Failures =
        [
            new FailedJob(Hostile, Hostile, 1, "javascript:alert(1)", [Hostile, new string('A', 1 << 20)], Hostile)
            {
                Architecture = Hostile, Parent = new ParentJob(ParentResult.Unknown, Hostile), Runners = [Hostile], Known = new KnownBefore(Hostile, A.Sha('5'), A.Noon),
            },
        ],
        Known = [new FailedJob(Hostile, Hostile, 3, "file:///etc/passwd", [Hostile], Hostile) { Known = new KnownBefore(Hostile, A.Sha('5'), A.Noon) }],
        PassedWith = [new PassedWithWarning(Hostile, 4, "data:,x", Hostile, Hostile) { Parent = new ParentJob(ParentResult.Passed, Hostile) }],
        Others = [new FailedJob(Hostile, "test", 2, "https://gitlab.example/\"><script>", [Hostile], Hostile)],
        Reruns = [new RerunJob(Hostile, 1, 2, Hostile, Hostile, Hostile)],
        Warnings = [Hostile],
    };
}
