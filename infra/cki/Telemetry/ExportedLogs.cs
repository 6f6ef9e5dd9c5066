using Cki.Adapters;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Cki.Tool.Telemetry;

/// <summary>What leaves by OTLP carries the ids that every line has, and no secret.</summary>
internal sealed class ExportedLogs(Scrubber scrubber) : BaseProcessor<LogRecord>
{
    /// <summary>Runs on the thread that logs, within its <see cref="Trail"/>.</summary>
    public override void OnEnd(LogRecord data)
    {
        var attributes = new List<KeyValuePair<string, object?>>();
        foreach ((string key, object? value) in LogFields.Of(data.Attributes ?? [], Trail.Current))
            attributes.Add(new(key, value is string or null ? Cleaned(value as string) : Cleaned(value.ToString())));
        if (Trail.Current is { } trail)
            attributes.Add(new("correlation_id", Cleaned(trail.Correlation)));
        if (data.Exception is { } error)
        {
            attributes.Add(new("exception.type", error.GetType().FullName));
            attributes.Add(new("exception.message", Cleaned(error.Message)));
            attributes.Add(new("exception.stacktrace", Cleaned(error.ToString())));
            data.Exception = null;
        }
        data.Attributes = attributes;
        data.FormattedMessage = Cleaned(data.FormattedMessage);
    }

    private string? Cleaned(string? text) => text is null ? null : scrubber.Clean(text);
}
