using Microsoft.Extensions.Logging;

namespace Cki.Simulation.Tests;

/// <summary>What stages log is what they decided: it belongs to the trace.</summary>
public sealed class TraceLogs(Life life) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new TraceLog(life, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The trace is the only log of a simulation");

    public void Dispose()
    {
    }

    private sealed class TraceLog(Life life, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel) || life.IsOver)
                return;
            string why = exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})";
            life.Note($"{category} {formatter(state, exception)}{why}");
        }
    }
}
