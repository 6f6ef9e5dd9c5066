using System.Net;
using Cki.Adapters;
using Cki.Tests.Doubles;
using Cki.Tool.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.TelemetryRooms;

/// <summary>Errors of <c>cki up</c> on their way to Sentry.</summary>
public sealed class ReportedErrorsTests
{
    private static readonly FunctionIdentity s_identity = new("cki-up", "cki-up", "test", "v1");
    private readonly FakeTimeProvider _clock = new();
    private readonly InMemoryPorts _ports = new();
    private readonly List<string> _lines = [];
    private readonly Answering _sentry = new();

    [Fact]
    public async Task What_was_noted_is_sent_with_ids_as_tags()
    {
        _ports.Secrets.Values["sentry-dsn"] = "https://publickey@sentry.example/42";
        await using (ReportedErrors errors = Errors())
            errors.Note(new LoggedError(LogLevel.Error, "cki.watch", "It failed", null, null, new Trail("d-1") { Run = "r-1", Tree = "mainline" }));
        string sent = Assert.Single(_sentry.Bodies);
        foreach (string wanted in (string[])["\"correlation_id\":\"d-1\"", "\"run_id\":\"r-1\"", "\"tree\":\"mainline\"", "\"stage\":\"cki.watch\"", "\"release\":\"v1\"", "\"environment\":\"test\""])
            Assert.Contains(wanted, sent, StringComparison.Ordinal);
        Assert.Empty(_lines);
    }

    [Fact]
    public async Task Without_a_dsn_nothing_is_sent_or_said()
    {
        await using (ReportedErrors errors = Errors())
            errors.Note(new LoggedError(LogLevel.Error, "cki.watch", "It failed", null, null));
        Assert.Empty(_sentry.Bodies);
        Assert.Empty(_lines);
    }

    [Fact]
    public async Task A_dsn_that_is_none_costs_one_line()
    {
        _ports.Secrets.Values["sentry-dsn"] = "not a dsn";
        await using (ReportedErrors errors = Errors())
            errors.Note(new LoggedError(LogLevel.Error, "cki.watch", "It failed", null, null));
        Assert.Contains("Errors could not be reported to Sentry", Assert.Single(_lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_of_errors_is_bounded()
    {
        _ports.Secrets.Values["sentry-dsn"] = "https://publickey@sentry.example/42";
        await using (ReportedErrors errors = Errors())
        {
            for (int n = 0; n < 1000; n++)
                errors.Note(new LoggedError(LogLevel.Error, "cki.watch", $"Failure {n}", null, null));
        }
        Assert.InRange(_sentry.Bodies.Count, 1, 10);
    }

    private ReportedErrors Errors()
    {
        var logs = new HumanLogs([new LogSink(LogLevel.Information, _lines.Add)], new Scrubber(), _clock, _ => { });
        return new ReportedErrors(new ErrorReports(_ports.Secrets, s_identity, new Scrubber(), () => _sentry), _clock, logs.CreateLogger("cki.telemetry"));
    }

    private sealed class Answering : HttpMessageHandler
    {
        public List<string> Bodies { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await using Stream body = await request.Content!.ReadAsStreamAsync(cancellationToken);
            await using Stream plain = request.Content.Headers.ContentEncoding.Contains("gzip") ? new System.IO.Compression.GZipStream(body, System.IO.Compression.CompressionMode.Decompress) : body;
            using var reader = new StreamReader(plain);
            string text = await reader.ReadToEndAsync(cancellationToken);
            lock (Bodies)
                Bodies.Add(text);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}") };
        }
    }
}
