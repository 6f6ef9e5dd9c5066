using Cki.CommitDetection;
using Cki.JobHerding;
using Cki.PipelineTrigger;
using Cki.Reporting;
using Cki.Watch;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging;

namespace Cki.Simulation.Tests;

/// <summary>The stages on one set of ports, each composed when it is asked for.</summary>
public sealed class StageShelf(SuitePorts ports, HttpClient http, ILoggerFactory logs, (ReportingOptions? Reports, WatchOptions? Watch) options = default)
{
    private static readonly Func<SuitePorts, HttpClient, ILoggerFactory, (ReportingOptions? Reports, WatchOptions? Watch), StageEndpoints>[] s_composers =
    [
        (ports, http, logs, _) => CommitDetectionStage.Compose(ports, http, logs),
        (ports, http, logs, _) => PipelineTriggerStage.Compose(ports, http, logs),
        (ports, http, logs, _) => JobHerdingStage.Compose(ports, http, logs),
        (ports, http, logs, options) => ReportingStage.Compose(ports, http, logs, options.Reports ?? new ReportingOptions()),
        (ports, http, logs, options) => WatchStage.Compose(ports, http, logs, options.Watch),
    ];

    /// <summary>All but the intake, which has a door only.</summary>
    public IReadOnlyList<StageEndpoints> All => [.. Enumerable.Range(0, s_composers.Length).Select(Stage)];

    /// <param name="index">As in <see cref="All"/>.</param>
    public StageEndpoints Stage(int index) => s_composers[index](ports, http, logs, options);

    public WebhookDoor Door() => WebhookIntakeStage.Compose(ports, logs).Door;
}
