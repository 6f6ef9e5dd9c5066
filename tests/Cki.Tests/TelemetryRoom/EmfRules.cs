using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Tests.TelemetryRooms;

/// <summary>CloudWatch's Embedded Metric Format as its specification has it: the JSON schema of the document, and the limits in its words.</summary>
internal static class EmfRules
{
    private static readonly string[] s_units =
    [
        "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits",
        "Percent", "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second", "Bits/Second", "Kilobits/Second",
        "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None",
    ];

    /// <summary>What CloudWatch would refuse about one line; empty: nothing.</summary>
    public static IReadOnlyList<string> Broken(string line, DateTimeOffset now)
    {
        var broken = new List<string>();
        if (line.Length > 1 << 20)
            broken.Add("more than 1 MB");
        JsonObject root = JsonNode.Parse(line)!.AsObject();
        if (root["_aws"] is not JsonObject meta || meta["Timestamp"]?.GetValueKind() != JsonValueKind.Number || meta["CloudWatchMetrics"] is not JsonArray directives)
            return ["no metadata with Timestamp and CloudWatchMetrics"];
        TimeSpan age = now - DateTimeOffset.FromUnixTimeMilliseconds((long)meta["Timestamp"]!);
        if (age > TimeSpan.FromDays(14) || age < TimeSpan.FromHours(-2))
            broken.Add($"a time-stamp of {age} ago");
        foreach (JsonNode? directive in directives)
            broken.AddRange(Broken(directive!.AsObject(), root));
        return broken;
    }

    private static IEnumerable<string> Broken(JsonObject directive, JsonObject root)
    {
        if ((string?)directive["Namespace"] is not { Length: > 0 and <= 1024 })
            yield return "no namespace";
        if (directive["Dimensions"] is not JsonArray { Count: > 0 } sets)
            yield return "no dimension set";
        else
            foreach (string why in sets.SelectMany(set => BrokenSet(set!.AsArray(), root)))
                yield return why;
        if (directive["Metrics"] is not JsonArray { Count: > 0 and <= 100 } metrics)
            yield return "not 1 to 100 metrics";
        else
            foreach (string why in metrics.SelectMany(metric => BrokenMetric(metric!.AsObject(), root)))
                yield return why;
    }

    private static IEnumerable<string> BrokenSet(JsonArray set, JsonObject root)
    {
        if (set.Count > 30)
            yield return $"{set.Count} dimensions";
        if (set.Select(d => (string)d!).Distinct().Count() != set.Count)
            yield return "a dimension twice";
        foreach (JsonNode? dimension in set)
        {
            if (root[(string)dimension!] is not JsonValue value || value.GetValueKind() != JsonValueKind.String || ((string)value!).Length is 0 or > 1024)
                yield return $"dimension {dimension} has no text of 1 to 1024 characters";
        }
    }

    private static IEnumerable<string> BrokenMetric(JsonObject metric, JsonObject root)
    {
        string name = (string?)metric["Name"] ?? "";
        if (name.Length is 0 or > 1024)
            yield return "a metric without a name";
        if (metric["Unit"] is { } unit && !s_units.Contains((string)unit!))
            yield return $"{name}: unit {unit}";
        bool isGood = root[name] switch
        {
            JsonArray { Count: > 0 and <= 100 } values => values.All(v => v!.GetValueKind() == JsonValueKind.Number),
            JsonValue value => value.GetValueKind() == JsonValueKind.Number,
            _ => false,
        };
        if (!isGood)
            yield return $"{name}: neither a number nor 1 to 100 of them";
    }
}
