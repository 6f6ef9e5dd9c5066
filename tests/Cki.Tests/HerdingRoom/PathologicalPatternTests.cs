using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;
using Try = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Tests.HerdingRoom;

/// <summary>Whatever pattern an operator writes, and whatever a job prints: refused with the reason, or done in bounded memory; and the next job is decided on.</summary>
public class PathologicalPatternTests
{
    private const long AllocatedMax = 256L << 20;

    private static readonly string[] s_lines = [new('a', 8192), new string('a', 8191) + "!", string.Concat(Enumerable.Repeat("ab ", 2700))];

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|a)*b")]
    [InlineData("(.*)*x$")]
    [InlineData(".*.*.*.*=")]
    [InlineData("(a|b)*a(a|b){200}c")]
    [InlineData("a{900}")]
    [InlineData("(x?){500}x{400}")]
    [InlineData("(a?b?c?d?e?){150}f")]
    public void A_pattern_that_would_run_for_ages_elsewhere_is_done_in_bounded_memory(string pattern)
    {
        Matchers matchers = Of(pattern);
        Assert.Empty(matchers.Refused);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (string line in s_lines)
            _ = matchers.Naming(line);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocatedMax);
    }

    [Theory]
    [InlineData("(a{1000}){1000}")]
    [InlineData(@"(\w{1,200}\s?){1,50}z")]
    [InlineData("(?=a+)+b")]
    [InlineData(@"(a+)\1+$")]
    [InlineData("(?>a+)b")]
    public void A_pattern_that_cannot_be_bounded_is_refused_with_the_reason_and_the_others_go_on(string pattern)
    {
        Matchers matchers = Of(pattern, "ordinary words");
        ConfigError refused = Assert.Single(matchers.Refused);
        Assert.StartsWith("a regular expression ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["m1"], matchers.Naming("some ordinary words"));
    }

    [Theory]
    [InlineData("one line")]
    [InlineData("binary")]
    [InlineData("endless escape sequences")]
    public async Task A_job_with_fifty_megabytes_of_anything_is_decided_on_and_so_is_the_next_one(string kind)
    {
        string noise = kind switch
        {
            "one line" => new string('x', 50 << 20),
            "binary" => string.Create(5 << 20, new Random(7), (to, random) => { for (int i = 0; i < to.Length; i++) to[i] = (char)random.Next(0, 255); }),
            _ => string.Concat(Enumerable.Repeat("\e[1m\e[0;31;4m\e]0;t\a", 1 << 20)),
        };
        var world = new HerdingWorld();
        await world.AfterAsync(
            new JobScript("build x", "build") { Attempts = [Try.Failed(RunnerTraces.ScriptFailure(["$ make", noise, "E:fs/a.c:1:1: error: expected ';'", "E:make: *** [a.o] Error 1"]))], Needs = [] },
            new JobScript("build y", "build") { Attempts = [HerdingWorld.SystemFailure], Needs = [] });
        await DecideAsync(world, "build x");
        await DecideAsync(world, "build y");
        Assert.Equal((HerdAct.Leave, JobFinding.Failed), await ActAsync(world, "build x"));
        Assert.Equal((HerdAct.Retry, JobFinding.Nothing), await ActAsync(world, "build y"));
    }

    // The clock stands still: only the download's own time-out waits on it.
    private static Task DecideAsync(HerdingWorld world, string name)
    {
        GitLabJob job = world.Job(name);
        var told = new JobFinished(new JobRef(A.PipelineProject, job.Id), job.Pipeline.Id, name, job.Status);
        return world.Stage.Queues[QueueNames.Herd](world.Suite.Message(told), TestContext.Current.CancellationToken);
    }

    private static async Task<(HerdAct, JobFinding)> ActAsync(HerdingWorld world, string name) =>
        (await world.RecordAsync(name))!.Attempts[0].Decision is var made ? (made.Act, made.Finding) : default;

    private static Matchers Of(params string[] patterns) =>
        Matchers.Compile(new MatcherTree([.. patterns.Select((p, n) => A.Matcher() with { Name = $"m{n}", Messages = [p] })]));
}
