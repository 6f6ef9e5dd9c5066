using Microsoft.Extensions.Logging;

namespace Cki.Adapters;

/// <summary>What a stage's Program gets to compose its function from.</summary>
/// <param name="Http">The process's client to the outside.</param>
/// <param name="Environment">Reads a variable; null where it is not set.</param>
public sealed record FunctionStart(SuitePorts Ports, HttpClient Http, ILoggerFactory Logs, Func<string, string?> Environment);

/// <summary>The suite's ports as AWS has them.</summary>
/// <param name="Refresh">Called at the start of each invocation.</param>
/// <param name="Hide">ChangeMessageVisibility.</param>
public sealed record EnginePorts(SuitePorts Ports, RefreshConfig Refresh, HideMessage Hide);

/// <summary>What a function's process stands on; tests give their own.</summary>
/// <param name="RuntimeApi">Client of the Runtime API, without limits of its own.</param>
/// <param name="Output">Standard output: log lines and metrics.</param>
/// <param name="Open">Makes the ports; nothing of AWS is touched before they are used.</param>
public sealed record FunctionWorld(Func<string, string?> Environment, TimeProvider Clock, HttpClient RuntimeApi, LineOutput Output, Func<ILoggerFactory, EnginePorts> Open)
{
    /// <summary>Makes the client to the outside. Default: the process's own, with the roots of secret <c>extra-ca</c> trusted too.</summary>
    public Func<ISecrets, HttpClient> OpenHttp { get; init; } = OutboundHttp.Create;

    /// <summary>Makes the handler that reaches Sentry. Default: one that trusts the system's roots, whatever the function's own trust store is.</summary>
    public Func<HttpMessageHandler> OpenSentry { get; init; } = SystemTrust.CreateHandler;
}

/// <summary>A Lambda function: composed once, then the runtime loop.</summary>
public static class LambdaFunction
{
    /// <summary>Returns the exit code; as a rule Lambda ends the process before that.</summary>
    /// <param name="compose">The stage's composition.</param>
    /// <param name="stop">For tests.</param>
    public static async Task<int> RunAsync(FunctionWorld world, Func<FunctionStart, FunctionRoutes> compose, CancellationToken stop = default)
    {
        string address = world.Environment("AWS_LAMBDA_RUNTIME_API") ?? throw new InvalidOperationException(
            "AWS_LAMBDA_RUNTIME_API is not set: this program is a Lambda function's bootstrap. On one machine the suite runs by 'cki up'.");
        var api = new RuntimeApiClient(world.RuntimeApi, address);
        using FunctionVoice voice = FunctionVoice.Of(world);
        try
        {
            using HttpClient http = world.OpenHttp(voice.Ports.Secrets);
            FunctionRoutes routes = compose(new FunctionStart(voice.Ports, http, voice.Logs, world.Environment));
            var batches = new SqsBatches(
                routes.Stage.Queues, new SqsSources(world.Environment), voice.Engine.Hide, new BatchTools(voice.Log, voice.Ports.Dice));
            var router = new EventRouter(routes, batches, voice.Engine.Refresh, new RouterTools(voice.Log, world.Clock));
            await new RuntimeLoop(api, router.AnswerAsync, new LoopTools(voice.Telemetry, world.Clock, voice.Log, voice.Scrubber.Clean)).RunAsync(stop);
        }
        catch (Exception e) when (e is RuntimeApiException or HttpRequestException)
        {
            AdaptersLog.Ends(voice.Log, e);
        }
#pragma warning disable CA1031 // The runtime loop again: what keeps a function from starting is told to Lambda before the process ends.
        catch (Exception e) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            AdaptersLog.NotComposed(voice.Log, e);
            await voice.Telemetry.EndAsync(stop);
            await api.FailInitAsync(LambdaError.Of(e, false, voice.Scrubber.Clean), stop);
        }
        return 1;
    }
}

/// <summary>How a function speaks: logs, metrics, error reports, and the ports whose secrets none of them may tell.</summary>
internal sealed record FunctionVoice(EnginePorts Engine, SuitePorts Ports, JsonLineLogs Logs, InvocationTelemetry Telemetry, Scrubber Scrubber) : IDisposable
{
    private IDisposable[] _parts = [];

    public ILogger Log { get; } = Logs.CreateLogger("cki.lambda");

    public static FunctionVoice Of(FunctionWorld world)
    {
        var scrubber = new Scrubber();
        FunctionIdentity function = FunctionIdentity.Of(world.Environment);
        // The logs come first, since the ports speak too; what they tell before there are reports goes to the log alone.
        ErrorReports? errors = null;
        var logs = new JsonLineLogs(world.Output, world.Clock, new JsonLogLine(function, scrubber), error => errors?.Note(error));
        EnginePorts engine = world.Open(logs);
        SuitePorts ports = engine.Ports with { Secrets = new ScrubbedSecrets(engine.Ports.Secrets, scrubber) };
        errors = new ErrorReports(ports.Secrets, function, scrubber, world.OpenSentry);
        var metrics = new EmfMetrics(world.Output, function, world.Clock, SuiteMetrics.MeterName);
        return new FunctionVoice(engine, ports, logs, new InvocationTelemetry(logs, metrics, errors), scrubber) { _parts = [errors, metrics, logs] };
    }

    public void Dispose()
    {
        foreach (IDisposable part in _parts)
            part.Dispose();
    }
}
