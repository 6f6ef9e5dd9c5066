using Cki.Adapters;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Cki.Tests.SimulatorRooms;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ToolRooms;

/// <summary>What the doctor sees of a GitLab that behaves as GitLab does.</summary>
public sealed class GitLabExaminationTests
{
    private readonly World _world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SuiteConfig Config => A.Config(A.Tree() with { Project = null, Pipeline = new TreePipeline(new ProjectRef("gitlab.example", _world.Project.Path), "main") });

    private async Task<(HostFact Host, ProjectFact Project)> LookAsync()
    {
        var http = new HttpClient(new GitLabMessageHandler(_world.GitLab)) { Timeout = Timeout.InfiniteTimeSpan };
        var secrets = new MemorySecrets { Values = { ["gitlab-token"] = "glpat-bot" } };
        var outside = new GitLabExamination(new GitLabClient(http, new FixedConfig(Config), secrets, new GitLabRetries(_world.Clock, new SeededDice())));
        IReadOnlyList<HostFact> hosts = await outside.HostsAsync(Config, Stop);
        return (Assert.Single(hosts), Assert.Single(await outside.ProjectsAsync(Config, hosts, Stop)));
    }

    private async Task RunAsync(JobTrace trace)
    {
        _world.Runs(new JobScript("build", "build") { Attempts = [new Cki.GitLabSimulator.JobAttempt { Trace = trace }] });
        await _world.StartAsync();
        _world.Pass(120);
    }

    [Fact]
    public async Task The_rate_limit_is_what_the_headers_tell()
    {
        Assert.Null((await LookAsync()).Host.Self!.Rate);
        _world.GitLab.Settings = _world.GitLab.Settings with { RequestsPerMinute = 600 };
        GitLabRate rate = (await LookAsync()).Host.Self!.Rate!;
        Assert.Equal(600, rate.Limit);
        Assert.InRange(rate.Remaining, 590, 599);
        Assert.InRange(rate.ResetAt!.Value - _world.Clock.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_log_that_its_runner_cut_is_found_in_the_jobs_traces()
    {
        JobTrace whole = RunnerTraces.ScriptFailure([.. Enumerable.Repeat("  CC drivers/net/a.o", 900), "Job's log exceeded limit of 4194304 bytes."]);
        // Nothing of the job comes behind the cut.
        await RunAsync(whole with { Sections = [.. whole.Sections.Where(s => s.Name != "cleanup_file_variables")], Epilogue = null });
        ProjectFact project = (await LookAsync()).Project;
        Assert.Contains("was cut at 4 MB", Assert.Single(LogDiagnosis.Of(project)).What);
        Assert.True(project.Logs![0].End!.Length <= 4096);
        Assert.Equal([], project.OutOfMinutes);
    }

    [Fact]
    public async Task A_whole_log_is_no_finding()
    {
        await RunAsync(RunnerTraces.Success());
        ProjectFact project = (await LookAsync()).Project;
        Assert.Empty(LogDiagnosis.Of(project));
        Assert.Contains("Job succeeded", Assert.Single(project.Logs!).End);
    }

    [Fact]
    public async Task Looking_writes_nothing()
    {
        await RunAsync(RunnerTraces.Success());
        int writes = _world.GitLab.Writes.Count;
        await LookAsync();
        Assert.Equal(writes, _world.GitLab.Writes.Count);
    }
}
