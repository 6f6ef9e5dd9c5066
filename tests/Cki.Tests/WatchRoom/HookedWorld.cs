using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Cki.Tests.SimulatorRooms;
using Cki.Watch;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cki.Tests.WatchRooms;

/// <summary>Watch, and a GitLab whose kernel project has our hook. What the hook posts is answered by a peer that archives nothing.</summary>
internal sealed class HookedWorld
{
    private const string Address = "https://cki.example/webhooks/gitlab";

    public HookedWorld(bool knowsItsDoor = true, GitLabRole role = GitLabRole.Maintainer)
    {
        Ports = new InMemoryPorts(A.Config(A.Tree()));
        GitLab = new GitLabWorld(Ports.Clock, _ => 0.5, new HttpClient(Peer) { Timeout = Timeout.InfiniteTimeSpan });
        GitLabUser bot = GitLab.AddUser("cki-bot");
        GitLab.AddToken(bot, "glpat-test");
        GitLabProject kernel = GitLab.AddProject(A.KernelProject.Path);
        GitLab.AddMember(kernel, bot, role);
        GitLab.AddMember(GitLab.AddProject(A.PipelineProject.Path), bot, role);
        GitLab.Commit(kernel.Path, "main", "Where main begins");
        Hook = GitLab.AddHook(kernel, Address, hook => hook.Token = "hook-secret");
        Stage = WatchStage.Compose(
            Ports.Ports with { FrontDoor = knowsItsDoor ? new Uri("https://cki.example/") : null },
            new HttpClient(new GitLabMessageHandler(GitLab)) { Timeout = Timeout.InfiniteTimeSpan }, NullLoggerFactory.Instance);
        Looked();
    }

    public InMemoryPorts Ports { get; }

    public WebhookPeer Peer { get; } = new();

    public GitLabWorld GitLab { get; }

    public GitLabHook Hook { get; }

    public StageEndpoints Stage { get; }

    public HookRecord? Record => Ports.Store.Peek(HookRecord.Key(A.KernelProject), HookJson.Default.HookRecord);

    /// <summary>As <c>hook-... down</c> or <c>... up</c>.</summary>
    public string[] Notices => [.. Ports.Queue.Messages<NoticeRaised>().Select(n => $"{n.Key} {(n.Recovered ? "up" : "down")}")];

    public int Tests => GitLab.Writes.Count(w => w.Route.EndsWith("/test/:trigger", StringComparison.Ordinal));

    public PollRequested[] Polls => [.. Ports.Queue.Messages<PollRequested>()];

    public Task LookAsync() => Ports.UntilDone(
        Stage.Queues["watch"](Ports.Message(new LookAtHook(A.KernelProject, Ports.Clock.GetUtcNow())), CancellationToken.None));

    /// <summary>The tree was polled this very moment.</summary>
    public void Looked() => Ports.Store.Set(
        "heads/mainline.json", new TreeHeads(A.Tree().Name) { FirstSeenAt = A.Noon, PolledAt = Ports.Clock.GetUtcNow() }, DocumentJson.Default.TreeHeads);

    public void Push(int times = 1)
    {
        for (int n = 0; n < times; n++)
        {
            GitLab.Commit(A.KernelProject.Path, "main", "mm: a change");
            Pass(2);
        }
    }

    /// <summary>Four failures in a row.</summary>
    public void Disable()
    {
        Peer.Status = () => 503;
        Push(4);
    }

    public void Pass(double seconds)
    {
        for (double left = seconds; left > 0; left -= 1)
            Ports.Clock.Advance(TimeSpan.FromSeconds(Math.Min(1, left)));
    }
}
