using Microsoft.Extensions.Logging;

namespace Cki.Adapters;

/// <summary>Everything that is told of an invocation beside its answer; at its end all of it has left the process, since Lambda freezes it then.</summary>
public sealed class InvocationTelemetry(JsonLineLogs logs, EmfMetrics metrics, ErrorReports errors)
{
    private readonly ILogger _log = logs.CreateLogger("cki.telemetry");

    public void Begin(Invocation invocation) => logs.Begin(invocation);

    /// <summary>Never throws.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        metrics.Flush();
        if (await errors.FlushAsync(cancellationToken) is { } why)
            AdaptersLog.NotReported(_log, why);
    }
}
