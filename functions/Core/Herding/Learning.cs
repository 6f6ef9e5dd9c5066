using System.Text.RegularExpressions;

namespace Cki;

/// <summary>A matcher that costs and never rescues.</summary>
/// <param name="Retries">Counted retries, none of which rescued.</param>
/// <param name="MachineSeconds">What they cost.</param>
public sealed record DemotionProposal(string Matcher, int Retries, double MachineSeconds, string Reason);

/// <summary>A matcher for failures that people retry by hand, or that come again and again, to be tried in shadow.</summary>
/// <param name="Signature">The failures' signature: <c>unknown/{signature}/</c>.</param>
/// <param name="Name">For the matcher: <c>suggested-{signature}</c>, shortened.</param>
/// <param name="Messages">Regular expressions, escaped from the normalised end lines: alternatives, as a matcher has them; here one, the last line.</param>
/// <param name="Failures">How often it was seen.</param>
/// <param name="Pipelines">In how many pipelines.</param>
/// <param name="HumanRetries">How often people retried it.</param>
/// <param name="Passed">How many of those passed.</param>
public sealed record MatcherSuggestion(
    string Signature, string Name, IReadOnlyList<string> Messages, IReadOnlyList<string> Example, int Failures, int Pipelines, int HumanRetries, int Passed);

/// <summary>What retries teach: pure folds of one object per event. Order and repetition of the events change nothing.</summary>
public static partial class Learning
{
    /// <summary>A matcher that rescues one in five would show none in 14 with a chance of 4 %: fewer retries prove nothing.</summary>
    public const int RetriesToJudge = 14;

    /// <summary>A signature seen in fewer pipelines is an accident.</summary>
    public const int PipelinesToSuggest = 3;

    private const double SecondsPerHour = 3600;

    /// <summary>Null: the successor has not ended, or its failure is not decided yet.</summary>
    /// <param name="decision">On the successor.</param>
    public static RescueEnd? EndOf(JobRetry retry, string successorStatus, HerdDecision? decision) => successorStatus switch
    {
        GitLabStatus.Success => decision?.Finding == JobFinding.NotRun ? RescueEnd.OtherTrouble : RescueEnd.Rescued,
        GitLabStatus.Canceled or GitLabStatus.Skipped => RescueEnd.Unfinished,
        GitLabStatus.Failed when decision is null or { Act: HerdAct.Later } => null,
        GitLabStatus.Failed when decision.Finding is JobFinding.Failed or JobFinding.Known => RescueEnd.RealFailure,
        GitLabStatus.Failed => decision.Matcher == retry.Matcher ? RescueEnd.SameAgain : RescueEnd.OtherTrouble,
        _ => null,
    };

    /// <summary>By matcher, delay, architecture, in that order.</summary>
    public static IReadOnlyList<RescueRow> Fold(IEnumerable<RescueEvent> events) =>
    [
        .. events.DistinctBy(e => e.Key).GroupBy(e => (e.Matcher, e.Delay, e.Architecture)).Select(g => Row(g.Key.Matcher, g.Key.Delay, g.Key.Architecture, [.. g]))
            .OrderBy(r => r.Matcher, StringComparer.Ordinal).ThenBy(r => r.Delay).ThenBy(r => r.Architecture, StringComparer.Ordinal),
    ];

    /// <summary>Rows of several days as one.</summary>
    public static IReadOnlyList<RescueRow> Sum(IEnumerable<RescueRow> rows) =>
    [
        .. rows.GroupBy(r => (r.Matcher, r.Delay, r.Architecture)).Select(g => new RescueRow(
                g.Key.Matcher, g.Key.Delay, g.Key.Architecture, g.Sum(r => r.Counted), g.Sum(r => r.Rescued), g.Sum(r => r.SameAgain), g.Sum(r => r.OtherTrouble),
                g.Sum(r => r.RealFailure), g.Sum(r => r.SetAside), g.Sum(r => r.MachineSeconds)))
            .OrderBy(r => r.Matcher, StringComparer.Ordinal).ThenBy(r => r.Delay).ThenBy(r => r.Architecture, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Matchers whose counted retries, at all delays and architectures together, never rescued. A retry that showed a real failure did its work
    /// (it completed coverage), so that it speaks for its matcher.
    /// </summary>
    public static IReadOnlyList<DemotionProposal> Propose(IEnumerable<RescueRow> rows) =>
    [
        .. rows.GroupBy(r => r.Matcher).Select(g => (Matcher: g.Key, Counted: g.Sum(r => r.Counted), Useful: g.Sum(r => r.Rescued + r.RealFailure), Cost: g.Sum(r => r.MachineSeconds)))
            .Where(m => m.Counted >= RetriesToJudge && m.Useful == 0).OrderBy(m => m.Matcher, StringComparer.Ordinal)
            .Select(m => new DemotionProposal(
                m.Matcher, m.Counted, m.Cost, $"{m.Counted} retries outside of outages rescued nothing and cost {m.Cost / SecondsPerHour:0.0} hours of machines")),
    ];

    /// <summary>Signatures that people retried with success, or that came in several pipelines; the most rescued first.</summary>
    public static IReadOnlyList<MatcherSuggestion> Suggest(IEnumerable<UnknownFailure> failures, IEnumerable<HumanRetry> retries)
    {
        ILookup<string, HumanRetry> byHand = retries.DistinctBy(r => r.Key).ToLookup(r => r.Signature);
        return
        [
            .. failures.DistinctBy(f => f.Key).GroupBy(f => f.Signature).Select(g => Suggestion([.. g.OrderBy(f => f.At).ThenBy(f => f.Key, StringComparer.Ordinal)], [.. byHand[g.Key]]))
                .Where(s => s.Passed > 0 || s.Pipelines >= PipelinesToSuggest)
                .OrderByDescending(s => s.Passed).ThenByDescending(s => s.Pipelines).ThenBy(s => s.Signature, StringComparer.Ordinal),
        ];
    }

    /// <summary>An expression that finds the line whatever its numbers, ids, paths and addresses are.</summary>
    public static string PatternOf(string normalised) => Kinds().Replace(Regex.Escape(normalised), found => found.Value switch
    {
        "ID" => "[0-9A-Fa-fx-]+",
        "N" => @"[\d.:,]+",
        _ => @"\S+",
    });

    // What FailureSignature.Normalise puts in place of what differs.
    [GeneratedRegex("(?<![A-Za-z])(?:URL|PATH|ID|N)(?![A-Za-z])")]
    private static partial Regex Kinds();

    private static RescueRow Row(string matcher, TimeSpan delay, string architecture, RescueEvent[] events)
    {
        RescueEvent[] counted = [.. events.Where(e => !e.InOutage && e.End != RescueEnd.Unfinished)];
        int Of(RescueEnd end) => counted.Count(e => e.End == end);
        return new RescueRow(
            matcher, delay, architecture, counted.Length, Of(RescueEnd.Rescued), Of(RescueEnd.SameAgain), Of(RescueEnd.OtherTrouble), Of(RescueEnd.RealFailure),
            events.Length - counted.Length, counted.Sum(e => e.MachineSeconds));
    }

    private static MatcherSuggestion Suggestion(UnknownFailure[] seen, HumanRetry[] byHand) => new(
        seen[0].Signature, $"suggested-{seen[0].Signature[..Math.Min(8, seen[0].Signature.Length)]}", [PatternOf(seen[0].Normalised[^1])], seen[^1].Lines,
        seen.Length, seen.Select(f => f.Pipeline).Distinct().Count(), byHand.Length, byHand.Count(r => r.Passed));
}
