using System.Globalization;

namespace Cki.Tool;

/// <summary>Which archived deliveries are meant. Null fields choose all.</summary>
/// <param name="From">Included.</param>
/// <param name="To">Not included.</param>
internal sealed record ArchiveWindow(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Name of the source that took them.</summary>
    public string? Source { get; init; }

    /// <summary>Last word of the routing key: <c>push</c>, <c>build</c>, <c>pipeline</c>, <c>issue</c>, ...</summary>
    public string? Kind { get; init; }

    /// <summary>Path of the project without host; its case does not matter.</summary>
    public string? Project { get; init; }

    /// <summary>Keys of the archive begin with the hour they came in.</summary>
    public IEnumerable<string> Hours()
    {
        for (DateTimeOffset hour = new(From.UtcDateTime.Date.AddHours(From.UtcDateTime.Hour), TimeSpan.Zero); hour < To; hour = hour.AddHours(1))
            yield return string.Create(CultureInfo.InvariantCulture, $"deliveries/{hour.UtcDateTime:yyyy/MM/dd/HH}/");
    }

    /// <summary>Deliveries of releases that wrote no routing key are chosen only where neither kind nor project is asked for.</summary>
    public bool Has(ArchivedDelivery delivery)
    {
        if (delivery.ReceivedAt < From || delivery.ReceivedAt >= To || (Source is not null && delivery.Source != Source))
            return false;
        string key = delivery.RoutingKey ?? "";
        if (Kind is not null && !key.EndsWith($".{Kind}", StringComparison.Ordinal))
            return false;
        return Project is null || key.Contains($".{RoutingKeys.Of("", Project, "")}.", StringComparison.OrdinalIgnoreCase);
    }
}
