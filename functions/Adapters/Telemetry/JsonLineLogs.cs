using Microsoft.Extensions.Logging;

namespace Cki.Adapters;

/// <summary>What an error that was logged looked like, for the reports.</summary>
/// <param name="Trail">What it was about.</param>
public sealed record LoggedError(LogLevel Level, string Category, string Message, Exception? Error, string? RequestId, Trail? Trail = null);

/// <summary>
/// Logs as CloudWatch takes them: one JSON line per event with the keys of Powertools for AWS Lambda, so that its Logger can take this one's place. Free of
/// reflection.
/// </summary>
/// <param name="noted">Told of everything logged as an error or worse; must not throw.</param>
public sealed class JsonLineLogs(LineOutput output, TimeProvider clock, JsonLogLine lines, Action<LoggedError> noted) : ILoggerFactory
{
    private volatile Invocation? _invocation;
    private volatile int _invocations;

    /// <summary>From here on every line carries the ids of this invocation.</summary>
    public void Begin(Invocation invocation)
    {
        _invocation = invocation;
        _invocations++;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>Not supported: there is one output.</summary>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("these logs have one output");

    public void Dispose()
    {
    }

    private void Write<TState>(LogLevel level, string category, TState state, Exception? error, Func<TState, Exception?, string> formatter)
    {
        Invocation? invocation = _invocation;
        Trail? trail = Trail.Current;
        string message = formatter(state, error);
        var line = new JsonLogLine.Event(clock.GetUtcNow(), level, category, message, error)
        {
            Invocation = invocation,
            IsColdStart = _invocations <= 1,
            Trail = trail,
            Fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [],
        };
        output.Write(lines.Format(line));
        if (level < LogLevel.Error)
            return;
        SuiteMetrics.LogErrors.Add(1, new KeyValuePair<string, object?>("logger", category));
        noted(new LoggedError(level, category, message, error, invocation?.RequestId, trail));
    }

    private sealed class Logger(JsonLineLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= logs.LeastLevel;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                logs.Write(logLevel, category, state, exception, formatter);
        }
    }

    private LogLevel LeastLevel => lines.LeastLevel;
}
