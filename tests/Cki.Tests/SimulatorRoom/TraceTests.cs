using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

using TraceSection = Cki.GitLabSimulator.TraceSection;


public sealed class TraceTests
{
    private static readonly DateTimeOffset s_start = new(2025, 3, 6, 10, 8, 0, TimeSpan.Zero);
    private readonly World _world = new();

    [Fact]
    public void A_trace_is_printed_as_a_runner_prints_it()
    {
        var trace = new JobTrace([new TraceSection("step_script", "Executing", "$ make", "E:oops")], "ERROR: Job failed: exit code 2");
        Assert.Equal(
            "\e[0KRunning with gitlab-runner 18.4.0 (139a0ac0)\e[0;m\n" +
            "\e[0K  on k8s-runner t1_x9Lq, system ID: r_4cUq7Yd1Hs0B\e[0;m\n" +
            "section_start:1741255680:step_script\r\e[0K\e[0K\e[36;1mExecuting\e[0;m\e[0;m\n" +
            "\e[32;1m$ make\e[0;m\n" +
            "oops\n" +
            "section_end:1741255683:step_script\r\e[0K\e[0K\e[31;1mERROR: Job failed: exit code 2\n\e[0;m\n",
            TraceText.Render(trace, s_start, TimeSpan.FromSeconds(6)));
    }

    [Fact]
    public void A_stamped_trace_tells_time_stream_and_continuation()
    {
        var trace = new JobTrace([new TraceSection("step_script", null, "fine\r50%", "E:oops")], null) { Timestamps = true };
        string[] lines = TraceText.Render(trace, s_start, TimeSpan.FromSeconds(5)).Split('\n');
        Assert.Equal([
            "2025-03-06T10:08:03.000000Z 00O section_start:1741255680:step_script\r", "2025-03-06T10:08:03.000000Z 00O+\e[0K",
            "2025-03-06T10:08:04.000000Z 01O fine\r", "2025-03-06T10:08:04.000000Z 01O+50%",
            "2025-03-06T10:08:05.000000Z 01E oops", ""], lines[2..]);
    }

    [Fact]
    public void Each_section_that_opens_closes()
    {
        string text = TraceText.Render(RunnerTraces.Success().WithAfterScript("bye"), s_start, TimeSpan.FromMinutes(1));
        string[] names = ["prepare_executor", "prepare_script", "get_sources", "step_script", "after_script", "upload_artifacts_on_success", "cleanup_file_variables"];
        Assert.All(names, name => Assert.Matches($"section_start:[0-9]+:{name}\r[^@]*section_end:[0-9]+:{name}\r", text));
        Assert.EndsWith("\e[32;1mJob succeeded\e[0;m\n", text);
    }

    [Fact]
    public async Task A_job_that_has_not_begun_has_an_empty_trace()
    {
        await _world.StartAsync();
        Assert.Equal((200, ""), await TraceAsync());
        Assert.Equal((404, """{"message":"404 Not found"}"""), await _world.SendAsync("GET", $"{_world.Root}/jobs/9/trace"));
    }

    [Fact]
    public async Task A_trace_grows_while_its_job_runs()
    {
        await _world.StartAsync();
        _world.Pass(30);
        string early = (await TraceAsync()).Body;
        _world.Pass(15);
        string later = (await TraceAsync()).Body;
        _world.Pass(60);
        string whole = (await TraceAsync()).Body;
        Assert.NotEmpty(early);
        Assert.True(early.Length < later.Length && later.Length < whole.Length);
        Assert.StartsWith(early, later);
        Assert.StartsWith(later, whole);
        Assert.DoesNotContain("Job succeeded", later);
        Assert.EndsWith("Job succeeded\e[0;m\n", whole);
    }

    [Fact]
    public async Task A_slow_trace_lacks_its_end_for_two_minutes()
    {
        _world.GitLab.Faults.Jobs(JobFault.SlowTrace, new FaultWhen());
        await _world.StartAsync();
        _world.Pass(90);
        Assert.Equal("success", _world.GitLab.Jobs.Single().Status);
        Assert.DoesNotContain("Job succeeded", (await TraceAsync()).Body);
        _world.Pass(120);
        Assert.Contains("Job succeeded", (await TraceAsync()).Body);
    }

    [Fact]
    public async Task A_cancelled_job_says_so_at_its_end()
    {
        await _world.StartAsync();
        _world.Pass(30);
        await _world.SendAsync("POST", $"{_world.Root}/jobs/20001/cancel");
        Assert.EndsWith("\e[31;1mERROR: Job failed: canceled\n\e[0;m\n", (await TraceAsync()).Body);
    }

    [Fact]
    public void Ready_made_failures_end_on_the_runners_own_word()
    {
        JobTrace[] systemic = [RunnerTraces.SystemFailure(), RunnerTraces.ImagePullTimeout(), RunnerTraces.PodLost(RunnerTraces.Success())];
        JobTrace[] scripts = [RunnerTraces.RegistryTimeout(), RunnerTraces.GitFetchFailure(), RunnerTraces.DnsFailure(), RunnerTraces.TestFailure(), RunnerTraces.KernelPanic()];
        Assert.All(systemic, trace => Assert.StartsWith("ERROR: Job failed (system failure): ", trace.Epilogue));
        Assert.All(scripts, trace => Assert.Equal("ERROR: Job failed: exit code 1", trace.Epilogue));
        Assert.Equal("ERROR: Job failed: exit code 2", RunnerTraces.CompileError().Epilogue);
    }

    private Task<(int Status, string Body)> TraceAsync() => _world.SendAsync("GET", $"{_world.Root}/jobs/20001/trace");
}
