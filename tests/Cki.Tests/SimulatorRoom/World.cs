using System.Text;
using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

/// <summary>A world under a clock of its own, a bot that may post, and a peer that takes webhooks.</summary>
internal sealed class World
{
    public World(GitLabSettings? settings = null, GitLabDice? dice = null)
    {
        GitLab = new GitLabWorld(Clock, dice ?? (_ => 0.5), new HttpClient(Peer) { Timeout = Timeout.InfiniteTimeSpan }, settings);
        Bot = GitLab.AddUser("cki-bot", "CKI bot");
        GitLab.AddToken(Bot, "glpat-bot");
        Project = GitLab.AddProject("cki/kernel-tests");
        GitLab.AddMember(Project, Bot, GitLabRole.Maintainer);
        GitLab.AddRunner("k8s-1");
        Head = GitLab.Commit(Project.Path, "main", "net: fix a leak");
        Http = new HttpClient(new GitLabMessageHandler(GitLab)) { BaseAddress = new Uri("https://gitlab.example/api/v4/") };
        Http.DefaultRequestHeaders.Add("PRIVATE-TOKEN", "glpat-bot");
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 6, 10, 0, 0, TimeSpan.Zero));
    public WebhookPeer Peer { get; } = new();
    public GitLabWorld GitLab { get; }
    public GitLabUser Bot { get; }
    public GitLabProject Project { get; }
    public GitLabCommit Head { get; }
    public HttpClient Http { get; }
    public string Root => $"projects/{Project.Id}";

    /// <summary>In small steps, as a real clock passes: timers set on the way are met.</summary>
    public void Pass(double seconds)
    {
        for (double left = seconds; left > 0; left -= 1)
            Clock.Advance(TimeSpan.FromSeconds(Math.Min(1, left)));
    }

    public async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await Http.GetStringAsync(path, TestContext.Current.CancellationToken))!;

    public async Task<(int Status, string Body)> SendAsync(string method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<long> StartAsync(string variables = "[]")
    {
        (int status, string body) = await SendAsync("POST", $"{Root}/pipeline", $$"""{"ref":"main","variables":{{variables}}}""");
        Assert.Equal(201, status);
        return (long)JsonNode.Parse(body)!["id"]!;
    }

    /// <summary>Name, id and status of the listed jobs, newest first.</summary>
    public async Task<string[]> JobsAsync(long pipeline, string query = "")
    {
        JsonNode jobs = await GetAsync($"{Root}/pipelines/{pipeline}/jobs?per_page=100{query}");
        return [.. jobs.AsArray().Select(job => $"{job!["id"]} {job["name"]} {job["status"]}")];
    }

    public void Runs(params JobScript[] jobs) => GitLab.Script = _ => new PipelineScript(jobs);
}

/// <summary>Receives webhooks; answers as told.</summary>
internal sealed class WebhookPeer : HttpMessageHandler
{
    public List<(HttpRequestMessage Request, string Body)> Received { get; } = [];
    public Func<int> Status { get; set; } = () => 200;
    public bool Silent { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Received.Add((request, await request.Content!.ReadAsStringAsync(CancellationToken.None)));
        if (Silent)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return new HttpResponseMessage((System.Net.HttpStatusCode)Status());
    }

    public string[] Events => [.. Received.Select(received => received.Request.Headers.GetValues("X-Gitlab-Event").Single())];
}
