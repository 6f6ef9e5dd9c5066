using Cki.Adapters;
using Cki.CommitDetection;
using Cki.Engine;
using Cki.JobHerding;
using Cki.Kestrel;
using Cki.PipelineTrigger;
using Cki.Reporting;
using Cki.Watch;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging;

namespace Cki.Tool;

/// <summary>How <c>cki up</c> was asked to run.</summary>
internal sealed record SuiteOptions(string Config, string Data, string Listen)
{
    /// <summary>Directory with a file per secret; null: environment variables only.</summary>
    public string? Secrets { get; init; }

    /// <summary>Watch's tick. Default a minute.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How the outside reaches the front door, for links in reports; null: reports have no such links.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>A new installation acts at once instead of observing first.</summary>
    public bool Arm { get; init; }

    /// <summary>Days that log files are kept.</summary>
    public int LogDays { get; init; } = Telemetry.LogFileOptions.DaysDefault;

    /// <summary>See <see cref="Switch.Staging"/>. An installation that was started so once stays so.</summary>
    public bool Staging { get; init; }

    /// <summary>See <see cref="ProbeTree"/>.</summary>
    public bool Probes { get; init; }
}

/// <summary>What the stages are told beside ports and configuration.</summary>
internal sealed record StageOptions(ReportingOptions Reports, WatchOptions Watch);

/// <summary>The whole suite on one machine: engine, six stages, front door. Composition of <c>cki up</c> and of the demo.</summary>
internal sealed class SuiteHost : IAsyncDisposable
{
    private static readonly TimeSpan s_drainLimit = TimeSpan.FromSeconds(20);
    private readonly Parts parts;
    private readonly CancellationTokenSource stopping = new();
    private Task reloading = Task.CompletedTask;
    private Task probing = Task.CompletedTask;

    private SuiteHost(Parts parts) => this.parts = parts;

    public Uri Address => parts.Server.Address;

    public SuitePorts Ports => parts.Ports;

    public Documents Documents => parts.Ports.Documents;

    /// <summary>True when nothing is posted until <c>cki arm</c>.</summary>
    public bool IsObserving { get; private set; }

    public bool IsStaging { get; private set; }

    /// <summary>
    /// Starts everything; the front door is open when it returns. Throws <see cref="ConfigRefusedException"/> with every error of the
    /// configuration, <see cref="BadInputException"/> for addresses and directories that cannot be used.
    /// </summary>
    /// <param name="guard">Put around the installation's secrets; null: nothing is.</param>
    public static async Task<SuiteHost> StartAsync(
        SuiteOptions options, ILoggerFactory logs, CancellationToken cancellationToken, Func<ISecrets, ISecrets>? guard = null)
    {
        var config = new ConfigWatch(options.Config);
        DataDirectory data = DataDirectory.Take(options.Data);
        var dice = new SystemDice();
        var engine = EmbeddedEngine.Open(data.Database, SuiteEngine.Options(TimeProvider.System, dice), TimeProvider.System, dice);
        ISecrets secrets = new EnvironmentSecrets(options.Secrets, Environment.GetEnvironmentVariable);
        var ports = new SuitePorts(engine.Queues, engine.Store, engine.Flows, guard?.Invoke(secrets) ?? secrets, config, TimeProvider.System, dice)
        {
            FrontDoor = options.PublicUrl,
        };
        var http = OutboundHttp.Create();
        bool isStaging = await StagingGuard.PrepareAsync(ports, http, options.Staging, cancellationToken);
        IntakeEndpoints intake = WebhookIntakeStage.Compose(ports, logs);
        var pulse = new SuitePulse(options, TimeProvider.System);
        pulse.Watch(engine);
        var dispatching = new DispatchOptions { Logger = logs.CreateLogger("cki.engine"), Invoke = pulse.InvokeAsync };
        var dispatcher = new Dispatcher(engine, Stages(ports, http, logs, intake, new StageOptions(Reports(options), LocalChecks.Of(ports, engine))), dispatching);
        var post = ports.PostFrom("clock");
        dispatcher.Every("tick", options.Tick, now => new OutgoingMessage(QueueNames.Watch, post.Envelope(new Tick(now)), "tick"));
        var metrics = new SuiteMetricsPage(engine);
        var door = new FrontDoor(intake.Door, engine.Store, pulse.Trouble);
        WebServer server = await StartServerAsync(options.Listen, door, metrics, intake.Door.BodyBytesMax, cancellationToken);
        var host = new SuiteHost(new Parts(data, engine, ports, dispatcher, server, metrics, http, pulse)) { IsStaging = isStaging };
        LocalFacts.Of(options).WriteTo(options.Data);
        host.IsObserving = await host.ObserveIfNewAsync(data.IsNew && !options.Arm, cancellationToken);
        dispatcher.Start();
        host.reloading = new ConfigReloading(config, ports, logs.CreateLogger("cki.engine")).RunAsync(host.stopping.Token);
        if (options.Probes)
            host.probing = new Probing(intake.Stage.Tasks["probe-push"], TimeProvider.System, logs.CreateLogger("cki.engine")).RunAsync(host.stopping.Token);
        return host;
    }

