using System.Net;
using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>Every fault of infra/faults.md.</summary>
public static partial class FaultCases
{
    private static readonly SortedDictionary<string, FaultCase> s_all = new(StringComparer.Ordinal)
    {
        ["GitLab down"] = new("up", "Tree mainline cannot be polled", Minutes(60))
        {
            Absence = _ => Absences.Named("gitlab"),
            BeginAsync = stage =>
            {
                stage.Town.GitLab.Faults.Outage(stage.Now, stage.Now + Minutes(60), ApiFault.BadGateway);
                return Task.CompletedTask;
            },
        },
        ["token expired"] = new("up", "GitLab gitlab.example refuses our token: it has expired or was revoked", Minutes(40))
        {
            Absence = _ => new Absence { Peers = request => request.RequestUri!.Host == Town.GitLabHost ? Unauthorized() : null },
        },
        ["hook disabled"] = new("up", "The webhook of gitlab.example/", Minutes(30))
        {
            Absence = _ => Absences.Named("front-door"), BeginAsync = stage => stage.PushAsync(8, TimeSpan.FromSeconds(5)),
        },
        ["SQS refusing"] = new("lambda", "Watch fails at its ticks", Minutes(90))
        {
            Absence = _ => Absences.Named("detect-queue"), BeginAsync = stage => stage.PushAsync(2, Minutes(1)),
        },
        ["S3 refusing"] = new("lambda", "Watch fails at its ticks", Minutes(60)) { Absence = _ => Absences.Named("state-bucket") },
        ["SMTP down"] = new("up", "channel list does not take reports", Minutes(240))
        {
            Absence = _ => Absences.Named("mail"), BeginAsync = stage => stage.PushAsync(4, Minutes(1)),
        },
        ["poison message"] = new("up", "Dead letter", Minutes(16 * 60))
        {
            BeginAsync = stage => stage.Installation.Opened!.Queues.SendAsync(new OutgoingMessage(QueueNames.Detect, "{\"poison\":", "nobody"), CancellationToken.None), MendAsync = DropAsync,
        },
        ["bad configuration push"] = BadConfiguration(),
        ["Watch not running"] = new("lambda", null, Minutes(30)) { Absence = _ => Absences.Named("watch-queue") },
        ["clock skewed"] = new("up", "Our clock and that of GitLab gitlab.example differ", Minutes(20))
        {
            Absence = simulation => new Absence { Answers = (answer, isAway) => answer.Headers.Date = simulation.GetUtcNow() + TimeSpan.FromSeconds(isAway ? 90 : 0) },
        },
        ["disk full in cki up"] = new("up", "The engine could not write to its disk", Minutes(20))
        {
            IsToldOnce = true, BeginAsync = FillAsync, MendAsync = stage => Limit(stage, 1L << 30),
        },
        ["runner starvation"] = new("up", "No runner takes build", Minutes(80))
        {
            Config = config => config with { Trees = [.. config.Trees.Select(tree => tree with { Pipeline = tree.Pipeline with { StarvingAfter = Minutes(30) } })] },
            BeginAsync = stage =>
            {
                stage.Town.GitLab.Pause(stage.Town.Runner, true);
                return stage.PushAsync(1, TimeSpan.Zero);
            },
            MendAsync = stage =>
            {
                stage.Town.GitLab.Pause(stage.Town.Runner, false);
                return Task.CompletedTask;
            },
        },
        ["dead letters"] = new("lambda", "Dead letter", Minutes(16 * 60))
        {
            Absence = _ => new Absence { Invocations = name => name == QueueNames.Trigger }, BeginAsync = stage => stage.PushAsync(1, TimeSpan.Zero),
        },
        ["stale NFS"] = new("up", "Check nfs (mount) is down", Minutes(30))
        {
            Config = config => config with { Checks = new ChecksConfig([new CheckConfig("nfs", new CheckTarget.Mount("/mnt/nfs", "nfs"))], []) },
        },
    };

    public static IEnumerable<string> Names => s_all.Keys;

    public static FaultCase Named(string fault) => s_all[fault];

    /// <summary>The machine's own looks: <c>stat</c> of a mount whose server is gone hangs until it is killed.</summary>
    public static Watch.WatchOptions Looks(Simulation simulation, Absence absence) => new()
    {
        Probes = new SortedDictionary<string, CheckProbe>(StringComparer.Ordinal)
        {
            ["mount"] = async (_, _, cancellationToken) =>
            {
                if (absence.IsAway)
                    await Task.Delay(Timeout.InfiniteTimeSpan, simulation, cancellationToken);
                return CheckSight.Up("mounted");
            },
        },
    };

    private static TimeSpan Minutes(int minutes) => TimeSpan.FromMinutes(minutes);

    private static HttpResponseMessage Unauthorized() => new(HttpStatusCode.Unauthorized) { Content = new StringContent("""{"message":"401 Unauthorized"}""") };

    /// <summary>As <c>cki dead drop</c> does.</summary>
    private static async Task DropAsync(FaultStage stage)
    {
        foreach (string key in await stage.Documents.KeysAsync("dead/", 10, CancellationToken.None))
            await stage.Documents.DeleteAsync(key, CancellationToken.None);
    }

    private static Task FillAsync(FaultStage stage)
    {
        Limit(stage, 1);
        return stage.PushAsync(18, Minutes(1));
    }

    private static Task Limit(FaultStage stage, long pages)
    {
        stage.Installation.Database.Limit(pages);
        return Task.CompletedTask;
    }
}
