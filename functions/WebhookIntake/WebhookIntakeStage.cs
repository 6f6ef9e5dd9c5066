using Microsoft.Extensions.Logging;

namespace Cki.WebhookIntake;

/// <summary>What WebhookIntake offers: no queue and no task of its own, but the door.</summary>
public sealed record IntakeEndpoints(StageEndpoints Stage, WebhookDoor Door);

public static class WebhookIntakeStage
{
    public static IntakeEndpoints Compose(SuitePorts ports, ILoggerFactory logs, IntakeOptions? options = null) =>
        new(
            new StageEndpoints(new Dictionary<string, MessageHandler>(), new Dictionary<string, FlowTask>()),
            new WebhookDoor(ports, logs.CreateLogger("cki.intake"), options ?? new IntakeOptions()));
}