    /// <summary>Takes nothing more, lets what runs end, closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await parts.Server.DisposeAsync();
        using (var patience = new CancellationTokenSource(s_drainLimit))
        {
            try
            {
                await parts.Dispatcher.DrainAsync(patience.Token);
                await Task.WhenAll(reloading, probing);
            }
            catch (OperationCanceledException)
            {
                // What still runs is abandoned and comes again in the next process; both loops end this way always.
            }
        }
        parts.Engine.Dispose();
        parts.Metrics.Dispose();
        parts.Pulse.Dispose();
        parts.Http.Dispose();
        parts.Data.Dispose();
        stopping.Dispose();
    }

    /// <summary>The stages, each by its one composition method.</summary>
    internal static IReadOnlyList<StageEndpoints> Stages(SuitePorts ports, HttpClient http, ILoggerFactory logs, IntakeEndpoints intake, StageOptions options) =>
    [
        intake.Stage,
        CommitDetectionStage.Compose(ports, http, logs),
        PipelineTriggerStage.Compose(ports, http, logs),
        JobHerdingStage.Compose(ports, http, logs),
        ReportingStage.Compose(ports, http, logs, options.Reports),
        WatchStage.Compose(ports, http, logs, options.Watch),
    ];

    /// <summary>The board's index follows at the pace of the tick.</summary>
    private static ReportingOptions Reports(SuiteOptions options) => new()
    {
        BoardUrl = options.PublicUrl is { } url ? new Uri(url, "/board/") : null,
        Aws = region => new AwsSession(Environment.GetEnvironmentVariable, TimeProvider.System, new SystemDice(), region),
        IndexDelay = options.Tick < TimeSpan.FromMinutes(1) ? options.Tick : TimeSpan.FromMinutes(1),
    };

    private static async Task<WebServer> StartServerAsync(
        string listen, FrontDoor door, SuiteMetricsPage metrics, int bodyBytesMax, CancellationToken cancellationToken)
    {
        var at = Listening.Parse(listen);
        try
        {
            return await WebServer.StartAsync(
                door.HandleAsync,
                // Kestrel reads a refused body to its end up to twice the door's bound, so that its sender lives to see the 413; likewise headers, for the 431.
                new WebServerOptions { Address = at.Address, Port = at.Port, BodyBytesMax = 2L * bodyBytesMax, HeadersMax = 200, With = metrics.Serve },
                cancellationToken);
        }
        catch (IOException e)
        {
            throw new BadInputException($"--listen {listen}: {e.Message}");
        }
    }

    private async Task<bool> ObserveIfNewAsync(bool isNew, CancellationToken cancellationToken)
    {
        if (isNew)
        {
            var observe = new Switch(Switch.Observe, "a new installation posts nothing until 'cki arm'", "cki up", TimeProvider.System.GetUtcNow(), null);
            await Documents.PutAsync(observe.Key, observe, DocumentJson.Default.Switch, cancellationToken);
        }
        return await Documents.GetAsync($"{Switch.Prefix}{Switch.Observe}.json", DocumentJson.Default.Switch, cancellationToken) is not null;
    }

    private sealed record Parts(
        DataDirectory Data, EmbeddedEngine Engine, SuitePorts Ports, Dispatcher Dispatcher, WebServer Server, SuiteMetricsPage Metrics, HttpClient Http, SuitePulse Pulse);
}
