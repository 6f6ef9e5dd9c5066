using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Cki.Kestrel;

namespace Cki.Contract.Tests;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

/// <summary>One answer as it left the server.</summary>
internal sealed record Answered(string Method, string Path, int Status, TimeSpan? RetryAfter);

/// <summary>The simulated GitLab on a loopback port, in real time, for clients that are not ours.</summary>
internal sealed class ServedGitLab : IAsyncDisposable
{
    public const string Path = "cki/kernel-pipelines";
    public const string Hidden = "secret/kernel";
    private const string Token = "glpat-contract";
    private readonly HttpClient hooks;
    private readonly ConcurrentQueue<Answered> answers = new();
    private readonly TimeProvider clock;
    private WebServer? server;

    private ServedGitLab(GitLabSettings settings, TimeProvider clock, HttpMessageHandler? hookPeer)
    {
        this.clock = clock;
        hooks = new HttpClient(hookPeer ?? new HttpClientHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        World = new GitLabWorld(clock, _ => 0.5, hooks, settings with
        {
            PickupDelay = TimeSpan.FromMilliseconds(20), HookLatency = TimeSpan.FromMilliseconds(5),
        });
        GitLabUser bot = World.AddUser("cki-bot");
        World.AddToken(bot, Token);
        World.AddMember(World.AddProject(Path), bot, GitLabRole.Maintainer);
        World.AddProject(Hidden);
        World.AddRunner("runner-1");
        Head = World.Commit(Path, "main", "net: fix a leak");
    }

    public GitLabWorld World { get; }

    public GitLabCommit Head { get; }

    public IReadOnlyList<Answered> Answers => [.. answers];

    public static async Task<ServedGitLab> StartAsync(GitLabSettings? settings = null, TimeProvider? clock = null, HttpMessageHandler? hookPeer = null)
    {
        var gitLab = new ServedGitLab(settings ?? new GitLabSettings(), clock ?? TimeProvider.System, hookPeer);
        gitLab.server = await WebServer.StartAsync(gitLab.HandleAsync);
        // Links to further pages name the instance.
        gitLab.World.Settings = gitLab.World.Settings with { Url = gitLab.server.Address.GetLeftPart(UriPartial.Authority) };
        return gitLab;
    }

    public void Runs(params JobScript[] jobs) => World.Script = _ => new PipelineScript(jobs);

    public static JobScript Job(string name, string stage, JobAttempt? attempt = null, double seconds = 0.05) =>
        new(name, stage) { Attempts = [(attempt ?? new JobAttempt()) with { Duration = TimeSpan.FromSeconds(seconds) }] };

    /// <summary>A pipeline that is there before the client comes.</summary>
    public async Task<GitLabPipeline> PipelineAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server!.Address, $"/api/v4/projects/{World.Project(Path).Id}/pipeline"));
        request.Headers.Add("PRIVATE-TOKEN", Token);
        request.Content = new StringContent("""{"ref":"main"}""", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return World.Pipelines[^1];
    }

    /// <summary>Until a job of the world is so; at most 20 s.</summary>
    public async Task<GitLabJob> JobAsync(string name, string status)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (World.Locked(() => World.Jobs.FirstOrDefault(job => job.Name == name && job.Status == status)) is { } found)
                return found;
            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>Runs a scenario of <c>tests/peers/gitlab</c>.</summary>
    public Task<JsonNode> AskAsync(string scenario, JsonObject? asked = null)
    {
        asked ??= [];
        asked["project"] = Path;
        asked["hidden"] = Hidden;
        return PeerScript.GitLabAsync(scenario, server!.Address, Token, asked);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        hooks.Dispose();
    }

    private async Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        (clock as ClockAtSecond)?.Begin();
        HttpResponseMessage response = await World.HandleAsync(request, cancellationToken);
        answers.Enqueue(new Answered(request.Method.Method, request.RequestUri!.AbsolutePath, (int)response.StatusCode, response.Headers.RetryAfter?.Delta));
        return response;
    }
}

/// <summary>Real time, moved so that the first request comes at a given second of its minute.</summary>
internal sealed class ClockAtSecond(int second) : TimeProvider
{
    private readonly Lock gate = new();
    private TimeSpan? shift;

    public void Begin()
    {
        lock (gate)
            shift ??= TimeSpan.FromSeconds(60 + second) - TimeSpan.FromSeconds(TimeProvider.System.GetUtcNow().TimeOfDay.TotalSeconds % 60);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + (shift ?? TimeSpan.Zero);
}
