using Cki.CommitDetection;
using Cki.JobHerding;
using Cki.PipelineTrigger;
using Cki.Reporting;
using Cki.Watch;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging;

namespace Cki.Simulation.Tests;

/// <summary>All six stages on one set of ports.</summary>
public sealed class StageShelf
{
    public StageShelf(SuitePorts ports, HttpClient http, ILoggerFactory logs)
    {
        IntakeEndpoints intake = WebhookIntakeStage.Compose(ports, logs);
        Door = intake.Door;
        All =
        [
            intake.Stage,
            CommitDetectionStage.Compose(ports, http, logs),
            PipelineTriggerStage.Compose(ports, http, logs),
            JobHerdingStage.Compose(ports, http, logs),
            ReportingStage.Compose(ports, http, logs),
            WatchStage.Compose(ports, http, logs),
        ];
    }

    public WebhookDoor Door { get; }

    public IReadOnlyList<StageEndpoints> All { get; }

    public MessageHandler Queue(string name) => All.Select(stage => stage.Queues.GetValueOrDefault(name)).First(handler => handler is not null)!;

    public FlowTask Task(string name) => All.Select(stage => stage.Tasks.GetValueOrDefault(name)).First(task => task is not null)!;
}
