using System.Text;
using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Cki.JobHerding;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Try = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Tests.HerdingRoom;

/// <summary>The stage against the GitLab simulator, with ports in memory, all under one clock.</summary>
internal sealed class HerdingWorld
{
    private readonly HttpClient _http;

    public HerdingWorld()
    {
        Suite = new InMemoryPorts(A.Config() with { Matchers = Shipped.Tree });
        GitLab = new GitLabWorld(Suite.Clock, _ => 0.5, new HttpClient(new Nobody()));
        GitLabUser bot = GitLab.AddUser("cki-bot", "CKI bot");
        GitLab.AddToken(bot, "glpat-test");
        GitLabProject project = GitLab.AddProject(A.PipelineProject.Path);
        GitLab.AddMember(project, bot, GitLabRole.Maintainer);
        GitLab.AddRunner("k8s-1");
        GitLab.Commit(project.Path, "main", "net: fix a leak");
        _http = new HttpClient(new GitLabMessageHandler(GitLab)) { Timeout = Timeout.InfiniteTimeSpan };
        Stage = JobHerdingStage.Compose(Suite.Ports, _http, NullLoggerFactory.Instance);
    }

    public InMemoryPorts Suite { get; }

    public GitLabWorld GitLab { get; }

    public StageEndpoints Stage { get; }

    public RunId Run { get; } = A.Detection().Run;

    public PipelineRef Pipeline { get; private set; } = A.Pipeline();

    /// <summary>What the pipeline is started on.</summary>
    public string Ref { get; set; } = "main";

    public static Try SystemFailure { get; } = Try.Failed(RunnerTraces.SystemFailure(), "runner_system_failure");

    public static Try CompileError { get; } = Try.Failed(RunnerTraces.CompileError());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A pipeline of our run that has run to its end.</summary>
    public async Task<HerdingWorld> AfterAsync(params JobScript[] jobs)
    {
        GitLab.Script = _ => new PipelineScript(jobs);
        Pipeline = new PipelineRef(A.PipelineProject, (long)(await PostAsync("pipeline", $$"""{"ref":"{{Ref}}"}"""))["id"]!);
        Documents documents = Suite.Ports.Documents;
        await documents.CreateAsync(RunIds.DetectionKey(Run), A.Detection(), DocumentJson.Default.RunDetection, Cancellation);
        await documents.CreateAsync(RunIds.PipelineKey(Run), A.RunPipeline(Run, Pipeline.Id), DocumentJson.Default.RunPipeline, Cancellation);
        await documents.CreateAsync(Pipeline.Key, new PipelineState(Pipeline) { Run = Run, Attempt = 1 }, DocumentJson.Default.PipelineState, Cancellation);
        Pass(300);
        return this;
    }

    public void Pass(double seconds)
    {
        for (double left = seconds; left > 0; left -= 5)
            Suite.Clock.Advance(TimeSpan.FromSeconds(Math.Min(5, left)));
    }

    public GitLabJob Job(string name) => GitLab.Jobs.Where(j => j.Name == name).OrderBy(j => j.Id).First();

    public Task JobFinishedAsync(string name, string? due = null)
    {
        GitLabJob job = Job(name);
        return DeliverAsync(new JobFinished(new JobRef(A.PipelineProject, job.Id), job.Pipeline.Id, name, job.Status), due);
    }

    public Task DeliverAsync<T>(T message, string? due = null)
        where T : class, IStageMessage<T> => Suite.UntilDone(Stage.Queues[QueueNames.Herd](Suite.Message(message, due), Cancellation));

    /// <summary>Delivers everything that the stage sent to itself.</summary>
    public async Task DeliverOwnAsync()
    {
        foreach (ReceivedMessage message in Suite.Queue.Drain().Where(m => m.Queue == QueueNames.Herd))
            await Suite.UntilDone(Stage.Queues[QueueNames.Herd](message, Cancellation));
    }

    public async Task<string> RetryAsync(string name)
    {
        Task<JsonNode?> task = Stage.Tasks["retry-job"](
            new JsonObject { ["host"] = Pipeline.Project.Host, ["project"] = Pipeline.Project.Path, ["pipelineId"] = Job(name).Pipeline.Id, ["jobId"] = Job(name).Id, ["name"] = name }, Cancellation);
        await Suite.UntilDone(task);
        JsonNode answer = (await task)!;
        return $"{answer["state"]}: {answer["outcome"]}";
    }

    public async Task<JobRecord?> RecordAsync(string name) =>
        (await Suite.Ports.Documents.GetAsync(JobRecord.Key(Pipeline, name), DocumentJson.Default.JobRecord, Cancellation))?.Value;

    public async Task<PipelineState> StateAsync(PipelineRef? pipeline = null) =>
        (await Suite.Ports.Documents.GetAsync((pipeline ?? Pipeline).Key, DocumentJson.Default.PipelineState, Cancellation))!.Value;

    public async Task<JsonNode> PostAsync(string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://gitlab.example/api/v4/projects/{Uri.EscapeDataString(A.PipelineProject.Path)}/{path}");
        request.Headers.Add("PRIVATE-TOKEN", "glpat-test");
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _http.SendAsync(request, Cancellation);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
    }

    private sealed class Nobody : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.OK));
    }
}
