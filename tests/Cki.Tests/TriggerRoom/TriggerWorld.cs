using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Cki.PipelineTrigger;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cki.Tests.TriggerRoom;

/// <summary>The stage on ports in memory, with the GitLab simulator behind its client. The test plays the flow.</summary>
internal sealed class TriggerWorld
{
    private const string Post = "POST /projects/:id/pipeline";

    public TriggerWorld(Func<TreeConfig, TreeConfig>? with = null, bool withRunner = true)
    {
        TreeConfig tree = with?.Invoke(A.Tree()) ?? A.Tree();
        Ports = new InMemoryPorts(A.Config(tree));
        var settings = new GitLabSettings { NoRunnerTimeout = TimeSpan.FromDays(9), PendingTimeout = TimeSpan.FromDays(9) };
        GitLab = new GitLabWorld(Ports.Clock, _ => 0.5, new HttpClient(new NoPeer()) { Timeout = Timeout.InfiniteTimeSpan }, settings);
        GitLabUser bot = GitLab.AddUser("cki-bot");
        GitLab.AddToken(bot, "glpat-test");
        GitLabProject project = GitLab.AddProject(A.PipelineProject.Path);
        GitLab.AddMember(project, bot, GitLabRole.Maintainer);
        GitLab.Commit(project.Path, "main", "pipeline definition");
        if (withRunner)
            GitLab.AddRunner("k8s-1");
        var http = new HttpClient(new GitLabMessageHandler(GitLab)) { Timeout = Timeout.InfiniteTimeSpan };
        Stage = PipelineTriggerStage.Compose(Ports.Ports, http, NullLoggerFactory.Instance);
        Ports.Store.Set(RunIds.DetectionKey(Run), A.Detection(), DocumentJson.Default.RunDetection);
    }

    public static RunId Run => A.Detection().Run;

    public InMemoryPorts Ports { get; }

    public GitLabWorld GitLab { get; }

    public StageEndpoints Stage { get; }

    public RunPipeline? Recorded => Ports.Store.Peek(RunIds.PipelineKey(Run), DocumentJson.Default.RunPipeline);

    public int PostsSent => GitLab.Writes.Count(w => w.Route == Post);

    /// <summary>Pipelines that nobody canceled.</summary>
    public GitLabPipeline[] Kept => [.. GitLab.Pipelines.Where(p => p.Status is not ("canceled" or "canceling"))];

    public void Breaks(ApiFault fault, int times = 1) => GitLab.Faults.Api(fault, new FaultWhen { On = Post, Times = times });

    public void Runs(params JobScript[] jobs) => GitLab.Script = _ => new PipelineScript(jobs);

    public void Pass(double seconds)
    {
        for (double left = seconds; left > 0; left -= 1)
            Ports.Clock.Advance(TimeSpan.FromSeconds(Math.Min(1, left)));
    }

    public Task ReceiveAsync<T>(T message, string? due = null)
        where T : class, IStageMessage<T> =>
        Ports.UntilDone(Stage.Queues[T.QueueName](Ports.Message(message, due), CancellationToken.None));

    public async Task<JsonNode> CallAsync(string task, JsonObject? more = null, int attempt = 1)
    {
        JsonObject input = more ?? [];
        input["runId"] = Run.Value;
        input["attempt"] = attempt;
        Task<JsonNode?> work = Stage.Tasks[task](input, CancellationToken.None);
        await Ports.UntilDone(work);
        return (await work)!;
    }

    public static string Status(JsonNode answer) => answer["status"]!.GetValue<string>();

    /// <summary>As the flow does: busy and unavailable are tried again.</summary>
    public async Task<JsonNode> StartAsync(int attempt = 1)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                return await CallAsync("start-pipeline", attempt: attempt);
            }
            catch (FlowTaskException e) when (tries < 30 && e.ErrorName is ErrorNames.Busy or ErrorNames.GitLabUnavailable)
            {
                Pass(20);
            }
        }
    }

    public Task<JsonNode> CheckAsync(int loop = 1) => CallAsync("check-pipeline", new JsonObject { ["loop"] = loop });

    /// <summary>Looks as often as it is asked to, without any signal, until the attempt is over.</summary>
    public async Task<string> CheckToTheEndAsync()
    {
        for (int loop = 1; loop < 100; loop++)
        {
            JsonNode answer = await CheckAsync(loop);
            if (Status(answer) is not ("running" or "quiet"))
                return Status(answer);
            Pass(answer["waitSeconds"]!.GetValue<long>());
        }
        return "no end";
    }

    /// <summary>A person presses the button.</summary>
    public async Task RunAgainAsync(GitLabJob job)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://gitlab.example/api/v4/projects/{Uri.EscapeDataString(A.PipelineProject.Path)}/jobs/{job.Id}/retry");
        request.Headers.Add("PRIVATE-TOKEN", "glpat-test");
        (await GitLab.HandleAsync(request, CancellationToken.None)).EnsureSuccessStatusCode();
    }

    /// <summary>As herding records it.</summary>
    public void Decides(GitLabJob job, HerdAct act, JobFinding finding)
    {
        PipelineRef pipeline = A.Pipeline(job.Pipeline.Id);
        Ports.Store.Set(
            JobRecord.Key(pipeline, job.Name),
            new JobRecord(pipeline, job.Name, job.Stage) { Attempts = [new(job.Id, "failed", null, null, "", A.Decision(act, finding), A.Noon)] },
            DocumentJson.Default.JobRecord);
    }

    private sealed class NoPeer : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage());
    }
}
