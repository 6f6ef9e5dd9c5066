using Cki.CommitDetection;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cki.Tests.DetectionRooms;

/// <summary>CommitDetection with the GitLab simulator behind its client: what others start in the kernel's project.</summary>
internal sealed class OthersWorld
{
    private readonly GitLabUser _jane;

    public OthersWorld(Func<TreeConfig, TreeConfig> with)
    {
        Ports = new InMemoryPorts(A.Config(with(A.Tree())));
        GitLab = new GitLabWorld(Ports.Clock, _ => 0.5, new HttpClient(new Nobody()) { Timeout = Timeout.InfiniteTimeSpan });
        Bot = GitLab.AddUser("cki-bot");
        _jane = GitLab.AddUser("jane");
        GitLab.AddToken(Bot, "glpat-test");
        Kernel = GitLab.AddProject(A.KernelProject.Path);
        GitLab.AddMember(Kernel, Bot, GitLabRole.Maintainer);
        GitLab.Commit(Kernel.Path, "main", "Where main begins");
        Stage = CommitDetectionStage.Compose(Ports.Ports, new HttpClient(new GitLabMessageHandler(GitLab)) { Timeout = Timeout.InfiniteTimeSpan }, NullLoggerFactory.Instance);
    }

    public InMemoryPorts Ports { get; }

    public GitLabWorld GitLab { get; }

    public GitLabProject Kernel { get; }

    public GitLabUser Bot { get; }

    public StageEndpoints Stage { get; }

    public TreeOthers Others => Ports.Store.Peek(TreeOthers.Key(A.Tree().Name), DocumentJson.Default.TreeOthers)!;

    /// <summary>In order of key.</summary>
    public RunDetection[] Runs => [.. Ports.Store.Under("runs/").Select(k => Ports.Store.Peek(k, DocumentJson.Default.RunDetection)!)];

    /// <summary>Those that were sent on.</summary>
    public RunId[] Detected => [.. Ports.Queue.Messages<CommitDetected>().Select(m => m.Run)];

    public async Task<OthersWorld> PolledAsync()
    {
        await PollAsync();
        return this;
    }

    /// <summary>After the tree's interval.</summary>
    public Task PollAsync()
    {
        Ports.Clock.Advance(TimeSpan.FromMinutes(6));
        return HandAsync(new PollRequested(A.Tree().Name, PollPlan.Scheduled));
    }

    public Task HandAsync<T>(T message)
        where T : class, IStageMessage<T> => Ports.UntilDone(Stage.Queues[QueueNames.Detect](Ports.Message(message), CancellationToken.None));

    public GitLabMergeRequest Open(Action<GitLabMergeRequest>? with = null)
    {
        GitLab.Commit(Kernel.Path, "feature", "mm: a change");
        return GitLab.AddMergeRequest(Kernel, "mm: a change", "feature", with);
    }

    public GitLabPipeline Start(GitLabMergeRequest request, bool isMergedResult = false) => GitLab.StartPipeline(Kernel, request, _jane, isMergedResult).Pipeline!;

    public GitLabPipeline Start(string source, GitLabUser? by = null) => GitLab.StartPipeline(Kernel, "main", source, by ?? _jane).Pipeline!;

    public Task SeeAsync(GitLabPipeline pipeline) => HandAsync(new PipelineSeen("d-1", new PipelineRef(A.KernelProject, pipeline.Id)));

    public Task ChangedAsync(GitLabMergeRequest request) => HandAsync(new MergeRequestChanged("d-1", A.KernelProject, request.Iid));

    private sealed class Nobody : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage());
    }
}
