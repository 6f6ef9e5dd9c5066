using Cki.Adapters;
using Cki.Engine;
using Cki.Reporting;
using Cki.Tool;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cki.EndToEnd.Tests;

/// <summary>Writes records of many runs into a data directory and lets Reporting make the board of them.</summary>
internal sealed class BoardOfRuns(Scratch scratch, int runs)
{
    private const string Hostile = "\u001b[31m<script>alert(1)</script> & \"x\" \u202egnp.exe @everyone 🐧 %TOPIC";

    private static readonly string[] s_trees = ["linux", "net-next", "stable-rc"];
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly ProjectRef _pipelines = new("gitlab.test", "cki/kernel-pipelines");

    public async Task WriteAsync()
    {
        new SuiteFiles(new Uri("https://gitlab.test"), "https://git.test/linux.git").Write(scratch);
        using DataDirectory data = DataDirectory.Take(scratch.In("data"));
        var dice = new SystemDice();
        using EmbeddedEngine engine = EmbeddedEngine.Open(data.Database, SuiteEngine.Options(TimeProvider.System, dice), TimeProvider.System, dice);
        var ports = new SuitePorts(engine.Queues, engine.Store, engine.Flows, new EnvironmentSecrets(null, _ => null), new ConfigWatch(scratch.In("config")), TimeProvider.System, dice);
        using var http = new HttpClient();
        MessageHandler report = ReportingStage.Compose(ports, http, NullLoggerFactory.Instance).Queues[QueueNames.Report];
        await StandingAsync(ports.Documents);
        for (int i = 0; i < runs; i++)
            await report(Message(ports, new RunChanged(await RunAsync(ports.Documents, i))), CancellationToken.None);
        for (int rewrites = 0; rewrites <= runs / 300; rewrites++)
            await report(Message(ports, new BoardIndex()), CancellationToken.None);
    }

    private static ReceivedMessage Message<T>(SuitePorts ports, T message)
        where T : class, IStageMessage<T> =>
        new("id", T.QueueName, ports.PostFrom("test").Envelope(message), message.GetGroup(), 1, DateTimeOffset.UnixEpoch);

    private async Task<RunId> RunAsync(Documents documents, int i)
    {
        CommitSha sha = CommitSha.Parse($"{i + 1:x8}".PadLeft(40, (char)('a' + (i % 6))));
        string branch = i % 20 == 19 ? $"topic-{Hostile}" : $"topic-{i % 9}";
        var tree = new TreeName(s_trees[i % 3]);
        RunId run = RunIds.Of(tree, branch, sha);
        var detection = new RunDetection(run, tree, branch, sha, FoundBy.Webhook, _now.AddHours(-i))
        {
            Title = i % 20 == 19 ? Hostile : $"net: subsystem {i % 13}: a change of the usual length, the {i}th", Previous = CommitSha.Parse(new string('0', 39) + "1"),
        };
        if (i % 11 == 5)
        {
            await documents.PutAsync(
                RunIds.DetectionKey(run), detection with { State = DetectionState.Skipped, Reason = "It changes none of the tree's paths." }, DocumentJson.Default.RunDetection, default);
            return run;
        }
        await documents.PutAsync(
            RunIds.DetectionKey(run), detection with { Covers = [new CoveredCommit(sha, "one before")], CoversCount = i % 4 }, DocumentJson.Default.RunDetection, default);
        var pipeline = new PipelineRef(_pipelines, 1000 + i);
        await documents.PutAsync(RunIds.PipelineKey(run), new RunPipeline(run) { Attempts = [Attempt(i, detection.DetectedAt, pipeline)] }, DocumentJson.Default.RunPipeline, default);
        if (i % 5 != 0)
            await documents.PutAsync(JobRecord.Key(pipeline, "boot s390x"), Job(pipeline, detection.DetectedAt), DocumentJson.Default.JobRecord, default);
        await documents.PutAsync(
            ReportDelivery.KeyOf(run, "reports", "final-1"),
            new ReportDelivery(run, "reports", "final-1", DeliveryState.Sent) { SentAt = detection.DetectedAt.AddHours(2), Tries = 1 }, DocumentJson.Default.ReportDelivery, default);
        return run;
    }

    private static RunAttempt Attempt(int i, DateTimeOffset at, PipelineRef pipeline) => new(1)
    {
        State = i < 4 ? AttemptState.Running : AttemptState.Settled,
        Pipeline = pipeline,
        WebUrl = $"https://gitlab.test/{pipeline.Project.Path}/-/pipelines/{pipeline.Id}",
        StartedAt = at.AddMinutes(1),
        SettledAt = i < 4 ? null : at.AddHours(2),
        Result = i < 4 ? null : Result(i),
    };

