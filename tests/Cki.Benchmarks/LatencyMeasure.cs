using Cki.GitLabSimulator;
using Cki.Tool.Demo;

namespace Cki.Benchmarks;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

/// <summary>From a webhook delivered to its pipeline created in GitLab, at 20 pushes a second; and GitLab API calls per run, counted by the simulator.</summary>
internal static class LatencyMeasure
{
    private const int Pushes = 200;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync()
    {
        await using Bench bench = await Bench.StartAsync();
        bench.World.Script = _ => new PipelineScript([new JobScript("build x86_64", "build") { Attempts = [new JobAttempt { Duration = TimeSpan.FromSeconds(1) }] }]);
        bench.Demo.HookTo(bench.Suite.Address);
        await Task.Delay(TimeSpan.FromSeconds(5));
        var shas = new List<string>();
        for (int n = 0; n < Pushes; n++)
        {
            shas.Add(bench.Demo.Push($"commit {n}"));
            await Task.Delay(s_pause);
        }
        DateTimeOffset end = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(3);
        while (Settled(bench, shas) < shas.Count && TimeProvider.System.GetUtcNow() < end)
            await Task.Delay(500);
        Print(bench, shas);
    }

    private static int Settled(Bench bench, List<string> shas) =>
        Directory.Exists(Path.Combine(bench.Directory, "reports"))
            ? shas.Count(sha => Directory.GetFiles(Path.Combine(bench.Directory, "reports"), $"*{sha[..12]}*final*").Length > 0)
            : 0;

    private static void Print(Bench bench, List<string> shas)
    {
        var delivered = bench.World.WebhooksSent.Where(d => d.Event == "Push Hook" && d.SentAt is not null)
            .ToDictionary(d => shas.FirstOrDefault(s => d.Body.Contains($"\"after\":\"{s}\"", StringComparison.Ordinal)) ?? d.IdempotencyKey, d => d.SentAt!.Value);
        double[] latencies =
        [
            .. bench.World.Pipelines
                .Where(p => p.Variables.ContainsKey("CKI_SHA") && delivered.ContainsKey(p.Variables["CKI_SHA"]))
                .Select(p => (p.CreatedAt - delivered[p.Variables["CKI_SHA"]]).TotalMilliseconds),
        ];
        Console.WriteLine($"runs {latencies.Length} of {Pushes}, reported {Settled(bench, shas)}");
        Console.WriteLine($"webhook sent to pipeline created: p50 {Bench.Percentile(latencies, 0.5):0} ms, p99 {Bench.Percentile(latencies, 0.99):0} ms");
        Console.WriteLine("GitLab API calls per run:");
        foreach ((string route, int count) in bench.World.Requests.OrderByDescending(r => r.Value))
            Console.WriteLine($"  {(double)count / Math.Max(1, latencies.Length),6:0.00}  {route}");
        Console.WriteLine($"  {(double)bench.World.Requests.Values.Sum() / Math.Max(1, latencies.Length),6:0.00}  in all");
    }
}
