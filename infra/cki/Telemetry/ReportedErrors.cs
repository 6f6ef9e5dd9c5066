using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Tool.Telemetry;

/// <summary>Sends noted errors to Sentry a moment after they happened, several together; whatever fails there is one log line.</summary>
internal sealed partial class ReportedErrors : IAsyncDisposable
{
    private static readonly TimeSpan s_gathering = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _noted = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ErrorReports _reports;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Task _sending;

    public ReportedErrors(ErrorReports reports, TimeProvider clock, ILogger log)
    {
        _reports = reports;
        _clock = clock;
        _log = log;
        _sending = SendAsync();
    }

    public void Note(LoggedError error)
    {
        _reports.Note(error);
        if (_noted.CurrentCount == 0 && !_stopping.IsCancellationRequested)
            _noted.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
        await FlushAsync();
        _reports.Dispose();
        _stopping.Dispose();
        _noted.Dispose();
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                await _noted.WaitAsync(_stopping.Token);
                await Task.Delay(s_gathering, _clock, _stopping.Token);
                await FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The last flush is the end's.
        }
    }

    private async Task FlushAsync()
    {
        using var limit = new CancellationTokenSource(s_limit, _clock);
        if (await _reports.FlushAsync(limit.Token) is { } why)
            NotReported(_log, why);
    }

    [LoggerMessage(1, LogLevel.Warning, "Errors could not be reported to Sentry")]
    private static partial void NotReported(ILogger log, Exception why);
}
