using System.Diagnostics;
using System.Text;
using Cki.Tool.Demo;

namespace Cki.Benchmarks;

/// <summary>Deliveries accepted per second, durably, through HTTP, beside SQLite's raw commit rate for the same size in the same run.</summary>
internal static class DeliveriesMeasure
{
    private const int BodyBytes = 10 * 1024;
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(5);

    public static async Task RunAsync()
    {
        await using Bench bench = await Bench.StartAsync();
        Console.WriteLine("| posters | deliveries/s | raw commits/s | ratio |");
        Console.WriteLine("|---|---|---|---|");
        foreach (int posters in new[] { 1, 4, 16, 64 })
        {
            string raw = Directory.CreateDirectory(Path.Combine(bench.Directory, $"raw-{posters}")).FullName;
            double before = RawCommits.PerSecond(raw, BodyBytes, s_length / 2);
            double accepted = await AcceptedAsync(bench, posters);
            string again = Directory.CreateDirectory(Path.Combine(bench.Directory, $"raw-{posters}-after")).FullName;
            double commits = (before + RawCommits.PerSecond(again, BodyBytes, s_length / 2)) / 2;
            Console.WriteLine($"| {posters} | {accepted:0} | {commits:0} | {accepted / commits:0.00} |");
        }
    }

    private static async Task<double> AcceptedAsync(Bench bench, int posters)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = posters }) { BaseAddress = bench.Suite.Address };
        await PostAsync(http, "warm-up", 0);
        var watch = Stopwatch.StartNew();
        int[] counts = await Task.WhenAll(Enumerable.Range(0, posters).Select(async poster =>
        {
            int count = 0;
            while (watch.Elapsed < s_length)
                await PostAsync(http, $"{posters}-{poster}", count++);
            return count;
        }));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    /// <summary>A push of a branch that nobody wants: archived and routed, no pipeline.</summary>
    private static async Task PostAsync(HttpClient http, string poster, int n)
    {
        string sha = Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(Encoding.UTF8.GetBytes($"{poster}/{n}")));
        string body = $$"""
            {"object_kind":"push","event_name":"push","before":"{{new string('0', 40)}}","after":"{{sha}}","ref":"refs/heads/unwanted","checkout_sha":"{{sha}}",
            "project":{"path_with_namespace":"{{DemoWorld.Tree}}"},"project_id":11,"commits":[],"total_commits_count":0,"padding":"{{new string('x', BodyBytes - 400)}}"}
            """;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/gitlab") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Gitlab-Event", "Push Hook");
        request.Headers.Add("X-Gitlab-Token", DemoWorld.HookToken);
        request.Headers.Add("Idempotency-Key", $"{poster}-{n}");
        using HttpResponseMessage response = await http.SendAsync(request);
        if ((int)response.StatusCode != 202)
            throw new InvalidOperationException($"the door answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }
}
