using Cki.GitLabSimulator;
using Xunit;
using Try = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Tests.HerdingRoom;

/// <summary>
/// GitLab API calls per herded job, counted. To decide: job, siblings, trace; a retry asks for the pipeline and its variables as well, and again before its
/// POST. What is left over makes the last job look whether the whole has settled.
/// </summary>
public class ApiCallTests
{
    private const string Job = "GET /projects/:id/jobs/:job";
    private const string Jobs = "GET /projects/:id/pipelines/:pipeline/jobs";
    private const string Bridges = "GET /projects/:id/pipelines/:pipeline/bridges";
    private const string Trace = "GET /projects/:id/jobs/:job/trace";
    private const string Pipeline = "GET /projects/:id/pipelines/:pipeline";
    private const string Variables = "GET /projects/:id/pipelines/:pipeline/variables";
    private const string Retry = "POST /projects/:id/jobs/:job/retry";

    [Fact]
    public async Task A_failure_of_the_commit_costs_six_calls()
    {
        HerdingWorld world = await AfterAsync(HerdingWorld.CompileError);
        Assert.Equal($"{Job} 1; {Trace} 1; {Pipeline} 1; {Bridges} 1; {Jobs} 2", await CallsAsync(world, () => world.JobFinishedAsync("build x")));
    }

    [Fact]
    public async Task A_retry_costs_five_calls_to_decide_and_four_to_post()
    {
        HerdingWorld world = await AfterAsync(HerdingWorld.SystemFailure);
        Assert.Equal($"{Job} 1; {Trace} 1; {Pipeline} 1; {Jobs} 1; {Variables} 1", await CallsAsync(world, () => world.JobFinishedAsync("build x")));
        Assert.Equal($"{Pipeline} 1; {Jobs} 1; {Variables} 1; {Retry} 1", await CallsAsync(world, () => world.RetryAsync("build x")));
    }

    [Fact]
    public async Task The_same_event_again_costs_one_call()
    {
        HerdingWorld world = await AfterAsync(HerdingWorld.SystemFailure);
        await world.JobFinishedAsync("build x");
        Assert.Equal($"{Job} 1", await CallsAsync(world, () => world.JobFinishedAsync("build x")));
    }

    [Fact]
    public async Task A_job_that_passed_and_that_no_matcher_looks_at_costs_one_call()
    {
        HerdingWorld world = await AfterAsync(new Try());
        Assert.Equal($"{Job} 1", await CallsAsync(world, () => world.JobFinishedAsync("build x")));
    }

    private static Task<HerdingWorld> AfterAsync(Try attempt) => new HerdingWorld().AfterAsync(new JobScript("build x", "build") { Attempts = [attempt, new()] });

    private static async Task<string> CallsAsync(HerdingWorld world, Func<Task> act)
    {
        IReadOnlyDictionary<string, int> before = world.GitLab.Requests;
        await act();
        return string.Join("; ", world.GitLab.Requests.Select(r => (r.Key, Calls: r.Value - before.GetValueOrDefault(r.Key))).Where(r => r.Calls > 0).Select(r => $"{r.Key} {r.Calls}"));
    }
}
