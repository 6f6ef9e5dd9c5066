using System.Collections.Concurrent;
using Cki.GitLabSimulator;
using Cki.Kestrel;

namespace Cki.EndToEnd.Tests;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

/// <summary>The simulated GitLab on a loopback port, with real time: what each commit's pipeline does is said by its sha.</summary>
internal sealed class TestGitLab : IAsyncDisposable
{
    public const string Pipelines = "cki/kernel-pipelines";
    public const string Tree = "kernel/linux";
    private readonly ConcurrentDictionary<string, PipelineScript> scripts = new(StringComparer.Ordinal);
    private readonly HttpClient hooks = new() { Timeout = Timeout.InfiniteTimeSpan };
    private WebServer? server;

    private TestGitLab()
    {
        World = new GitLabWorld(TimeProvider.System, _ => Random.Shared.NextDouble(), hooks, new GitLabSettings
        {
            PickupDelay = TimeSpan.FromMilliseconds(100),
            HookLatency = TimeSpan.FromMilliseconds(20),
        })
        { Script = request => Script(request.Variables.GetValueOrDefault("CKI_SHA") ?? "") };
        GitLabUser bot = World.AddUser("cki-bot");
        World.AddToken(bot, SuiteFiles.ApiToken);
        foreach (string path in new[] { Pipelines, Tree })
            World.AddMember(World.AddProject(path), bot, GitLabRole.Maintainer);
        World.AddRunner("runner-1");
        World.AddRunner("runner-2");
        World.Commit(Pipelines, "main", "pipeline definition");
    }

    public GitLabWorld World { get; }

    public Uri Address => server!.Address;

    public static async Task<TestGitLab> StartAsync()
    {
        var gitLab = new TestGitLab();
        gitLab.server = await WebServer.StartAsync(gitLab.World.HandleAsync);
        return gitLab;
    }

    public void OnSha(string sha, PipelineScript script) => scripts[sha] = script;

    public void HookTo(Uri door)
    {
        foreach (string path in new[] { Pipelines, Tree })
            World.AddHook(World.Project(path), new Uri(door, "/webhooks/gitlab").ToString(), hook =>
            {
                hook.Token = SuiteFiles.HookToken;
                hook.PushEvents = path == Tree;
                hook.JobEvents = hook.PipelineEvents = path == Pipelines;
            });
    }

    public IReadOnlyList<GitLabPipeline> PipelinesOf(string sha) =>
        [.. World.Pipelines.Where(p => p.Variables.TryGetValue("CKI_SHA", out string? of) && of == sha)];

    public IReadOnlyList<GitLabJob> Tries(string sha, string job) =>
        [.. World.Jobs.Where(j => j.Name == job && PipelinesOf(sha).Any(p => p.Id == j.Pipeline.Id))];

    public static JobScript Job(string name, string stage, params JobAttempt[] attempts) =>
        new(name, stage) { Attempts = [.. (attempts.Length == 0 ? [new JobAttempt()] : attempts).Select(a => a with { Duration = TimeSpan.FromMilliseconds(300) })] };

    public static JobAttempt RunnerDies() => JobAttempt.Failed(RunnerTraces.SystemFailure(), "runner_system_failure");

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        hooks.Dispose();
    }

    private PipelineScript Script(string sha) =>
        scripts.TryGetValue(sha, out PipelineScript? script) ? script : new PipelineScript([Job("build x86_64", "build"), Job("test x86_64", "test")]);
}
