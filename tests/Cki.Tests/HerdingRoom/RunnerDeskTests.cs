using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>A runner that breaks jobs of two projects, from its first failure to its recovery.</summary>
public sealed class RunnerDeskTests
{
    private const string Second = "cki/second";
    private const long Runner = 41;

    /// <summary>Four jobs broke on it in our project, and one in another, whose records are made here.</summary>
    private static async Task<HerdingWorld> BrokenAsync(bool pauses = true, Action<HerdingWorld>? with = null)
    {
        var world = new HerdingWorld();
        world.Suite.Config.Current = world.Suite.Config.Current with { Hosts = [world.Suite.Config.Current.Hosts[0] with { PausesRunners = pauses }] };
        GitLabProject second = world.GitLab.AddProject(Second);
        world.GitLab.AddMember(second, world.GitLab.Users[0], GitLabRole.Maintainer);
        with?.Invoke(world);
        await world.AfterAsync([.. Enumerable.Range(1, 4).Select(n => new JobScript($"build {n}", "build") { Attempts = [HerdingWorld.SystemFailure, HerdingWorld.SystemFailure, new()] })]);
        var elsewhere = new RunnerFailure(new JobRef(new ProjectRef("gitlab.example", Second), 9), "runner_system_failure", world.Suite.Clock.GetUtcNow());
        world.Suite.Store.Set(RunnerBook.KeyOf("gitlab.example", Runner), new RunnerBook("gitlab.example", Runner) { Failures = [elsewhere] }, RunnerJson.Default.RunnerBook);
        for (int n = 1; n <= 4; n++)
            await world.JobFinishedAsync($"build {n}");
        return world;
    }

    private static RunnerBook Book(HerdingWorld world) => world.Suite.Store.Peek(RunnerBook.KeyOf("gitlab.example", Runner), RunnerJson.Default.RunnerBook)!;

    private static NoticeRaised[] Notices(HerdingWorld world) => [.. world.Suite.Queue.Messages<NoticeRaised>().Where(n => n.Key == "runner-gitlab.example-41")];

    private static Task LookAsync(HerdingWorld world, string? due = null) => world.DeliverAsync(new RunnerLook("gitlab.example", Runner), due);

    [Fact]
    public async Task Operators_hear_once_of_it_and_what_was_done()
    {
        HerdingWorld world = await BrokenAsync(with: w => w.GitLab.AddRunner("k8s-2"));
        Assert.Equal([new RunnerLook("gitlab.example", Runner)], world.Suite.Queue.Messages<RunnerLook>());

        await LookAsync(world);
        await LookAsync(world);

        NoticeRaised notice = Assert.Single(Notices(world));
        Assert.Equal("Runner k8s-1 (41) of gitlab.example breaks jobs", notice.Title);
        Assert.StartsWith("5 jobs of 2 projects (gitlab.example/cki/pipelines, gitlab.example/cki/second) broke on it within 6 hours, the last one is ", notice.Text);
        Assert.EndsWith("\nIt was paused, other runners take its jobs. Resume it in GitLab when it is mended.", notice.Text);
        Assert.Equal(["PUT /runners/:runner"], world.GitLab.Writes.Select(w => w.Route).Where(r => r.Contains("runner", StringComparison.Ordinal)));
        Assert.Contains(world.Suite.Store.Keys, k => k.StartsWith("due/", StringComparison.Ordinal) && k.Contains("/runner/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_last_one_is_not_paused()
    {
        HerdingWorld world = await BrokenAsync();
        await LookAsync(world);
        Assert.EndsWith("\nIt was not paused: it is the last one in gitlab.example/cki/pipelines for untagged jobs.", Assert.Single(Notices(world)).Text);
        Assert.Null(Book(world).PausedAt);
    }

    [Fact]
    public async Task Where_nobody_asked_for_it_none_is_paused()
    {
        HerdingWorld world = await BrokenAsync(pauses: false, with: w => w.GitLab.AddRunner("k8s-2"));
        await LookAsync(world);
        Assert.EndsWith("\nIt still takes jobs: pause it in GitLab, or set pause_runners for this host in trees.yaml.", Assert.Single(Notices(world)).Text);
        Assert.DoesNotContain(world.GitLab.Writes, w => w.Route.Contains("runner", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_installation_that_observes_pauses_none()
    {
        HerdingWorld world = await BrokenAsync(with: w => w.GitLab.AddRunner("k8s-2"));
        var observe = new Switch(Switch.Observe, "new here", "jane", A.Noon, null);
        world.Suite.Store.Set(observe.Key, observe, DocumentJson.Default.Switch);
        await LookAsync(world);
        Assert.EndsWith("\nIt was not paused, since acts are held (observe): new here", Assert.Single(Notices(world)).Text);
    }

    [Fact]
    public async Task It_is_well_after_three_good_jobs_and_told_once()
    {
        HerdingWorld world = await BrokenAsync();
        await LookAsync(world);
        for (int n = 1; n <= 3; n++)
            await world.PostAsync($"jobs/{world.Job($"build {n}").Id}/retry", "{}");
        world.Pass(300);
        await LookAsync(world);
        Assert.Single(Notices(world));
        for (int n = 1; n <= 3; n++)
            await world.PostAsync($"jobs/{world.GitLab.Jobs.Where(j => j.Name == $"build {n}").Max(j => j.Id)}/retry", "{}");
        world.Pass(600);

        await LookAsync(world, "due/202611221300/runner/x");
        await LookAsync(world);

        Assert.Equal(new NoticeRaised("runner-gitlab.example-41", "Runner k8s-1 (41) of gitlab.example works again", "", Recovered: true), Notices(world)[^1]);
        Assert.Equal((2, null), (Notices(world).Length, Book(world).NoticedAt));
    }

    [Fact]
    public async Task A_crash_between_acts_is_made_up_for()
    {
        HerdingWorld world = await BrokenAsync(with: w => w.GitLab.AddRunner("k8s-2"));
        bool isFirst = true;
        world.Suite.Queue.Before = _ =>
        {
            if (isFirst)
            {
                isFirst = false;
                throw new InvalidOperationException("killed");
            }
        };
        await Assert.ThrowsAsync<InvalidOperationException>(() => LookAsync(world));
        await LookAsync(world);
        Assert.EndsWith("Resume it in GitLab when it is mended.", Assert.Single(Notices(world)).Text);
    }
}
