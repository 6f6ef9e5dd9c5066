namespace Cki;

/// <summary>A tag of a metric. Its values are few, ids are none of them.</summary>
/// <param name="Name">e.g. <c>outcome</c>.</param>
/// <param name="Values">All it can be; empty: what the configuration names (hosts, sources, channels, matchers, failure classes) or the code (message types, loggers).</param>
public sealed record MetricTag(string Name, IReadOnlyList<string> Values)
{
    /// <summary>What CloudWatch is told in place of a value that is no series of its own.</summary>
    public const string Other = "other";

    /// <summary>Values that are series of their own on CloudWatch, where each combination costs; the rest are one, <see cref="Other"/>. Empty: no dimension but a plain
    /// field of the line, which Logs Insights finds.</summary>
    public IReadOnlyList<string> Dimension { get; init; } = [];

    /// <summary>A value as the dimension has it.</summary>
    public string OnCloudWatch(string value) => Dimension.Contains(value, StringComparer.Ordinal) ? value : Other;
}

/// <summary>System.Diagnostics.Metrics' kinds of instruments, as far as the suite has them.</summary>
public enum MetricKind
{
    Counter,
    Histogram,
    Gauge,
}

/// <summary>One entry of the catalogue: what dashboards, alarms and tests may rely on.</summary>
/// <param name="Name">As the instrument has it; Prometheus adds <c>_total</c> to counters, <c>_bucket</c>, <c>_sum</c> and <c>_count</c> to histograms.</param>
/// <param name="Unit">UCUM: <c>s</c>, or an annotation such as <c>{job}</c>.</param>
public sealed record MetricInfo(string Name, MetricKind Kind, string Unit, string Description, IReadOnlyList<MetricTag> Tags)
{
    /// <summary>False for what only <c>cki up</c> measures, since AWS measures it itself.</summary>
    public bool IsOnCloudWatch { get; init; } = true;

    /// <summary>Series that this can become on CloudWatch for one installation, <see cref="MetricTag.Other"/> included.</summary>
    public int CloudWatchSeries =>
        IsOnCloudWatch ? Tags.Where(tag => tag.Dimension.Count > 0).Aggregate(1, (product, tag) => product * (tag.Dimension.Count + 1)) : 0;

    /// <summary>Null where it is never tagged so.</summary>
    public MetricTag? Tag(string name)
    {
        foreach (MetricTag tag in Tags)
        {
            if (tag.Name == name)
                return tag;
        }
        return null;
    }
}
