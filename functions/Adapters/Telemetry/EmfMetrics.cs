using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace Cki.Adapters;

/// <summary>
/// The suite's metrics in CloudWatch's Embedded Metric Format: summed up while an invocation runs, written as log lines at its end. Namespace
/// <c>CKI</c>; dimensions are the installation (<c>stack</c>) and the metric's own few-valued tags, never an id.
/// </summary>
public sealed class EmfMetrics : IDisposable
{
    public const string Namespace = "CKI";

    /// <summary>Tags that may become dimensions; any other is written as a plain field, since each new value of a dimension is a metric to pay for.</summary>
    public static readonly IReadOnlyList<string> Dimensions =
        ["channel", "found_by", "host", "matcher", "method", "outcome", "queue", "source", "verdict"];

    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, Sum> _sums = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly LineOutput _output;
    private readonly FunctionIdentity _function;
    private readonly TimeProvider _clock;

    /// <param name="meter">Name of the meter that is listened to, e.g. <see cref="SuiteMetrics.MeterName"/>.</param>
    public EmfMetrics(LineOutput output, FunctionIdentity function, TimeProvider clock, string meter)
    {
        _output = output;
        _function = function;
        _clock = clock;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Writes what was counted since the last time; nothing where nothing was.</summary>
    public void Flush()
    {
        Sum[] sums;
        lock (_gate)
        {
            sums = [.. _sums.Values];
            _sums.Clear();
        }
        foreach (Sum sum in sums)
            _output.Write(Line(sum));
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        KeyValuePair<string, string>[] own = new KeyValuePair<string, string>[tags.Length];
        for (int i = 0; i < tags.Length; i++)
            own[i] = new(tags[i].Key, tags[i].Value?.ToString() ?? "");
        Array.Sort(own, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        string key = instrument.Name + "|" + string.Join('|', own.Select(tag => $"{tag.Key}={tag.Value}"));
        lock (_gate)
        {
            if (!_sums.TryGetValue(key, out Sum? sum))
                _sums[key] = sum = new Sum(instrument.Name, Unit(instrument.Unit), own);
            sum.Value += value;
        }
    }

    private ReadOnlySpan<byte> Line(Sum sum)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("_aws"u8);
        json.WriteNumber("Timestamp"u8, _clock.GetUtcNow().ToUnixTimeMilliseconds());
        json.WriteStartArray("CloudWatchMetrics"u8);
        WriteDirective(json, sum);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("stack"u8, _function.Stack);
        json.WriteString("service"u8, _function.Service);
        foreach ((string name, string value) in sum.Tags)
            json.WriteString(name, value);
        json.WriteNumber(sum.Name, sum.Value);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    private static void WriteDirective(Utf8JsonWriter json, Sum sum)
    {
        json.WriteStartObject();
        json.WriteString("Namespace"u8, Namespace);
        json.WriteStartArray("Dimensions"u8);
        json.WriteStartArray();
        json.WriteStringValue("stack"u8);
        // An empty value of a dimension is refused, with the whole line.
        foreach ((string name, string value) in sum.Tags)
        {
            if (value.Length > 0 && Dimensions.Contains(name, StringComparer.Ordinal))
                json.WriteStringValue(name);
        }
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteStartArray("Metrics"u8);
        json.WriteStartObject();
        json.WriteString("Name"u8, sum.Name);
        json.WriteString("Unit"u8, sum.Unit);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>CloudWatch's word for an instrument's unit.</summary>
    private static string Unit(string? unit) => unit switch
    {
        "s" => "Seconds",
        "ms" => "Milliseconds",
        "By" => "Bytes",
        { } annotated when annotated.StartsWith('{') => "Count",
        _ => "None",
    };

    private sealed class Sum(string name, string unit, KeyValuePair<string, string>[] tags)
    {
        public string Name => name;

        public string Unit => unit;

        public KeyValuePair<string, string>[] Tags => tags;

        public double Value { get; set; }
    }
}
