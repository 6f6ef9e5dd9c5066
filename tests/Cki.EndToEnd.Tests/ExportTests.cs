using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Cki.Kestrel;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>What leaves <c>cki up</c> towards collectors and Sentry.</summary>
public sealed class ExportTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentQueue<(string Path, string Body)> _taken = new();
    private WebServer? _collector;

    public async ValueTask InitializeAsync() => _collector = await WebServer.StartAsync(TakeAsync);

    public async ValueTask DisposeAsync()
    {
        if (_collector is not null)
            await _collector.DisposeAsync();
    }

    [Fact]
    public async Task Logs_metrics_and_traces_go_by_otlp_with_ids_and_without_secrets()
    {
        using Scratch scratch = Files();
        await using CkiUp cki = await CkiUp.StartAsync(scratch, under:
        [
            "env", $"OTEL_EXPORTER_OTLP_ENDPOINT={_collector!.Address}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_METRIC_EXPORT_INTERVAL=500",
            "OTEL_BLRP_SCHEDULE_DELAY=200", "OTEL_BSP_SCHEDULE_DELAY=200",
        ]);
        Assert.Equal(HttpStatusCode.Accepted, (await DoorTests.PostAsync(cki, "{}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await DoorTests.PostAsync(cki, "{}", token: "wrong")).Status);

        await TakenAsync("/v1/logs", "cki.intake", "correlation_id", "delivery");
        await TakenAsync("/v1/metrics", "cki_deliveries", "cki_queue_depth", "dotnet.process.cpu.time");
        await TakenAsync("/v1/traces", "watch cki.tick", "correlation_id");
        Assert.DoesNotContain(_taken, t => t.Body.Contains(SuiteFiles.HookToken, StringComparison.Ordinal) || t.Body.Contains(SuiteFiles.ApiToken, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_collector_that_is_not_there_costs_nothing()
    {
        using Scratch scratch = Files();
        await using CkiUp cki = await CkiUp.StartAsync(scratch, under: ["env", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"]);
        Assert.Equal(HttpStatusCode.Accepted, (await DoorTests.PostAsync(cki, "{}")).Status);
        cki.Process.Signal("TERM");
        Assert.Equal(0, await cki.Process.ExitAsync(s_patience));
    }

    [Fact]
    public async Task An_error_of_cki_up_reaches_sentry_with_release_environment_and_stage()
    {
        using Scratch scratch = Files();
        scratch.Write("secrets/sentry-dsn", $"http://publickey@{_collector!.Address.Authority}/42");
        await using CkiUp cki = await CkiUp.StartAsync(scratch, under: ["env", "CKI_RELEASE=v1.2.3", "CKI_STACK=home"]);
        scratch.Write("config/trees.yaml", $"trees: [ {SuiteFiles.ApiToken}");
        await TakenAsync("/api/42/envelope/", "Configuration refused", "\"release\":\"v1.2.3\"", "\"environment\":\"home\"", "\"stage\":\"cki.engine\"");
    }

    private static Scratch Files()
    {
        var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        return scratch;
    }

    private Task TakenAsync(string path, params string[] wanted) => Waiting.UntilAsync(
        () => wanted.All(text => _taken.Any(t => t.Path == path && t.Body.Contains(text, StringComparison.Ordinal))),
        s_patience,
        () => $"{path} has not {string.Join(", ", wanted.Where(text => !_taken.Any(t => t.Path == path && t.Body.Contains(text, StringComparison.Ordinal))))}");

    private async Task<HttpResponseMessage> TakeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        if (request.Content.Headers.ContentEncoding.Contains("gzip"))
        {
            using var plain = new MemoryStream();
            await using (var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress))
                await gzip.CopyToAsync(plain, cancellationToken);
            body = plain.ToArray();
        }
        _taken.Enqueue((request.RequestUri!.AbsolutePath, Encoding.UTF8.GetString(body)));
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}") };
    }
}
