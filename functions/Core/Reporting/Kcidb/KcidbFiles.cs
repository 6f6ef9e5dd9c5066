using System.Text.Json.Nodes;

namespace Cki;

/// <summary>Objects taken over from the pipeline's own KCIDB files.</summary>
public sealed record KcidbTaken(IReadOnlyList<JsonObject> Checkouts, IReadOnlyList<JsonObject> Builds, IReadOnlyList<JsonObject> Tests)
{
    /// <summary>What was left out and why, bounded.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Jobs whose files told of builds or tests: they need no object of ours.</summary>
    public IReadOnlySet<long> Jobs { get; init; } = new HashSet<long>();
}

/// <summary>
/// Takes over what the pipeline itself says. An object that the schema would refuse is left out, not the submission; a FAIL is left standing only where
/// its job was not found to be our own trouble.
/// </summary>
public static class KcidbFiles
{
    private const int LeftOutMax = 20;
    private const int DepthMax = 32;
    private static readonly string[] Lists = ["checkouts", "builds", "tests"];

    public static KcidbTaken Take(KcidbFacts facts)
    {
        var taken = Lists.ToDictionary(l => l, _ => new List<JsonObject>());
        var known = new HashSet<string>(StringComparer.Ordinal);
        var leftOut = new List<string>();
        var jobs = new HashSet<long>();
        foreach (KcidbFile file in facts.Files)
        {
            if (!KcidbSchema.IsOfVersion(file.Content))
            {
                leftOut.Add($"{SafeText.Line(file.Job.Last.Name, 120)}: its file is not of version 5");
                continue;
            }
            foreach (string list in Lists)
            {
                foreach (JsonNode? node in file.Content[list] as JsonArray ?? [])
                {
                    JsonObject? one = Copy(node as JsonObject) is { } copy ? Corrected(copy, file.Job) : null;
                    string? fault = Fault(list, one, facts.Origin);
                    if (fault is not null)
                        leftOut.Add($"{SafeText.Line(file.Job.Last.Name, 120)}: {list}: {fault}");
                    else if (known.Add($"{list} {one!["id"]}"))
                        taken[list].Add(one);
                    if (fault is null && list != "checkouts")
                        jobs.Add(file.Job.FirstId);
                }
            }
        }
        return new KcidbTaken(taken["checkouts"], taken["builds"], taken["tests"]) { LeftOut = [.. leftOut.Take(LeftOutMax)], Jobs = jobs };
    }

    private static string? Fault(string list, JsonObject? one, string origin) =>
        KcidbSchema.Faults(list, one).FirstOrDefault() is { } fault ? fault
        : one!["origin"]!.GetValue<string>() != origin || !one["id"]!.GetValue<string>().StartsWith($"{origin}:", StringComparison.Ordinal) ? "it is of another origin"
        : null;

    private static JsonObject Corrected(JsonObject one, JobOutcome job)
    {
        bool isOurs = job.Says is JobSays.Infrastructure or JobSays.Configuration or JobSays.Undetermined or JobSays.Canceled or JobSays.NotRun;
        if (!isOurs || (one["status"] as JsonValue)?.TryGetValue(out string? status) != true || status != "FAIL")
            return one;
        one["status"] = "ERROR";
        if (one["misc"] is not JsonObject misc)
            one["misc"] = misc = [];
        misc["cki_serverless"] = new JsonObject { ["status_was"] = "FAIL", ["reason"] = SafeText.Line(job.Reason) };
        return one;
    }

    /// <summary>Null for what is no object, or holds text that is none.</summary>
    private static JsonObject? Copy(JsonObject? one)
    {
        try
        {
            return one is null ? null : Plain(one, 0);
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair.
            return null;
        }
    }

    /// <summary>A copy without nulls, which KCIDB forbids anywhere, without what it keeps for itself, and without surrogates' halves.</summary>
    private static JsonObject Plain(JsonObject one, int depth)
    {
        var copy = new JsonObject();
        foreach ((string name, JsonNode? value) in one.Where(p => p.Value is not null && depth < DepthMax && !p.Key.StartsWith('_')))
            copy[Whole(name)] = Plain(value!, depth + 1);
        return copy;
    }

    private static JsonNode Plain(JsonNode value, int depth) => value switch
    {
        JsonObject one => Plain(one, depth),
        JsonArray list => new JsonArray([.. list.Where(i => i is not null && depth < DepthMax).Select(i => Plain(i!, depth + 1))]),
        JsonValue text when text.TryGetValue(out string? said) => JsonValue.Create(Whole(said))!,
        _ => value.DeepClone(),
    };

    private static string Whole(string text) => string.Concat(text.EnumerateRunes().Select(r => r.Value == 0 ? "\uFFFD" : r.ToString()));
}
