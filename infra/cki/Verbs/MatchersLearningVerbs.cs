using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary><c>cki matchers suggest</c>: failures that nothing explains, as matchers to try in shadow, tested against traces of the past.</summary>
internal static class MatchersSuggestVerb
{
    private const int KeysMax = 100_000;

    public static Command Command()
    {
        Option<bool> json = Common.Json();
        Option<string[]> against = new("--against") { Description = "Directories with traces of real failures and of passed jobs: a suggestion that would act on one is not made" };
        return new Command("suggest", "Suggest matchers from unexplained failures and from people's retries") { json, against }.On(async (store, parsed, cancellationToken) =>
        {
            string[] keys = [.. await store.Documents.KeysAsync(UnknownFailure.Prefix, KeysMax, cancellationToken)];
            IReadOnlyList<UnknownFailure> failures = await Stored.AllAsync(store, keys.Where(k => k.Contains("/failures/", StringComparison.Ordinal)), OutageJson.Default.UnknownFailure, cancellationToken);
            IReadOnlyList<HumanRetry> retries = await Stored.AllAsync(store, keys.Where(k => k.Contains("/retries/", StringComparison.Ordinal)), OutageJson.Default.HumanRetry, cancellationToken);
            string[] traces = [.. (parsed.GetValue(against) ?? []).SelectMany(TracesIn)];
            var told = new JsonArray();
            foreach (MatcherSuggestion suggestion in Learning.Suggest(failures, retries))
            {
                string? hit = traces.FirstOrDefault(t => SuggestionTest.Acts(suggestion, t));
                if (parsed.GetValue(json))
                    told.Add(ToJson(suggestion, traces.Length, hit));
                else
                    Console.Out.WriteLine(hit is null ? $"{MatcherFile.Entry(suggestion)}\n  # Tested against {traces.Length} trace(s): acts on none." : $"  # {suggestion.Name} is not suggested: it would act on {hit}");
            }
            if (parsed.GetValue(json))
                Common.Print(told);
            return Exit.Good;
        });
    }

    private static IEnumerable<string> TracesIn(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : throw new BadInputException($"--against {directory}: there is no such directory");

    private static JsonObject ToJson(MatcherSuggestion suggestion, int tested, string? hit) => new()
    {
        ["name"] = suggestion.Name,
        ["messages"] = new JsonArray([.. suggestion.Messages.Select(m => (JsonNode)m!)]),
        ["failures"] = suggestion.Failures,
        ["pipelines"] = suggestion.Pipelines,
        ["humanRetries"] = suggestion.HumanRetries,
        ["passed"] = suggestion.Passed,
        ["tested"] = tested,
        ["actsOn"] = hit,
    };
}

/// <summary>Would a suggested matcher, alone and live, act on a trace of the past?</summary>
internal static class SuggestionTest
{
    public static bool Acts(MatcherSuggestion suggestion, string file)
    {
        var matcher = new MatcherConfig(suggestion.Name, "", new ConfigPlace(file, 1, 1)) { Messages = suggestion.Messages };
        var job = new PipelineJob(0, "job", "test", GitLabStatus.Failed, false, "script_failure", null, "");
        TraceReading trace = TraceReader.Read(File.ReadAllBytes(file));
        return new Herding(Matchers.Compile(new MatcherTree([matcher]))).Decide(new FailedJobFacts(job, trace) { IsTraceFinal = true }) is { Act: HerdAct.Retry } decision
            && decision.Matcher == suggestion.Name;
    }
}

internal static class Stored
{
    public static async Task<Demotions> DemotionsAsync(OpenedInstallation store, CancellationToken cancellationToken) =>
        (await store.Documents.GetAsync(Demotions.Key, OutageJson.Default.Demotions, cancellationToken))?.Value ?? Demotions.None;

    public static async Task<IReadOnlyList<T>> AllAsync<T>(OpenedInstallation store, IEnumerable<string> keys, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var all = new List<T>();
        foreach (string key in keys)
        {
            if (await store.Documents.GetAsync(key, type, cancellationToken) is { } found)
                all.Add(found.Value);
        }
        return all;
    }
}
