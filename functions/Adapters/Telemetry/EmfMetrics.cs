using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace Cki.Adapters;

/// <summary>
/// The suite's metrics in CloudWatch's Embedded Metric Format: gathered while an invocation runs, written as log lines at its end. Namespace
/// <c>CKI</c>; dimensions are the installation (<c>stack</c>) and what the catalogue lets become one, never an id.
/// </summary>
public sealed class EmfMetrics : IDisposable
{
    public const string Namespace = "CKI";

    /// <summary>The specification's bounds: values of one array, metrics of one document.</summary>
    private const int ValuesMax = 100;

    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, EmfDocument> _documents = new(StringComparer.Ordinal);
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
                listener.EnableMeasurementEvents(instrument, SuiteMetrics.Find(instrument.Name));
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, info) => Add(instrument, value, tags, info as MetricInfo));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, info) => Add(instrument, value, tags, info as MetricInfo));
        _listener.Start();
    }

    /// <summary>Writes what was measured since the last time; nothing where nothing was.</summary>
    public void Flush()
    {
        EmfDocument[] documents;
        lock (_gate)
        {
            documents = [.. _documents.Values];
            _documents.Clear();
        }
        foreach (EmfDocument document in documents)
            _output.Write(document.Line(_function, _clock.GetUtcNow()));
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>Metrics of the same tags share a document; a histogram that has its bound of values begins another.</summary>
    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, MetricInfo? info)
    {
        if (!double.IsFinite(value) || info is { IsOnCloudWatch: false })
            return;
        EmfTag[] own = new EmfTag[tags.Length];
        for (int i = 0; i < tags.Length; i++)
            own[i] = EmfTag.Of(tags[i].Key, tags[i].Value?.ToString() ?? "", info);
        Array.Sort(own, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        string key = string.Join('|', own.Select(tag => $"{tag.Name}={tag.Value}={tag.IsDimension}"));
        lock (_gate)
        {
            for (int n = 0; ; n++)
            {
                if (!_documents.TryGetValue($"{key}|{n}", out EmfDocument? document))
                    _documents[$"{key}|{n}"] = document = new EmfDocument(own);
                if (document.TryAdd(instrument, value, ValuesMax))
                    return;
            }
        }
    }
}

/// <summary>A tag as CloudWatch gets it.</summary>
internal readonly record struct EmfTag(string Name, string Value, bool IsDimension)
{
    public static EmfTag Of(string name, string value, MetricInfo? info) =>
        info?.Tag(name) is { Dimension.Count: > 0 } tag ? new EmfTag(name, tag.OnCloudWatch(value), true) : new EmfTag(name, value, false);
}

/// <summary>One line: metrics of the same tags. Counters are sums, histograms are the values themselves, from which CloudWatch has its percentiles.</summary>
internal sealed class EmfDocument(EmfTag[] tags)
{
    private const int MetricsMax = 100;

    private readonly SortedDictionary<string, (Instrument Instrument, List<double> Values)> _metrics = new(StringComparer.Ordinal);

    /// <summary>False where there is no room for it.</summary>
    public bool TryAdd(Instrument instrument, double value, int valuesMax)
    {
        if (!_metrics.TryGetValue(instrument.Name, out (Instrument Instrument, List<double> Values) metric))
        {
            if (_metrics.Count == MetricsMax)
                return false;
            _metrics[instrument.Name] = metric = (instrument, []);
        }
        if (instrument is Counter<long> && metric.Values.Count > 0)
            metric.Values[0] += value;
        else if (metric.Values.Count < valuesMax)
            metric.Values.Add(value);
        else
            return false;
        return true;
    }

    public ReadOnlySpan<byte> Line(FunctionIdentity function, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("_aws"u8);
        json.WriteNumber("Timestamp"u8, now.ToUnixTimeMilliseconds());
        json.WriteStartArray("CloudWatchMetrics"u8);
        WriteDirective(json);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("stack"u8, function.Stack);
        json.WriteString("service"u8, function.Service);
        foreach (EmfTag tag in tags)
            json.WriteString(tag.Name, tag.Value);
        foreach ((string name, (Instrument _, List<double> values)) in _metrics)
            WriteValues(json, name, values);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    private static void WriteValues(Utf8JsonWriter json, string name, List<double> values)
    {
        if (values.Count == 1)
        {
            json.WriteNumber(name, values[0]);
            return;
        }
        json.WriteStartArray(name);
        foreach (double value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private void WriteDirective(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("Namespace"u8, EmfMetrics.Namespace);
        json.WriteStartArray("Dimensions"u8);
        json.WriteStartArray();
        json.WriteStringValue("stack"u8);
        foreach (EmfTag tag in tags)
        {
            if (tag.IsDimension)
                json.WriteStringValue(tag.Name);
        }
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteStartArray("Metrics"u8);
        foreach ((string name, (Instrument instrument, _)) in _metrics)
        {
            json.WriteStartObject();
            json.WriteString("Name"u8, name);
            json.WriteString("Unit"u8, Unit(instrument.Unit));
            json.WriteEndObject();
        }
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
}
