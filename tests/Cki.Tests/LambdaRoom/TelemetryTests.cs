using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Cki.Tests.LambdaRooms;

public sealed partial class TelemetryTests
{
    private const string Event = """{"task":"check","input":{"runId":"mainline-1"}}""";

    private readonly FunctionDouble _function = new();

    [Fact]
    public async Task A_log_line_has_powertools_keys_and_the_event_s_own_fields()
    {
        _function.Environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "512";
        _function.Environment["AWS_LAMBDA_FUNCTION_VERSION"] = "7";
        _function.Environment["CKI_RELEASE"] = "abc123";
        _function.Api.Enqueue(Event, trace: "Root=1-a;Parent=b;Sampled=1");
        await _function.RunAsync(Speaking(log => Spoke(log, "linux", 3, TimeSpan.FromSeconds(2))));
        Assert.Equal(
            """
            {"timestamp":"2026-11-22T12:00:00.000Z","level":"Information","message":"Tree linux has 3 heads after 00:00:02","service":"job-herding","name":"cki.test","cold_start":true,"function_name":"cki-JobHerdingFunction","function_version":"7","function_memory_size":512,"function_arn":"arn:aws:lambda:eu-central-1:1:function:f","function_request_id":"request-1","xray_trace_id":"1-a","correlation_id":"mainline-1","stack":"cki-test","release":"abc123","tree":"linux","head_count":3,"name_value":"00:00:02","run_id":"mainline-1"}
            """,
            _function.Lines[0].ToJsonString());
    }

    [Fact]
    public async Task Only_the_first_invocation_is_a_cold_start()
    {
        _function.Api.Enqueue(Event);
        _function.Api.Enqueue(Event);
        await _function.RunAsync(Speaking(log => Spoke(log, "linux", 3, default)));
        Assert.Equal([("request-1", true), ("request-2", false)], _function.Lines.Take(2).Select(l => ((string)l["function_request_id"]!, (bool)l["cold_start"]!)));
    }

    [Fact]
    public async Task An_exception_is_part_of_its_line_with_its_causes()
    {
        _function.Api.Enqueue(Event);
        await _function.RunAsync(FunctionDouble.Tasks(("check", (_, _) => throw new InvalidDataException("outer\nline", new FormatException("inner")))));
        JsonObject line = _function.Lines.Single(l => (string)l["message"]! == "The invocation failed");
        Assert.Equal(
            ("Error", "System.IO.InvalidDataException", "outer\nline", "inner"),
            ((string)line["level"]!, (string)line["exception"]!["type"]!, (string)line["exception"]!["message"]!, (string)line["exception"]!["inner_exception"]!["message"]!));
    }

    [Fact]
    public async Task Lines_below_the_level_are_not_written()
    {
        _function.Environment["CKI_LOGGING_LEVEL"] = "Warning";
        _function.Api.Enqueue(Event);
        await _function.RunAsync(Speaking(log => Spoke(log, "linux", 3, default)));
        Assert.DoesNotContain(_function.Lines, line => (string?)line["name"] == "cki.test");
    }

    [Fact]
    public async Task Metrics_are_summed_and_written_before_the_answer_is_posted()
    {
        _function.Api.Enqueue(Event);
        int linesAtAnswer = -1;
        _function.Api.Status = posted =>
        {
            linesAtAnswer = _function.Metrics.Count;
            return HttpStatusCode.Accepted;
        };
        await _function.RunAsync(Speaking(_ =>
        {
            // Metrics of other tests in this process are heard as well: this one's channel is its own.
            SuiteMetrics.ChannelDeliveries.Add(1, new("channel", "test-1"), new("outcome", "sent"));
            SuiteMetrics.ChannelDeliveries.Add(2, new("channel", "test-1"), new("outcome", "sent"));
        }));
        JsonObject line = _function.Metrics.Single(l => (string?)l["channel"] == "test-1");
        Assert.Equal(
            """{"_aws":{"Timestamp":1795348800000,"CloudWatchMetrics":[{"Namespace":"CKI","Dimensions":[["stack","outcome"]],"Metrics":[{"Name":"cki_channel_deliveries","Unit":"Count"}]}]},"stack":"cki-test","service":"job-herding","channel":"test-1","outcome":"sent","cki_channel_deliveries":3}""",
            line.ToJsonString());
        Assert.True(linesAtAnswer > 0);
    }

    [Fact]
    public async Task An_id_never_becomes_a_dimension()
    {
        _function.Api.Enqueue(Event);
        await _function.RunAsync(Speaking(_ => SuiteMetrics.ApiCalls.Add(1, new("run_id", "test-2"), new("outcome", ""), new("host", "gitlab.example"))));
        JsonObject line = _function.Metrics.Single(l => (string?)l["run_id"] == "test-2");
        Assert.Equal("""[["stack","outcome"]]""", line["_aws"]!["CloudWatchMetrics"]![0]!["Dimensions"]!.ToJsonString());
    }

