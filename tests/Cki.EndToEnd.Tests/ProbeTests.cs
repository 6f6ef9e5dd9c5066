using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>The synthetic probe in the real process: GitLab is not there, and every stage is seen to work all the same.</summary>
public sealed class ProbeTests
{
    [Fact]
    public async Task A_probe_comes_through_every_stage_and_nobody_else_sees_it()
    {
        using var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        await using CkiUp cki = await CkiUp.StartAsync(scratch, more: [CkiUp.Probing]);

        string metrics = "";
        await Waiting.UntilAsync(
            async () => (metrics = await cki.Http.GetStringAsync("/metrics")).Contains("\ncki_probe_seconds_count{", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60), () => $"no probe came through\n{metrics}");
        foreach (string stage in new[] { "webhook-intake", "commit-detection", "pipeline-trigger", "job-herding", "reporting", "watch" })
            Assert.Contains($"outcome=\"done\",stage=\"{stage}\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("cki_runs_settled_total{", metrics, StringComparison.Ordinal);
        Assert.Contains("No runs yet.", (await CkiUp.VerbAsync("run", "list", "--data", scratch.In("data"))).Output, StringComparison.Ordinal);
        Assert.Contains("synthetic probe", (await CkiUp.VerbAsync("run", "list", "--tree", "cki-probe", "--data", scratch.In("data"))).Output, StringComparison.Ordinal);
    }
}
