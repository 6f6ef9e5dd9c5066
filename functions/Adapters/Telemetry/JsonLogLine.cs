using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Cki.Adapters;

/// <summary>Formats one log event as a line of JSON: Powertools' keys first, then the event's own fields in snake case.</summary>
public sealed class JsonLogLine(FunctionIdentity function, Scrubber scrubber)
{
    /// <summary>CloudWatch takes 256 KB an event (1 MB since 2025); a line stays well below.</summary>
    private const int TextCharactersMax = 20_000;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public LogLevel LeastLevel => function.LeastLevel;

    /// <summary>What is known of a log event.</summary>
    public sealed record Event(DateTimeOffset Time, LogLevel Level, string Category, string Message, Exception? Error)
    {
        /// <summary>Null before the first event.</summary>
        public Invocation? Invocation { get; init; }

        public bool IsColdStart { get; init; }

        /// <summary>What it is about; an event's own field of the same key says more.</summary>
        public Trail? Trail { get; init; }

        public IReadOnlyList<KeyValuePair<string, object?>> Fields { get; init; } = [];
    }

    public ReadOnlySpan<byte> Format(Event happened)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteString("timestamp"u8, happened.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ"));
            json.WriteString("level"u8, happened.Level.ToString());
            json.WriteString("message"u8, Text(happened.Message));
            json.WriteString("service"u8, function.Service);
            json.WriteString("name"u8, happened.Category);
            WriteFunction(json, happened);
            foreach ((string key, object? value) in LogFields.Of(happened.Fields, happened.Trail))
                WriteField(json, key, value);
            if (happened.Error is { } error)
                WriteException(json, "exception", error);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan;
    }

    private void WriteFunction(Utf8JsonWriter json, Event happened)
    {
        json.WriteBoolean("cold_start"u8, happened.IsColdStart);
        json.WriteString("function_name"u8, function.Function);
        if (function.FunctionVersion is { } version)
            json.WriteString("function_version"u8, version);
        if (function.FunctionMemorySize is { } megabytes)
            json.WriteNumber("function_memory_size"u8, megabytes);
        if (happened.Invocation is { } invocation)
        {
            if (invocation.FunctionArn is { } arn)
                json.WriteString("function_arn"u8, arn);
            json.WriteString("function_request_id"u8, invocation.RequestId);
            if (invocation.TraceId is { } trace)
                json.WriteString("xray_trace_id"u8, Root(trace));
        }
        if (happened.Trail is { } trail)
            json.WriteString("correlation_id"u8, Text(trail.Correlation));
        json.WriteString("stack"u8, function.Stack);
        if (function.Release is { } release)
            json.WriteString("release"u8, release);
    }

    /// <summary>Of <c>Root=1-...;Parent=...;Sampled=1</c>, the root: that is what X-Ray is searched by.</summary>
    private static string Root(string trace)
    {
        foreach (string part in trace.Split(';'))
        {
            if (part.StartsWith("Root=", StringComparison.Ordinal))
                return part["Root=".Length..];
        }
        return trace;
    }

    private void WriteField(Utf8JsonWriter json, string key, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(key);
                break;
            case int or long:
                json.WriteNumber(key, Convert.ToInt64(value));
                break;
            case bool flag:
                json.WriteBoolean(key, flag);
                break;
            default:
                json.WriteString(key, Text(value.ToString() ?? ""));
                break;
        }
    }

    private void WriteException(Utf8JsonWriter json, string key, Exception error)
    {
        json.WriteStartObject(key);
        json.WriteString("type"u8, error.GetType().FullName);
        json.WriteString("message"u8, Text(error.Message));
        json.WriteString("stack_trace"u8, Text(error.StackTrace ?? ""));
        if (error.InnerException is { } inner)
            WriteException(json, "inner_exception", inner);
        json.WriteEndObject();
    }

    private string Text(string text)
    {
        string cleaned = scrubber.Clean(text);
        return cleaned.Length <= TextCharactersMax ? cleaned : cleaned[..TextCharactersMax] + "...";
    }
}
