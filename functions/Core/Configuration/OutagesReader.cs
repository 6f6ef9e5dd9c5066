namespace Cki;

/// <summary>matchers.yaml, <c>outages</c>: rules of single failure classes.</summary>
internal static class OutagesReader
{
    private const int RulesMax = 200;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static IReadOnlyList<OutageRule> Read(ConfigNode file, ConfigErrors errors)
    {
        if (file is not ConfigNode.Map map)
            return [];
        var names = new HashSet<string>();
        // What else the file may hold is MatchersReader's to say.
        var top = new EntryReader(new ConfigNode.Map(map.Place, [.. map.Entries.Where(e => e.Key.Text == "outages")]), "", ["outages"], errors);
        return top.Entries("outages", RulesMax, (node, path) => Rule(node, path, names, errors));
    }

    private static OutageRule Rule(ConfigNode node, string path, HashSet<string> names, ConfigErrors errors)
    {
        var entry = new EntryReader(node, path, ConfigFields.Outage, errors);
        var rule = new OutageRule(entry.Name("class"));
        entry.Unique("class", names, rule.Class);
        return rule with
        {
            Pipelines = (int)entry.Number("pipelines", rule.Pipelines, 2, 1000),
            // Hits are kept by the five minutes.
            Window = entry.Duration("window", rule.Window, OutageHit.Bucket, TimeSpan.FromDays(1)),
            ProbeFirst = entry.Duration("probe_first", rule.ProbeFirst, Minute, TimeSpan.FromDays(1)),
            ProbeMost = entry.Duration("probe_most", rule.ProbeMost, Minute, TimeSpan.FromDays(1)),
            ReleasePerMinute = (int)entry.Number("release_per_minute", rule.ReleasePerMinute, 1, 1000),
        };
    }
}