    private static RunResult Result(int i)
    {
        Verdict verdict = (i % 10) switch { 0 or 1 => Verdict.Failed, 2 => Verdict.Infrastructure, 3 => Verdict.Undetermined, 4 => Verdict.Incomplete, 7 => Verdict.Superseded, _ => Verdict.Passed };
        bool isBad = verdict != Verdict.Passed;
        return new RunResult(verdict, isBad ? "1 of 9 builds fails in the compiler." : "all 11 jobs that ran have passed.")
        {
            Cells =
            [
                .. new[] { "x86_64", "aarch64", "s390x", "ppc64le" }.SelectMany(a => new[]
                {
                    new ResultCell(a, "build", isBad && a == "aarch64" ? CellResult.Fail : CellResult.Pass, isBad ? 2 : 3, 3, null),
                    new ResultCell(a, "boot", a == "s390x" ? CellResult.NotRun : CellResult.Pass, 1, 1, a == "s390x" ? "no machine free for 26 h" : null),
                    new ResultCell(a, "test", a == "ppc64le" ? CellResult.Flaky : CellResult.Known, 12, 12, "1 test passed at the second try"),
                }),
            ],
            Failures = isBad
                ? [new FailedJob("build aarch64", "build", 4711, "https://gitlab.test/-/jobs/4711", ["drivers/net/foo/bar.c:812:17: error: 'struct foo_priv' has no member named 'ring'", new string('x', 400)], "the compiler names the tree's own file.")]
                : [],
            Reruns = [new RerunJob("boot s390x", 4700, 4720, "runner-system-failure", "The runner died.", "passed.")],
            Warnings = ["net/core/dev.c:6420: warning: unused variable 'q'"],
        };
    }

    private static JobRecord Job(PipelineRef pipeline, DateTimeOffset at)
    {
        HerdDecision retry = new(HerdAct.Retry, JobFinding.Infrastructure, "runner-system-failure", "runner", "prepare", TimeSpan.FromMinutes(5), ["ERROR: Job failed (system failure): pod deleted"], "The runner lost its pod.");
        HerdDecision leave = new(HerdAct.Leave, JobFinding.Passed, null, null, "step_script", TimeSpan.Zero, [], "It passed.");
        return new JobRecord(pipeline, "boot s390x", "boot")
        {
            Attempts =
            [
                new JobAttempt(4700, "failed", "runner_system_failure", "runner-1", "https://gitlab.test/-/jobs/4700", retry, at.AddMinutes(30)) { RanFor = TimeSpan.FromMinutes(20) },
                new JobAttempt(4720, "success", null, "runner-2", "https://gitlab.test/-/jobs/4720", leave, at.AddMinutes(70)) { RanFor = TimeSpan.FromMinutes(30) },
            ],
            Retries = [new JobRetry(4700, "runner-system-failure", at.AddMinutes(35), RetryState.Done) { ClaimedAt = at.AddMinutes(36), NewJobId = 4720 }],
        };
    }

    private async Task StandingAsync(Documents documents)
    {
        var pause = new Switch("mail@linux", "the list moves", "jane", _now, null);
        await documents.PutAsync(pause.Key, pause, DocumentJson.Default.Switch, default);
        var outage = new OutageState("registry") { Phase = OutagePhase.Open, Since = _now.AddHours(-1), OpenedAt = _now.AddHours(-1), Pipelines = 7, NextProbeAt = _now.AddMinutes(9) };
        await documents.PutAsync(outage.Key, outage, OutageJson.Default.OutageState, default);
        await documents.PutAsync(ChannelState.KeyOf("mail"), new ChannelState("mail", _now) { FailuresInARow = 3, DownSince = _now, LastError = "connection refused" }, DocumentJson.Default.ChannelState, default);
        await documents.PutAsync(
            CheckState.KeyOf("gitlab"), new CheckState("gitlab", "http", CheckStatus.Degraded, _now, _now) { Said = "answered 200 after 4,100 ms" }, DocumentJson.Default.CheckState, default);
        var notice = new NoticeState("gitlab-slow", "GitLab is slow", _now, _now, null, 3) { Text = "Runs take longer.\nThey go on." };
        await documents.PutAsync(NoticeState.KeyOf(notice.Key), notice, DocumentJson.Default.NoticeState, default);
        var day = new RescueDay("runner-system-failure", RescueDay.Text(_now.AddDays(-1)), [new RescueRow("runner-system-failure", TimeSpan.Zero, "x86_64", 12, 11, 1, 0, 0, 2, 7200)]);
        await documents.PutAsync(day.Key, day, OutageJson.Default.RescueDay, default);
    }
}
