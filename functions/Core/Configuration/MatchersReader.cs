using System.Text.RegularExpressions;

namespace Cki;

/// <summary>matchers.yaml in the format of CKI's pipeline-herder: a tree of groups whose fields are the defaults of what is in them.</summary>
internal sealed class MatchersReader(ConfigErrors errors)
{
    private const int MatchersMax = 2000;
    private const int TextsMax = 100;
    private const int DepthMax = 10;
    private const int PatternCharactersMax = 2000;

    private static readonly string[] Statuses =
    [
        "created", "waiting_for_resource", "preparing", "waiting_for_callback", "pending", "running", "success", "failed", "canceling", "canceled",
        "skipped", "manual", "scheduled",
    ];

    private static readonly string[] Sections = ["prepare", "get_sources", "step_script", "after_script", "upload"];

    public MatcherTree Read(ConfigNode file)
    {
        var top = new EntryReader(file, "", ConfigFields.MatchersFile, errors);
        var defaults = new MatcherConfig("", "", file.Place);
        MatcherConfig[] all = [.. top.Entries("matchers", MatchersMax, (node, path) => Matchers(node, path, defaults, 1)).SelectMany(m => m)];
        if (all.Length > MatchersMax)
            top.Wrong("matchers", $"hold {all.Length} matchers; the limit is {MatchersMax}");
        return new MatcherTree(all);
    }

    private IReadOnlyList<MatcherConfig> Matchers(ConfigNode node, string path, MatcherConfig defaults, int depth)
    {
        bool isGroup = node is ConfigNode.Map map && map.Entries.Any(e => e.Key.Text == "matchers");
        var entry = new EntryReader(node, path, isGroup ? ConfigFields.MatcherGroup : ConfigFields.Matcher, errors);
        MatcherConfig read = Lay(entry, defaults);
        if (!isGroup)
            return [Whole(entry, read)];
        if (depth < DepthMax)
            return [.. entry.Entries("matchers", MatchersMax, (inner, at) => Matchers(inner, at, read, depth + 1)).SelectMany(m => m)];
        entry.Wrong("matchers", $"groups are nested deeper than {DepthMax}");
        return [];
    }

    /// <summary>The entry's own fields over the group's.</summary>
    private static MatcherConfig Lay(EntryReader entry, MatcherConfig defaults) => defaults with
    {
        Name = entry.Text("name") ?? defaults.Name,
        Description = entry.Text("description") ?? defaults.Description,
        Place = entry.Node.Place,
        Action = ActionOf(entry, defaults.Action),
        RetryLimit = (int)entry.Number("retry_limit", defaults.RetryLimit, 0, 100),
        RetryDelays = entry.Durations("retry_delays", defaults.RetryDelays, TimeSpan.Zero, TimeSpan.FromDays(7)),
        JobName = Pattern(entry, "job_name") ?? defaults.JobName,
        JobStatus = JobStatuses(entry) ?? defaults.JobStatus,
        Stage = entry.Text("stage") ?? defaults.Stage,
        WebUrl = WebUrl(entry) ?? defaults.WebUrl,
        FailureReasons = Texts(entry, "failure_reason") ?? defaults.FailureReasons,
        Messages = Messages(entry) ?? defaults.Messages,
        Builtin = entry.Has("builtin") ? entry.Choice("builtin", ["no_trace", "missed_tests"], "no_trace") : defaults.Builtin,
        MaximumArtifactSize = entry.Has("maximum_artifact_size") ? entry.Number("maximum_artifact_size", 0, 1, 1_000_000_000) : defaults.MaximumArtifactSize,
        Class = Class(entry) ?? defaults.Class,
        Sections = SectionsOf(entry) ?? defaults.Sections,
        DemotesItself = entry.Has("demote") ? entry.Choice("demote", ["propose", "auto"], "propose") == "auto" : defaults.DemotesItself,
        IsShadow = entry.Has("mode") ? entry.Choice("mode", ["shadow", "live"], "live") == "shadow" : defaults.IsShadow,
    };

