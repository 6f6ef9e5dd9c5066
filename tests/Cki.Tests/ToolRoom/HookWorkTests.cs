using Cki.Adapters;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Cki.Tests.SimulatorRooms;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ToolRooms;

/// <summary>Hooks made, mended and enabled in a GitLab that behaves as GitLab does.</summary>
public class HookWorkTests
{
    private readonly World world = new();
    private readonly MemorySecrets secrets = new() { Values = { ["gitlab-token"] = "glpat-bot", ["hook-token"] = "hook-secret", ["hook-key"] = "whsec_AAAA" } };

    private SuiteConfig Config =>
        A.Config(A.Tree() with { Project = null, Pipeline = new TreePipeline(new ProjectRef("gitlab.example", world.Project.Path), "main") });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HookWork Work(string? signing = null)
    {
        var http = new HttpClient(new GitLabMessageHandler(world.GitLab)) { Timeout = Timeout.InfiniteTimeSpan };
        var gitLab = new GitLabClient(http, new FixedConfig(Config), secrets, new GitLabRetries(world.Clock, new SeededDice()));
        return new HookWork(gitLab, secrets, HealthyFacts.Door) { SigningSecret = signing };
    }

    private async Task<HookDeed> MakeAsync(bool evenIfFine = false, string? signing = null)
    {
        HookWork work = Work(signing);
        return await work.MakeAsync(Assert.Single(await work.LookAsync(Config, Stop)), evenIfFine, Stop);
    }

    private int Writes => world.GitLab.Writes.Count(w => w.Route.Contains("/hooks", StringComparison.Ordinal));

    [Fact]
    public async Task A_missing_hook_is_created_with_its_events_and_token_and_not_a_second_time()
    {
        Assert.Equal(("created", null), Told(await MakeAsync()));
        Assert.Equal(("fine", null), Told(await MakeAsync()));

        Cki.GitLabSimulator.GitLabHook hook = Assert.Single(world.Project.Hooks);
        Assert.Equal(("https://cki.example/webhooks/gitlab", "hook-secret", null), (hook.Url, hook.Token, hook.SigningToken));
        Assert.Equal((true, true, false, false), (hook.JobEvents, hook.PipelineEvents, hook.PushEvents, hook.MergeRequestsEvents));
        Assert.Equal(1, Writes);
    }

    [Fact]
    public async Task A_hook_that_lacks_an_event_is_mended_and_keeps_what_others_asked_of_it()
    {
        await MakeAsync();
        world.Project.Hooks[0].JobEvents = false;
        world.Project.Hooks[0].MergeRequestsEvents = world.Project.Hooks[0].NoteEvents = true;

        Assert.Equal(("mended", "it does not send job_events"), Told(await MakeAsync()));

        Cki.GitLabSimulator.GitLabHook hook = Assert.Single(world.Project.Hooks);
        Assert.Equal((true, true, true, true), (hook.JobEvents, hook.PipelineEvents, hook.MergeRequestsEvents, hook.NoteEvents));
    }

    [Fact]
    public async Task Repair_writes_the_token_anew_since_GitLab_never_shows_it()
    {
        await MakeAsync();
        world.Project.Hooks[0].Token = "an old one";

        Assert.Equal(("fine", null), Told(await MakeAsync()));
        Assert.Equal(("mended", "written anew"), Told(await MakeAsync(evenIfFine: true, signing: "hook-key")));

        Assert.Equal(("hook-secret", "whsec_AAAA"), (world.Project.Hooks[0].Token, world.Project.Hooks[0].SigningToken));
    }

    [Fact]
    public async Task A_hook_of_somebody_else_is_left_alone()
    {
        world.GitLab.AddHook(world.Project, "https://other.example/webhooks/gitlab", h => h.Token = "theirs");

        await MakeAsync(evenIfFine: true);

        Assert.Equal([("https://other.example/webhooks/gitlab", "theirs"), ("https://cki.example/webhooks/gitlab", "hook-secret")], world.Project.Hooks.Select(h => (h.Url, h.Token!)));
    }

    [Fact]
    public async Task A_disabled_hook_is_enabled_by_a_test_that_is_answered()
    {
        await MakeAsync();
        await DisableAsync();

        Assert.Equal(("enabled", "by a test of job_events"), Told(await MakeAsync()));
        world.Pass(5);

        Assert.Equal("executable", world.Project.Hooks[0].AlertStatus(world.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_hook_that_cannot_be_tested_is_told()
    {
        await MakeAsync();
        await DisableAsync();
        world.GitLab.Faults.Api(ApiFault.ServiceUnavailable, new FaultWhen { On = "POST /projects/:id/hooks/:hook/test/:trigger", Times = 9 });

        await Assert.ThrowsAsync<GitLabUnavailableException>(() => MakeAsync());
    }

    [Fact]
    public async Task Without_its_secret_no_hook_is_made()
    {
        secrets.Values.Remove("hook-token");

        BadInputException refused = await Assert.ThrowsAsync<BadInputException>(() => MakeAsync());

        Assert.Equal("there is no secret 'hook-token', which deliveries are to be proved with: set it first", refused.Message);
        Assert.Empty(world.Project.Hooks);
    }

    private static (string Done, string? Why) Told(HookDeed deed) => (deed.Done, deed.Why);

    /// <summary>Four failures in a row, as GitLab counts.</summary>
    private async Task DisableAsync()
    {
        world.Peer.Status = () => 500;
        await world.StartAsync();
        world.Pass(60);
        Assert.NotEqual("executable", world.Project.Hooks[0].AlertStatus(world.Clock.GetUtcNow()));
        world.Peer.Status = () => 200;
    }
}
