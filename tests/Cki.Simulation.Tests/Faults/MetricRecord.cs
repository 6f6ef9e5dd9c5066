using System.Diagnostics.Metrics;
using System.Globalization;

namespace Cki.Simulation.Tests;

/// <summary>
/// What <c>/metrics</c> would show each virtual minute: sample n is of minute n. Meters are the process's, and one world runs in it at a time.
/// </summary>
public sealed class MetricRecord : IDisposable
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, double> now = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<double>> minutes = new(StringComparer.Ordinal);
    private readonly MeterListener listener;
    private int taken;

    /// <param name="meters">By name.</param>
    public MetricRecord(params string[] meters)
    {
        listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (meters.Contains(instrument.Meter.Name))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
    }

    /// <summary>By series; not a number where it was not there yet.</summary>
    public IReadOnlyDictionary<string, List<double>> Minutes => minutes;

    /// <summary>A gauge that the world measures in the place of what only runs beside Kestrel.</summary>
    public void Set(string name, string tag, string of, double value)
    {
        lock (gate)
            now[$"{name}{{{tag}=\"{of}\"}}"] = value;
    }

    /// <summary>One minute has passed.</summary>
    public void Sample()
    {
        listener.RecordObservableInstruments();
        lock (gate)
        {
            foreach ((string series, double value) in now)
            {
                if (!minutes.TryGetValue(series, out List<double>? values))
                    minutes[series] = values = [.. Enumerable.Repeat(double.NaN, taken)];
                values.Add(value);
            }
            taken++;
        }
    }

    /// <summary>Every series of a metric with these tags: <c>cki_notices{change="started"}</c>. Counters are meant without <c>_total</c>.</summary>
    public IEnumerable<(bool IsGauge, List<double> Values)> Of(string metric)
    {
        string name = metric.Split('{')[0];
        string[] tags = metric.Contains('{', StringComparison.Ordinal) ? metric.Split('{')[1].TrimEnd('}').Split(',', StringSplitOptions.TrimEntries) : [];
        return minutes.Where(series => (series.Key.Split('{')[0] is var own && (own == name || own == $"{name}_total" || own == $"{name}_count")) && tags.All(series.Key.Contains))
            .Select(series => (series.Key.Split('{')[0] == name, series.Value));
    }

    public void Dispose() => listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var words = new List<string>();
        foreach ((string name, object? of) in tags)
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{name}=\"{of?.ToString()?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));
        words.Sort(StringComparer.Ordinal);
        bool isCounter = instrument.GetType().GetGenericTypeDefinition() == typeof(Counter<>);
        bool isHistogram = instrument.GetType().GetGenericTypeDefinition() == typeof(Histogram<>);
        string series = $"{instrument.Name}{(isCounter ? "_total" : isHistogram ? "_count" : "")}{{{string.Join(',', words)}}}";
        lock (gate)
            now[series] = isCounter ? now.GetValueOrDefault(series) + value : isHistogram ? now.GetValueOrDefault(series) + 1 : value;
    }
}