    /// <summary>A matcher that would retry whatever fails forgives real failures, so it must look for something. One without a name is known by its line.</summary>
    private static MatcherConfig Whole(EntryReader entry, MatcherConfig matcher)
    {
        bool looksForSomething = matcher.Messages.Count > 0 || matcher.FailureReasons.Count > 0 || matcher.Builtin is not null;
        if (matcher.Action == HerdAct.Retry && !looksForSomething && entry.Node is ConfigNode.Map)
            entry.Errors.Add(entry.Node.Place, entry.Path, "would retry every failed job: give it messages, failure_reason or builtin");
        return matcher.Name.Length > 0 ? matcher : matcher with { Name = $"line-{matcher.Place.Line}" };
    }

    private static HerdAct ActionOf(EntryReader entry, HerdAct otherwise) => entry.Choice("action", ["retry", "report", "alert"], "") switch
    {
        "retry" => HerdAct.Retry,
        "report" => HerdAct.Report,
        "alert" => HerdAct.Alert,
        _ => otherwise,
    };

    private static string? Pattern(EntryReader entry, string field)
    {
        string? pattern = entry.Text(field);
        if (pattern is not null && EntryChecks.PatternFault(pattern) is { } fault)
            entry.Wrong(field, $"'{pattern}' {fault}");
        return pattern;
    }

    private static IReadOnlyList<string>? Messages(EntryReader entry)
    {
        IReadOnlyList<ConfigNode.Scalar>? messages = entry.Scalars("messages", TextsMax);
        foreach (ConfigNode.Scalar message in messages ?? [])
        {
            string? fault = message.Text.Length is 0 or > PatternCharactersMax
                ? $"must have 1 to {PatternCharactersMax} characters"
                : EntryChecks.PatternFault(message.Text);
            if (fault is not null)
                entry.Errors.Add(message.Place, entry.PathOf("messages"), $"'{message.Text[..Math.Min(80, message.Text.Length)]}' {fault}");
        }
        return messages is null ? null : [.. messages.Select(m => m.Text)];
    }

    private static IReadOnlyList<string>? SectionsOf(EntryReader entry)
    {
        IReadOnlyList<ConfigNode.Scalar>? sections = entry.Scalars("section", Sections.Length);
        foreach (ConfigNode.Scalar section in (sections ?? []).Where(s => !Sections.Contains(s.Text)))
            entry.Errors.Add(section.Place, entry.PathOf("section"), $"is '{section.Text}', not one of {string.Join(", ", Sections)}");
        return sections is null ? null : [.. sections.Select(s => s.Text)];
    }

    private static IReadOnlyList<string>? JobStatuses(EntryReader entry)
    {
        IReadOnlyList<ConfigNode.Scalar>? statuses = entry.Scalars("job_status", Statuses.Length);
        foreach (ConfigNode.Scalar status in (statuses ?? []).Where(s => !Statuses.Contains(s.Text)))
            entry.Errors.Add(status.Place, entry.PathOf("job_status"), $"'{status.Text}' is no status of a job{ConfigErrors.Suggestion(status.Text, Statuses)}");
        return statuses is null ? null : [.. statuses.Select(s => s.Text)];
    }

    /// <summary>CKI lists prefixes of job addresses; one expression says the same.</summary>
    private static string? WebUrl(EntryReader entry)
    {
        IReadOnlyList<string>? prefixes = Texts(entry, "web_url");
        return prefixes is null or { Count: 0 } ? null : $"^(?:{string.Join('|', prefixes.Select(Regex.Escape))})";
    }

    private static IReadOnlyList<string>? Texts(EntryReader entry, string field) =>
        entry.Scalars(field, TextsMax) is { } texts ? [.. texts.Select(t => t.Text)] : null;

    /// <summary>Classes become keys of the store.</summary>
    private static string? Class(EntryReader entry) => entry.Has("class") ? entry.Name("class") : null;
}
