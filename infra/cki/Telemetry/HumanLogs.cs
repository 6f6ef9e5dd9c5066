using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Tool.Telemetry;

/// <summary>Where lines go.</summary>
/// <param name="Least">Least level that it wants.</param>
/// <param name="Write">Must not throw.</param>
internal sealed record LogSink(LogLevel Least, Action<string> Write)
{
    /// <summary>Standard error: standard output stays for facts.</summary>
    public static LogSink Console(LogLevel least) => new(least, line => System.Console.Error.WriteLine(line));
}

/// <summary>Logs of <c>cki up</c>: the same line to each sink, without secrets; errors are counted and noted for the reports.</summary>
/// <param name="noted">Told of everything logged as an error or worse; must not throw.</param>
internal sealed class HumanLogs(IReadOnlyList<LogSink> sinks, Scrubber scrubber, TimeProvider clock, Action<LoggedError> noted) : ILoggerProvider
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(JsonLogLine.Event happened)
    {
        string? line = null;
        // One after the other, and the time is told there: what is read in order happened in order.
        lock (_gate)
        {
            foreach (LogSink sink in sinks)
            {
                if (happened.Level >= sink.Least)
                    sink.Write(line ??= HumanLine.Of(happened with { Time = clock.GetUtcNow() }).Format(scrubber.Clean));
            }
        }
        if (happened.Level < LogLevel.Error)
            return;
        SuiteMetrics.LogErrors.Add(1, new KeyValuePair<string, object?>("logger", happened.Category));
        noted(new LoggedError(happened.Level, happened.Category, happened.Message, happened.Error, null, happened.Trail));
    }

    private sealed class Logger(HumanLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logs.Write(new JsonLogLine.Event(default, logLevel, category, formatter(state, exception), exception)
            {
                Trail = Trail.Current,
                Fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [],
            });
    }
}
