using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary><c>/metrics</c> as Prometheus' own programs see it.</summary>
public sealed class MetricsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Promtool_accepts_the_page_and_a_real_prometheus_scrapes_it()
    {
        using var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        await using CkiUp cki = await CkiUp.StartAsync(scratch);
        Assert.Equal(HttpStatusCode.Accepted, (await DoorTests.PostAsync(cki, "{}")).Status);
        await Waiting.UntilAsync(
            async () => (await cki.Http.GetStringAsync("/metrics")).Contains("cki_handled_total", StringComparison.Ordinal), s_patience, () => cki.Process.Output);

        string page = await cki.Http.GetStringAsync("/metrics");
        Assert.Equal((0, ""), await PromtoolAsync(page));
        Assert.Empty(NotInCatalogue(page));

        int port = FreePort();
        string config = scratch.Write("prometheus.yml", $"""
            scrape_configs:
              - job_name: cki
                scrape_interval: 1s
                static_configs: [{"{"} targets: ["{cki.Address.Authority}"] {"}"}]
            """);
        await using var prometheus = new ChildProcess(
            "prometheus", [$"--config.file={config}", $"--storage.tsdb.path={scratch.In("tsdb")}", $"--web.listen-address=127.0.0.1:{port}"]);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        await Waiting.UntilAsync(async () => await ValueAsync(http, "up{job=\"cki\"}") == 1, s_patience, () => prometheus.Output);
        await Waiting.UntilAsync(
            async () => await ValueAsync(http, "sum(cki_deliveries_total{source=\"gitlab\"})") == 1, s_patience, () => prometheus.Output);
        Assert.True(await ValueAsync(http, "count(cki_queue_depth)") >= 15);
        Assert.True(await ValueAsync(http, "sum(cki_handled_seconds_count)") >= 1);
        Assert.True(await ValueAsync(http, "dotnet_process_memory_working_set_bytes") > 1_000_000);
    }

    /// <summary>Names of the page that the catalogue does not explain; .NET's own are .NET's.</summary>
    private static IEnumerable<string> NotInCatalogue(string page) => Regex.Matches(page, "(?m)^# TYPE (\\S+) (\\S+)$")
        .Select(m => (Name: m.Groups[1].Value, Type: m.Groups[2].Value))
        .Where(m => !m.Name.StartsWith("dotnet_", StringComparison.Ordinal) && m.Name != "target_info")
        .Where(m => SuiteMetrics.Find(m.Type == "counter" ? m.Name[..^"_total".Length] : m.Name)?.Kind.ToString().ToLowerInvariant() != m.Type)
        .Select(m => $"{m.Name} {m.Type}");

    private static async Task<(int Code, string Output)> PromtoolAsync(string page)
    {
        using var process = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(page);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(s_patience);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, $"{await output}{await errors}");
    }

    /// <summary>Null while the server does not answer or knows no such series.</summary>
    private static async Task<double?> ValueAsync(HttpClient prometheus, string query)
    {
        try
        {
            JsonNode? answer = JsonNode.Parse(await prometheus.GetStringAsync($"api/v1/query?query={Uri.EscapeDataString(query)}"));
            return answer?["data"]?["result"]?.AsArray().FirstOrDefault()?["value"]?[1] is { } value ? double.Parse((string)value!, CultureInfo.InvariantCulture) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
