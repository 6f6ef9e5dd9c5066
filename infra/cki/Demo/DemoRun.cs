using Cki.Adapters;
using Cki.GitLabSimulator;
using Cki.Kestrel;
using Cki.Tool.Telemetry;
using Microsoft.Extensions.Logging;

namespace Cki.Tool.Demo;

/// <summary>The main job, live: simulated GitLab and the real suite, each behind its own address.</summary>
internal sealed class DemoRun(DemoOptions options, DemoTeller teller)
{
    /// <summary>The story takes about 20 s; one that is not over by then has failed.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(55);
    private static readonly TimeSpan s_outagePatience = TimeSpan.FromSeconds(240);
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(100);

    private string Reports => Path.Combine(options.Directory, "reports");

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var hooks = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var demo = new DemoWorld(TimeProvider.System, new SystemDice(), hooks);
        await using WebServer gitLab = await WebServer.StartAsync(demo.World.HandleAsync, cancellationToken: cancellationToken);
        demo.World.Settings = demo.World.Settings with { Url = gitLab.Address.ToString().TrimEnd('/') };
        DemoConfig.Write(Path.Combine(options.Directory, "config"), gitLab.Address, Reports, Path.Combine(options.Directory, "notices"));
        WriteSecrets();
        await using SuiteTelemetry telemetry = SuiteTelemetry.Open(new TelemetryOptions(Path.Combine(options.Directory, "data"), LogLevel.Error), TimeProvider.System);
        await using SuiteHost suite = await SuiteHost.StartAsync(
            new SuiteOptions(Path.Combine(options.Directory, "config"), Path.Combine(options.Directory, "data"), "127.0.0.1:0")
            {
                Secrets = Path.Combine(options.Directory, "secrets"),
                Tick = TimeSpan.FromSeconds(1),
                Arm = true,
            },
            telemetry.Logs,
            cancellationToken,
            telemetry.Guard);
        demo.HookTo(suite.Address);
        using var board = new HttpClient { BaseAddress = suite.Address };
        var facts = new DemoFacts(demo, Reports, suite.Documents, board);
        IReadOnlyList<Expectation> judged = await TellAsync(demo, suite, facts, cancellationToken);
        if (options.Serve)
            await ServeAsync(suite, gitLab, cancellationToken);
        return judged.All(e => e.Held) ? Exit.Good : Exit.Found;
    }

    private async Task<IReadOnlyList<Expectation>> TellAsync(DemoWorld demo, SuiteHost suite, DemoFacts facts, CancellationToken cancellationToken)
    {
        var story = new DemoStory(demo, suite.Documents, teller.Tell);
        teller.Tell("story", $"GitLab (simulated) and the suite are up; the board is at {suite.Address}board/");
        await UntilAsync(() => HasBaselineAsync(suite, cancellationToken), story, cancellationToken);
        teller.Tell("story", $"A developer pushes '{DemoWorld.GoodTitle}'");
        string good = demo.Push(DemoWorld.GoodTitle);
        await UntilAsync(() => Task.FromResult(facts.PipelinesOf(good).Count > 0), story, cancellationToken);
        demo.DropNextPushHook();
        teller.Tell("story", $"Another pushes '{DemoWorld.BadTitle}'; GitLab loses the webhook");
        string bad = demo.Push(DemoWorld.BadTitle);
        if (options.Outage)
        {
            teller.Tell("story", "GitLab goes down for 8 s");
            demo.Outage(TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(8));
        }
        IReadOnlyList<Expectation> judged = [];
        await UntilAsync(
            async () => (judged = await facts.JudgeAsync(good, bad, cancellationToken)).All(e => e.Held), story, cancellationToken);
        await story.LookAsync(cancellationToken);
        foreach ((string file, string text) in facts.Reports())
        {
            teller.Tell("report", Path.GetFileName(file));
            teller.Report(text);
        }
        foreach (Expectation expectation in judged)
            teller.Judged(expectation);
        if (options.Json)
            Common.Print(DemoTeller.ToJson(judged, [.. facts.Reports().Select(r => r.Text)]));
        return judged;
    }

    /// <summary>Tells the story until the condition holds or patience ends; what did not hold is judged afterwards.</summary>
    private async Task UntilAsync(Func<Task<bool>> condition, DemoStory story, CancellationToken cancellationToken)
    {
        DateTimeOffset end = TimeProvider.System.GetUtcNow() + (options.Outage ? s_outagePatience : s_patience);
        while (TimeProvider.System.GetUtcNow() < end)
        {
            await story.LookAsync(cancellationToken);
            if (await condition())
                return;
            await Task.Delay(s_glance, cancellationToken);
        }
    }

    private static async Task<bool> HasBaselineAsync(SuiteHost suite, CancellationToken cancellationToken) =>
        await suite.Documents.GetAsync(TreeHeads.Key(new TreeName("demo")), DocumentJson.Default.TreeHeads, cancellationToken) is { Value.FirstSeenAt: not null };

    private void WriteSecrets()
    {
        string directory = Path.Combine(options.Directory, "secrets");
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "gitlab-demo-token"), DemoWorld.Token);
        File.WriteAllText(Path.Combine(directory, "gitlab-demo-hook"), DemoWorld.HookToken);
    }

    private async Task ServeAsync(SuiteHost suite, WebServer gitLab, CancellationToken cancellationToken)
    {
        teller.Tell("story", $"Board {suite.Address}board/  metrics {suite.Address}metrics  GitLab (simulated) {gitLab.Address}api/v4/  Ctrl-C ends it");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            teller.Tell("story", "Draining.");
        }
    }
}
