using Microsoft.Extensions.Logging;

namespace Cki.WebhookIntake;

/// <summary>What WebhookIntake offers: no queue, but the door, and tasks that try the door.</summary>
public sealed record IntakeEndpoints(StageEndpoints Stage, WebhookDoor Door);

public static class WebhookIntakeStage
{
    public static IntakeEndpoints Compose(SuitePorts ports, ILoggerFactory logs, IntakeOptions? options = null)
    {
        var door = new WebhookDoor(ports, logs.CreateLogger("cki.intake"), options ?? new IntakeOptions());
        var tasks = new Dictionary<string, FlowTask>
        {
            ["probe"] = new ProbeTask(door, ports).RunAsync,
            ["probe-push"] = new PushProbe(door, ports).RunAsync,
        };
        return new IntakeEndpoints(new StageEndpoints(new Dictionary<string, MessageHandler>(), tasks).Watched("webhook-intake", ports.Clock), door);
    }
}
