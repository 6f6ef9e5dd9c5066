using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Tool.Demo;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cki.Benchmarks;

/// <summary>
/// What telling costs on intake's warm path: one invocation of the function from its event to its answer, with log lines and metrics written to a file
/// as Lambda's standard output, against none of either. In turns, on the same durable store; read the ratio of the medians.
/// </summary>
internal static class TelemetryMeasure
{
    private const int BodyBytes = 10 * 1024;
    private const int Rounds = 20;
    private const int PerRound = 100;

    public static async Task RunAsync()
    {
        await using Bench bench = await Bench.StartAsync();
        string said = Path.Combine(bench.Directory, "stdout");
        await using FileStream output = new(said, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var function = new FunctionIdentity("webhook-intake", "cki-intake", "bench", "v1");
        var scrubber = new Scrubber();
        var secrets = new ScrubbedSecrets(new EnvironmentSecrets(Path.Combine(bench.Directory, "secrets"), _ => null), scrubber);
        SuitePorts ports = bench.Ports with { Secrets = secrets };
        var line = new LineOutput(output);
        using var errors = new ErrorReports(secrets, function, scrubber);
        using var logs = new JsonLineLogs(line, TimeProvider.System, new JsonLogLine(function, scrubber), errors.Note);
        EventRouter quiet = Router(ports, NullLoggerFactory.Instance);
        EventRouter telling = Router(ports, logs);
        var off = new List<double>();
        var on = new List<double>();
        var cpu = new double[2];
        for (int round = -2; round < Rounds; round++)
        {
            (List<double> quietly, List<double> aloud) = round < 0 ? ([], []) : (off, on);
            TimeSpan began = Environment.CpuUsage.TotalTime;
            for (int n = 0; n < PerRound; n++)
                quietly.Add(await AnswerAsync(quiet, null, $"off-{round}-{n}"));
            TimeSpan middle = Environment.CpuUsage.TotalTime;
            using var metrics = new EmfMetrics(line, function, TimeProvider.System, SuiteMetrics.MeterName);
            var telemetry = new InvocationTelemetry(logs, metrics, errors);
            for (int n = 0; n < PerRound; n++)
                aloud.Add(await AnswerAsync(telling, telemetry, $"on-{round}-{n}"));
            if (round < 0)
                continue;
            cpu[0] += (middle - began).TotalMicroseconds / (Rounds * PerRound);
            cpu[1] += (Environment.CpuUsage.TotalTime - middle).TotalMicroseconds / (Rounds * PerRound);
        }
        Print(off, on, output.Length / (double)((Rounds + 2) * PerRound));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"processor time per delivery, the whole process: off {cpu[0]:0} us, on {cpu[1]:0} us"));
    }

    private static void Print(List<double> off, List<double> on, double bytes)
    {
        Console.WriteLine($"{Rounds * PerRound} deliveries of {BodyBytes / 1024} KB each way");
        Console.WriteLine("| telemetry | p25 us | p50 us | p90 us |");
        Console.WriteLine("|---|---|---|---|");
        foreach ((string name, List<double> taken) in new[] { ("off", off), ("on", on) })
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Bench.Percentile(taken, 0.25):0} | {Bench.Percentile(taken, 0.5):0} | {Bench.Percentile(taken, 0.9):0} |"));
        double share = (Bench.Percentile(on, 0.5) / Bench.Percentile(off, 0.5)) - 1;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"overhead {share:P1} of the median; {bytes:0} bytes told per delivery"));
    }

    private static EventRouter Router(SuitePorts ports, ILoggerFactory logs)
    {
        IntakeEndpoints intake = WebhookIntakeStage.Compose(ports, logs, HttpApiDoor.Options);
        var routes = new FunctionRoutes(intake.Stage) { HttpApi = new HttpApiDoor(intake.Door).AnswerAsync };
        ILogger log = logs.CreateLogger("cki.lambda");
        var batches = new SqsBatches(intake.Stage.Queues, new SqsSources(_ => null), (_, _, _, _) => Task.CompletedTask, new BatchTools(log, ports.Dice));
        return new EventRouter(routes, batches, _ => Task.CompletedTask, new RouterTools(log, ports.Clock));
    }

    /// <summary>Microseconds.</summary>
    private static async Task<double> AnswerAsync(EventRouter router, InvocationTelemetry? telemetry, string id)
    {
        var invocation = new Invocation(id, TimeProvider.System.GetUtcNow().AddSeconds(10), "Root=1-a", "arn:aws:lambda:eu-central-1:1:function:f", Event(id));
        var watch = Stopwatch.StartNew();
        telemetry?.Begin(invocation);
        using var scope = new InvocationScope(invocation, TimeProvider.System);
        ReadOnlyMemory<byte> answer = await router.AnswerAsync(scope);
        if (telemetry is not null)
            await telemetry.EndAsync(scope.Housekeeping);
        double taken = watch.Elapsed.TotalMicroseconds;
        return (int?)JsonNode.Parse(answer.Span)?["statusCode"] == 202 ? taken : throw new InvalidOperationException($"the door refused: {Encoding.UTF8.GetString(answer.Span)}");
    }

    private static byte[] Event(string id)
    {
        string sha = Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(Encoding.UTF8.GetBytes(id)));
        string body = $$"""
            {"object_kind":"push","event_name":"push","before":"{{new string('0', 40)}}","after":"{{sha}}","ref":"refs/heads/unwanted","checkout_sha":"{{sha}}",
            "project":{"path_with_namespace":"{{DemoWorld.Tree}}"},"project_id":11,"commits":[],"total_commits_count":0,"padding":"{{new string('x', BodyBytes - 400)}}"}
            """;
        return Encoding.UTF8.GetBytes(new JsonObject
        {
            ["version"] = "2.0", ["routeKey"] = "POST /webhooks/{source}", ["rawPath"] = "/webhooks/gitlab", ["rawQueryString"] = "",
            ["headers"] = new JsonObject { ["content-type"] = "application/json", ["x-gitlab-event"] = "Push Hook", ["x-gitlab-token"] = DemoWorld.HookToken, ["idempotency-key"] = id },
            ["requestContext"] = new JsonObject { ["requestId"] = id, ["http"] = new JsonObject { ["method"] = "POST", ["path"] = "/webhooks/gitlab" } },
            ["body"] = body, ["isBase64Encoded"] = false,
        }.ToJsonString());
    }
}
