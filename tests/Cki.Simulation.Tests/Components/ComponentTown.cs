using Cki.Adapters;
using Cki.GitLabSimulator;
using Cki.Reporting;

namespace Cki.Simulation.Tests;

/// <summary>
/// Two trees, one of them on a git server that is no GitLab, channels of every kind, and commits before, while and after a component is away: good ones, one
/// that breaks the kernel, and runners that die under jobs.
/// </summary>
public sealed class ComponentTown
{
    public const string Elsewhere = "elsewhere";

    /// <summary>After the component's return.</summary>
    public static readonly TimeSpan PushesUntil = TimeSpan.FromMinutes(60);

    private readonly Simulation simulation;
    private readonly Town town;
    private readonly Absence absence;
    private readonly GitPeer git = new();
    private int elsewhere;

    public ComponentTown(Simulation simulation, Town town, Absence absence)
    {
        (this.simulation, this.town, this.absence) = (simulation, town, absence);
        town.Others[GitPeer.Host] = git.AnswerAsync;
        town.IsBarred = _ => absence.IsAway && absence.DoorToo;
    }

    /// <summary>What channels without HTTP got: final reports and notices, with the channel's name.</summary>
    public List<Receipt> Mailbox { get; } = [];

    public static SuiteConfig Config()
    {
        TreeConfig mainline = SuiteSetting.Config.Trees[0] with { ReportTo = ["status", "developers", "list", "files", "chat"] };
        return SuiteSetting.Config with
        {
            Channels =
            [
                .. SuiteSetting.Config.Channels,
                new ChannelConfig.Mail("list", "smtp.example", 25, false, "cki@example.com", ["list@example.com"], null, null),
                new ChannelConfig.Folder("files", "reports"),
                new ChannelConfig.Slack("chat", "url", null, null),
            ],
            Trees =
            [
                mainline,
                mainline with { Name = new TreeName(Elsewhere), Url = new Uri(GitPeer.Repository), Project = null, Branches = ["master"], BaseBranch = null, ReportTo = ["developers", "list", "files", "chat"] },
            ],
        };
    }

    public ReportingOptions Reports(Installation installation) => new()
    {
        IndexDelay = TimeSpan.FromMinutes(5),
        Open = channel => channel is ChannelConfig.Webhook webhook
            ? new WebhookChannel(webhook, installation.Http(simulation.Outside), absence.Secrets(new SteppedSecrets(SuiteSetting.Secrets, simulation.Outside, 0)), simulation)
            : new Peer(this, channel),
    };

    /// <summary>Times are from the moment the component goes; it is away for <paramref name="away"/>.</summary>
    public void Plan(TimeSpan away)
    {
        At(TimeSpan.FromMinutes(-60), () => town.Commits.PushOne("main", Nature.Good));
        At(TimeSpan.FromMinutes(-8), () => town.Commits.PushOne("next", Nature.Good));
        At(TimeSpan.FromMinutes(-5), PushElsewhere);
        At(TimeSpan.FromMinutes(30), () => town.Commits.PushOne("release/6.12", Nature.FailsItsTest));
        At(TimeSpan.FromMinutes(60), PushElsewhere);
        At(TimeSpan.FromMinutes(150), () => town.Commits.PushOne("main", Nature.Good));
        At(away - TimeSpan.FromMinutes(20), () => town.Commits.PushOne("next", Nature.Good));
        At(away + TimeSpan.FromMinutes(45), () => town.Commits.PushOne("release/6.6", Nature.Good));
        At(away + TimeSpan.FromMinutes(50), PushElsewhere);
        At(away + PushesUntil, () => town.Commits.PushOne("release/6.12", Nature.Good));
        // A runner that dies under one job before, one while, and one after.
        foreach (TimeSpan from in (TimeSpan[])[TimeSpan.FromMinutes(-60), TimeSpan.FromMinutes(30), away + TimeSpan.FromMinutes(40)])
            town.GitLab.Faults.Jobs(JobFault.BreaksInPrepare, new FaultWhen { On = "build aarch64", From = Went + from, Until = Went + from + TimeSpan.FromHours(2), Times = 1 });
        if (absence.GitLabToo)
            town.GitLab.Faults.Outage(Went, Went + away, ApiFault.BadGateway);
    }

    /// <summary>When the component goes.</summary>
    private DateTimeOffset Went => simulation.GetUtcNow() - simulation.Elapsed + ComponentWorld.Goes;

    /// <summary>Where reports of a head are wanted.</summary>
    public static string[] ChannelsOf(Pushed head) => IsElsewhere(head) ? ["chat", "developers", "files", "list"] : ["chat", "developers", "files", "list", "status"];

    public static bool IsElsewhere(Pushed head) => head.Branch == "master";

    private void At(TimeSpan time, Action act) => simulation.Schedule(ComponentWorld.Goes + time - simulation.Elapsed, simulation.Outside, act);

    private void PushElsewhere()
    {
        string sha = $"{++elsewhere:x2}".PadRight(40, 'e');
        git.Set("master", sha);
        town.Commits.AddElsewhere("master", sha);
    }

    /// <summary>The mail server, the disk and whatever else takes reports without HTTP.</summary>
    private sealed class Peer(ComponentTown town, ChannelConfig channel) : IReportChannel
    {
        public async Task<ChannelOutcome> SendAsync(OutgoingReport report, CancellationToken cancellationToken)
        {
            await town.simulation.Outside.StepAsync("peer");
            if (town.absence.IsAway && town.absence.Channels(channel))
                return new ChannelOutcome.Unavailable("no connection");
            town.Mailbox.Add(new Receipt(
                town.simulation.Elapsed, channel.Name, report.Id, report.Kind, report.Run?.Value, report.Model?.Sha.Value, report.Model?.Result.Verdict.ToString()));
            return new ChannelOutcome.Sent(report.MessageId);
        }
    }
}
