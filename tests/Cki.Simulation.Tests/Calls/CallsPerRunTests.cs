using Cki.GitLabSimulator;
using Xunit;
using Attempt = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Simulation.Tests;

/// <summary>A change that adds a call to a run changes its number here, and then in infra/deploy.md.</summary>
[Collection("one pool thread")]
public sealed class CallsPerRunTests
{
    /// <summary>Which jobs end within one look is the dice's: what is far below the table is a table out of date.</summary>
    private const double LeastShare = 0.8;

    private static readonly SortedDictionary<string, int> s_table = new(StringComparer.Ordinal)
    {
        ["flows.describe"] = 11, ["flows.signal"] = 2, ["flows.start"] = 2, ["invoke.check-pipeline"] = 18, ["invoke.detect"] = 1, ["invoke.herd"] = 32,
        ["invoke.intake"] = 56, ["invoke.report"] = 11, ["invoke.retry-job"] = 1, ["invoke.start-pipeline"] = 1, ["invoke.trigger"] = 9, ["queue.send"] = 33,
        ["secrets.get"] = 250, ["store.delete"] = 25, ["store.get"] = 740, ["store.list"] = 108, ["store.put"] = 205,
    };

    [Fact]
    public async Task A_passing_run_of_one_job_asks_for_this_much()
    {
        SortedDictionary<string, int> calls = await CallsPerRun.CountAsync(new PipelineScript([new JobScript("build x86_64", "build") { Attempts = [new Attempt()] }]));
        IsAsMeasured(
            "flows.describe 2, flows.signal 1, flows.start 1, invoke.check-pipeline 2, invoke.detect 1, invoke.herd 2, invoke.intake 8, invoke.report 8, "
            + "invoke.start-pipeline 1, invoke.trigger 2, queue.send 10, secrets.get 26, store.delete 12, store.get 201, store.list 41, store.put 83",
            calls);
    }

    [Fact]
    public async Task The_run_of_the_cost_table_asks_for_this_much()
    {
        SortedDictionary<string, int> calls = await CallsPerRun.CountAsync(CallsPerRun.TwelveJobs);
        Assert.Equal(s_table.Keys, calls.Keys);
        Assert.True(
            calls.All(call => call.Value <= s_table[call.Key] && call.Value >= (s_table[call.Key] * LeastShare) - 1), $"now: {Words(calls)}");
    }

    // Whole in the message: the numbers are to be taken over from there.
    private static void IsAsMeasured(string expected, SortedDictionary<string, int> calls) =>
        Assert.True(expected == Words(calls), $"now: {Words(calls)}");

    private static string Words(SortedDictionary<string, int> calls) => string.Join(", ", calls.Select(call => $"{call.Key} {call.Value}"));
}
