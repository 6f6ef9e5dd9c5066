using Cki.Adapters;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>GitLab's API and its runners, by the simulator.</summary>
public sealed class RunnerProbing
{
    private readonly InMemoryPorts _ports = new(A.Config());
    private readonly GitLabWorld _world;
    private readonly IReadOnlyDictionary<string, CheckProbe> _probes;

    public RunnerProbing()
    {
        _world = new GitLabWorld(_ports.Clock, _ => 0.5, new HttpClient());
        GitLabUser bot = _world.AddUser("cki-bot");
        _world.AddToken(bot, "glpat-test");
        _world.AddMember(_world.AddProject(A.PipelineProject.Path), bot, GitLabRole.Maintainer);
        var http = new HttpClient(new GitLabMessageHandler(_world)) { Timeout = Timeout.InfiniteTimeSpan };
        var gitLab = new GitLabClient(http, _ports.Config, _ports.Secrets, new GitLabRetries(_ports.Clock, _ports.Ports.Dice));
        _probes = CheckProbes.OverHttp(http, _ports.Ports, gitLab);
    }

    private async Task<(CheckStatus Status, string Said)> SeeAsync(CheckTarget target)
    {
        Task<CheckSight> look = _probes[target.Kind](new CheckConfig("x", target), null, CancellationToken.None);
        await _ports.UntilDone(look);
        CheckSight sight = await look;
        return (sight.Status, System.Text.RegularExpressions.Regex.Replace(sight.Said, @"\d+ ms", "N ms"));
    }

    [Fact]
    public async Task The_API_answers_who_we_are()
    {
        Assert.Equal((CheckStatus.Up, "the API answered cki-bot after N ms"), await SeeAsync(new CheckTarget.GitLab("gitlab.example", null)));
        _ports.Secrets.Values["gitlab-token"] = "wrong";
        Assert.Equal(CheckStatus.Down, (await SeeAsync(new CheckTarget.GitLab("gitlab.example", null))).Status);
    }

    [Fact]
    public async Task Runners_are_counted_by_tag_and_architecture()
    {
        _world.AddRunner("arm-1", "kernel-build", "aarch64");
        _world.AddRunner("arm-2", "kernel-build", "aarch64");
        GitLabRunner paused = _world.AddRunner("arm-3", "kernel-build", "aarch64");
        _world.Pause(paused, true);
        _world.AddRunner("x86", "kernel-build", "x86_64");
        _world.AddRunner("docs", "docs");
        var target = new CheckTarget.Runners(A.PipelineProject, ["kernel-build"], null, 1);
        Assert.Equal((CheckStatus.Up, "3 runners online, no job pending"), await SeeAsync(target));
        Assert.Equal((CheckStatus.Up, "2 runners online, no job pending"), await SeeAsync(target with { Architecture = "aarch64" }));
        Assert.Equal(
            (CheckStatus.Down, "0 runners online, no job pending; at least 1 should be online"), await SeeAsync(target with { Architecture = "s390x" }));
        Assert.Equal((CheckStatus.Down, "1 runner online, no job pending; at least 2 should be online"), await SeeAsync(target with { Tags = ["docs"], OnlineLeast = 2 }));
    }

    [Fact]
    public async Task Pending_jobs_are_counted_by_tag_and_architecture_and_by_their_wait()
    {
        string Job(int id, string name, string tags, int minutes) =>
            $$"""{"id":{{id}},"name":"{{name}}","status":"pending","tag_list":[{{tags}}],"created_at":"{{A.Noon.AddMinutes(-minutes):yyyy-MM-ddTHH:mm:ssZ}}"}""";
        string jobs = $"[{Job(1, "build aarch64", "\"kernel-build\"", 90)},{Job(2, "build x86_64", "\"kernel-build\"", 10)},{Job(3, "docs", "\"docs\"", 500)}]";
        var target = new CheckTarget.Runners(A.PipelineProject, ["kernel-build"], null, 0);
        async Task<(CheckStatus, string)> SeeAsync(CheckTarget.Runners wanted)
        {
            var wire = new FakeWire(_ports.Clock).Answers(200, "[]").Answers(200, jobs);
            var http = new HttpClient(wire) { Timeout = Timeout.InfiniteTimeSpan };
            var gitLab = new GitLabClient(http, _ports.Config, _ports.Secrets, new GitLabRetries(_ports.Clock, _ports.Ports.Dice));
            CheckSight sight = await CheckProbes.OverHttp(http, _ports.Ports, gitLab)["runners"](new CheckConfig("x", wanted), null, CancellationToken.None);
            Assert.EndsWith("/api/v4/projects/cki%2Fpipelines/jobs?per_page=100&scope[]=pending", wire.Seen[^1].Url);
            return (sight.Status, sight.Said);
        }
        Assert.Equal((CheckStatus.Up, "0 runners online, 2 jobs pending, the oldest for 90 min"), await SeeAsync(target));
        Assert.Equal(
            (CheckStatus.Degraded, "0 runners online, 2 jobs pending, the oldest for 90 min; none should wait longer than 1h"),
            await SeeAsync(target with { PendingLongest = TimeSpan.FromHours(1) }));
        Assert.Equal(
            (CheckStatus.Up, "0 runners online, 1 job pending, the oldest for 10 min"),
            await SeeAsync(target with { Architecture = "x86_64", PendingLongest = TimeSpan.FromHours(1) }));
        Assert.Equal(
            (CheckStatus.Degraded, "0 runners online, 2 jobs pending, the oldest for 90 min; at most 1 should be pending"), await SeeAsync(target with { PendingMost = 1 }));
    }
}
