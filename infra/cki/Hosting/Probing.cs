using Microsoft.Extensions.Logging;

namespace Cki.Tool;

/// <summary>What EventBridge's rule PushProbe does on AWS: the synthetic probe at the start and every five minutes.</summary>
internal sealed partial class Probing(FlowTask probe, TimeProvider clock, ILogger log)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ProbeTree.Every, clock);
        do
        {
            try
            {
                await probe(null, cancellationToken);
            }
            catch (Exception e) when (e is InvalidOperationException or SecretsUnavailableException)
            {
                // Its silence is what is alarmed on.
                Failed(log, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    [LoggerMessage(1, LogLevel.Warning, "The probe could not be posted: {Why}")]
    private static partial void Failed(ILogger log, string why);
}