    [Fact]
    public async Task Nobody_asks_for_sentry_while_nothing_goes_wrong()
    {
        var asked = new List<string>();
        _function.Api.Enqueue(Event);
        await _function.RunAsync(Speaking(log => Spoke(log, "linux", 3, default)));
        Assert.Empty(asked);
        Assert.Equal(["next", "response", "next"], _function.Api.Happened);
    }

    [Fact]
    public async Task Without_a_dsn_an_error_is_logged_and_nothing_else()
    {
        _function.Api.Enqueue(Event);
        await _function.RunAsync(FunctionDouble.Tasks(("check", (_, _) => throw new InvalidDataException())));
        Assert.Equal(["next", "error", "next"], _function.Api.Happened);
        Assert.DoesNotContain(_function.Lines, line => (string?)line["name"] == "cki.telemetry");
    }

    [Fact]
    public async Task An_error_reaches_sentry_without_secrets_and_before_the_answer()
    {
        _function.Suite.Secrets.Values["sentry-dsn"] = "https://publickey@sentry.example/42";
        var sentry = new SentryDouble(_function.Api.Happened);
        _function.OpenSentry = () => sentry;
        _function.Api.Enqueue(Event);
        await _function.RunAsync(start => FunctionDouble.Tasks(("check", async (_, ct) =>
            throw new InvalidDataException($"token {await start.Ports.Secrets.GetAsync("gitlab-token", ct)} and glpat-abcdefghijklmnopqrst"))));
        Assert.Equal(["next", "sentry", "error", "next"], _function.Api.Happened);
        string sent = Assert.Single(sentry.Bodies);
        Assert.Contains("token *** and ***", sent, StringComparison.Ordinal);
        Assert.Contains("\"service\":\"job-herding\"", sent, StringComparison.Ordinal);
        Assert.Contains("\"stage\":\"cki.lambda\"", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("glpat", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a dsn")]
    [InlineData("https://publickey@sentry.example/42")]
    public async Task Trouble_with_sentry_does_not_reach_the_answer(string dsn)
    {
        _function.Suite.Secrets.Values["sentry-dsn"] = dsn;
        _function.OpenSentry = () => new SentryDouble(_function.Api.Happened) { Refusal = new HttpRequestException("no route") };
        _function.Api.Enqueue(Event);
        await _function.RunAsync(FunctionDouble.Tasks(("check", (_, _) => throw new FormatException())));
        Assert.Equal("FormatException", Assert.Single(_function.Api.Posts).ErrorType);
    }

    [Theory]
    [InlineData("token glpat-abcdefghijklmnopqrst ends", "token *** ends")]
    [InlineData("Authorization: Bearer abcdef.ghijkl-mno", "Authorization: Bearer ***")]
    [InlineData("https://bot:pa55w0rd@gitlab.example/x", "https://***@gitlab.example/x")]
    [InlineData("https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/***")]
    [InlineData("key whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "key ***")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "***")]
    [InlineData("run mainline-1 of https://gitlab.example/kernel/linux at 12:00", "run mainline-1 of https://gitlab.example/kernel/linux at 12:00")]
    public void What_looks_like_a_secret_is_masked_and_the_rest_is_not(string text, string cleaned) => Assert.Equal(cleaned, new Scrubber().Clean(text));

    [Fact]
    public void A_secret_that_was_read_is_masked_line_by_line_and_short_ones_are_not()
    {
        var scrubber = new Scrubber();
        scrubber.Learn("first-line\nsecond-line");
        scrubber.Learn("abc");
        Assert.Equal("*** abc *** ***", scrubber.Clean("second-line abc first-line first-line"));
    }

    private static Func<FunctionStart, FunctionRoutes> Speaking(Action<ILogger> speak) => start => FunctionDouble.Tasks(("check", (_, _) =>
    {
        speak(start.Logs.CreateLogger("cki.test"));
        return Task.FromResult<JsonNode?>(null);
    }));

    [LoggerMessage(1, LogLevel.Information, "Tree {Tree} has {HeadCount} heads after {Name}")]
    private static partial void Spoke(ILogger log, string tree, int headCount, TimeSpan name);

    private sealed class SentryDouble(List<string> happened) : HttpMessageHandler
    {
        public List<string> Bodies { get; } = [];

        public Exception? Refusal { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            happened.Add("sentry");
            if (Refusal is { } refusal)
                throw refusal;
            byte[] body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            if (request.Content.Headers.ContentEncoding.Contains("gzip"))
            {
                using var unzipped = new System.IO.Compression.GZipStream(new MemoryStream(body), System.IO.Compression.CompressionMode.Decompress);
                using var whole = new MemoryStream();
                await unzipped.CopyToAsync(whole, cancellationToken);
                body = whole.ToArray();
            }
            Bodies.Add(Encoding.UTF8.GetString(body));
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}") };
        }
    }
}
