using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cki.Tool.Demo;

namespace Cki.Benchmarks;

/// <summary>
/// The whole intake through HTTP with signatures on, beside the same with a token in the clear, one after the other on the same suite; and what the
/// proof alone costs.
/// </summary>
internal static class IntakeMeasure
{
    private const int BodyBytes = 10 * 1024;
    private const int Posters = 16;
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(5);
    private static readonly byte[] s_key = SHA256.HashData("bench"u8);
    private static readonly SourceConfig s_signed = new("signed", SourceKinds.GitLab, "gitlab.demo", []) { SigningSecrets = ["bench-key"] };

    private static string Key => $"whsec_{Convert.ToBase64String(s_key)}";

    public static async Task RunAsync()
    {
        await using Bench bench = await Bench.StartAsync();
        await WithSignedSourceAsync(bench);
        Console.WriteLine($"{Posters} posters, {BodyBytes / 1024} KB pushes of a branch that nobody wants, {s_length.TotalSeconds:0} s each");
        Console.WriteLine("| proof | deliveries/s | p50 ms | p99 ms |");
        Console.WriteLine("|---|---|---|---|");
        foreach (string proof in new[] { "token", "signature", "token", "signature" })
            await MeasureAsync(bench, proof);
        MeasureProofs();
    }

    private static async Task WithSignedSourceAsync(Bench bench)
    {
        File.WriteAllText(Path.Combine(bench.Directory, "secrets", "bench-key"), Key);
        File.AppendAllText(Path.Combine(bench.Directory, "config", "sources.yaml"), "\n  - { name: signed, kind: gitlab, host: gitlab.demo, signing_secrets: [bench-key] }\n");
        using var http = new HttpClient { BaseAddress = bench.Suite.Address };
        for (int n = 0; n < 100 && !await TryPostAsync(http, "signature", $"warm-{n}"); n++)
            await Task.Delay(200);
    }

    private static async Task MeasureAsync(Bench bench, string proof)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Posters }) { BaseAddress = bench.Suite.Address };
        var watch = Stopwatch.StartNew();
        string round = Guid.NewGuid().ToString("N");
        List<double>[] all = await Task.WhenAll(Enumerable.Range(0, Posters).Select(async poster =>
        {
            var taken = new List<double>();
            while (watch.Elapsed < s_length)
            {
                TimeSpan before = watch.Elapsed;
                if (!await TryPostAsync(http, proof, $"{proof}-{round}-{poster}-{taken.Count}"))
                    throw new InvalidOperationException($"the door refused a delivery with a {proof}");
                taken.Add((watch.Elapsed - before).TotalMilliseconds);
            }
            return taken;
        }));
        double[] latencies = [.. all.SelectMany(l => l)];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {proof} | {latencies.Length / watch.Elapsed.TotalSeconds:0} | {Bench.Percentile(latencies, 0.5):0.0} | {Bench.Percentile(latencies, 0.99):0.0} |"));
    }

    private static async Task<bool> TryPostAsync(HttpClient http, string proof, string id)
    {
        byte[] body = Body(id);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/{(proof == "token" ? "gitlab" : "signed")}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Gitlab-Event", "Push Hook");
        request.Headers.Add("Idempotency-Key", id);
        if (proof == "token")
            request.Headers.Add("X-Gitlab-Token", DemoWorld.HookToken);
        else
            foreach ((string name, string value) in DeliverySigning.Headers(s_signed, id, body, Key, TimeProvider.System.GetUtcNow()))
                request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await http.SendAsync(request);
        return (int)response.StatusCode == 202;
    }

    /// <summary>What the proof itself costs, without web server and store.</summary>
    private static void MeasureProofs()
    {
        byte[] body = Body("proof");
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        IReadOnlyDictionary<string, string> signed = DeliverySigning.Headers(s_signed, "proof", body, Key, now);
        SourceConfig open = s_signed with { SigningSecrets = [], TokenSecrets = ["t"] };
        foreach ((string proof, SourceConfig source, IReadOnlyDictionary<string, string> headers, string secret) in new[]
        {
            ("token", open, new Dictionary<string, string> { ["x-gitlab-token"] = "secret" }, "secret"), ("signature", s_signed, signed, Key),
        })
        {
            const int times = 20_000;
            var watch = Stopwatch.StartNew();
            for (int n = 0; n < times; n++)
            {
                if (DeliveryProof.WhyNot(source, headers, body, [secret], now) is { } why)
                    throw new InvalidOperationException(why);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"proof alone, {proof}: {watch.Elapsed.TotalMicroseconds / times:0.0} us for {BodyBytes / 1024} KB"));
        }
    }

    private static byte[] Body(string id)
    {
        string sha = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(id)));
        return Encoding.UTF8.GetBytes($$"""
            {"object_kind":"push","event_name":"push","before":"{{new string('0', 40)}}","after":"{{sha}}","ref":"refs/heads/unwanted","checkout_sha":"{{sha}}",
            "project":{"path_with_namespace":"{{DemoWorld.Tree}}"},"project_id":11,"commits":[],"total_commits_count":0,"padding":"{{new string('x', BodyBytes - 400)}}"}
            """);
    }
}
