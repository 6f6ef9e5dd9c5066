using Cki.Adapters;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Cki.Tool.Telemetry;

/// <summary>What <c>cki up</c> is to tell, and where.</summary>
/// <param name="Data">The installation's directory; log files lie in <c>logs</c> below it.</param>
/// <param name="Console">Least level on standard error.</param>
internal sealed record TelemetryOptions(string Data, LogLevel Console)
{
    public const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public int LogDays { get; init; } = LogFileOptions.DaysDefault;

    /// <summary>Reads a variable: <c>CKI_LOGGING_LEVEL</c>, <c>CKI_RELEASE</c>, <c>CKI_STACK</c>, and OTLP's own.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    public string LogDirectory => LogDirectoryIn(Data);

    public static string LogDirectoryIn(string data) => Path.Combine(data, "logs");
}

/// <summary>
/// How <c>cki up</c> speaks: console, files, error reports to Sentry where there is a DSN, and OTLP where an endpoint is named. None of them can stop the suite.
/// </summary>
internal sealed class SuiteTelemetry : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly LogFiles _files;
    private readonly ILoggerFactory _logs;
    private readonly IDisposable?[] _exporters;
    private ReportedErrors? _errors;

    private SuiteTelemetry(TelemetryOptions options, TimeProvider clock)
    {
        _clock = clock;
        Identity = FunctionIdentity.Of(options.Environment) with { Service = "cki-up", Function = "cki-up" };
        _files = new LogFiles(new LogFileOptions(options.LogDirectory) { Days = options.LogDays }, clock);
        bool isExported = options.Environment(TelemetryOptions.OtlpEndpoint) is { Length: > 0 };
        LogLevel console = options.Console > Identity.LeastLevel ? options.Console : Identity.LeastLevel;
        var human = new HumanLogs([LogSink.Console(console), new LogSink(Identity.LeastLevel, _files.Write)], Scrubber, clock, error => _errors?.Note(error));
        _logs = LoggerFactory.Create(logging =>
        {
            logging.SetMinimumLevel(Identity.LeastLevel);
            logging.AddProvider(human);
            if (isExported)
                logging.AddOpenTelemetry(Exported);
        });
        _exporters = isExported ? [Metrics(), Traces()] : [];
    }

    public ILoggerFactory Logs => _logs;

    /// <summary>Learns the secrets that are handed out.</summary>
    public Scrubber Scrubber { get; } = new();

    private FunctionIdentity Identity { get; }

    private ResourceBuilder Resource =>
        ResourceBuilder.CreateDefault().AddService("cki", serviceVersion: Identity.Release, serviceInstanceId: Environment.MachineName)
            .AddAttributes([new("stack", Identity.Stack)]);

    public static SuiteTelemetry Open(TelemetryOptions options, TimeProvider clock) => new(options, clock);

    /// <summary>Secrets that no line tells; from now on errors are reported, where there is a DSN among them.</summary>
    public ISecrets Guard(ISecrets secrets)
    {
        var scrubbed = new ScrubbedSecrets(secrets, Scrubber);
        _errors = new ReportedErrors(new ErrorReports(scrubbed, Identity, Scrubber), _clock, _logs.CreateLogger("cki.telemetry"));
        return scrubbed;
    }

    /// <summary>What was noted last is sent, within bounds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_errors is not null)
            await _errors.DisposeAsync();
        foreach (IDisposable? exporter in _exporters)
            exporter?.Dispose();
        _logs.Dispose();
        _files.Dispose();
    }

    private void Exported(OpenTelemetryLoggerOptions logs)
    {
        logs.IncludeFormattedMessage = true;
        logs.SetResourceBuilder(Resource);
        logs.AddProcessor(new ExportedLogs(Scrubber));
        logs.AddOtlpExporter();
    }

    private MeterProvider Metrics() =>
        Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Resource)
            .AddMeter(SuiteMetrics.MeterName, SuiteMetricsPage.EngineMeter, SuiteMetricsPage.RuntimeMeter).AddOtlpExporter().Build();

    private TracerProvider Traces() =>
        Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Resource).AddSource(WatchedStage.Spans.Name).AddOtlpExporter().Build();
}
