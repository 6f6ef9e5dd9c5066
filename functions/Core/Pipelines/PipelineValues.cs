using System.Globalization;

namespace Cki;

/// <summary>What travels with <c>POST pipeline</c>, as variables or inputs, and how a pipeline of ours is known again by it.</summary>
public static class PipelineValues
{
    public const string RunId = "CKI_RUN_ID";
    public const string RunAttempt = "CKI_RUN_ATTEMPT";
    public const string Tree = "CKI_TREE";
    public const string Branch = "CKI_BRANCH";
    public const string Sha = "CKI_SHA";
    public const string Url = "CKI_URL";

    /// <summary>
    /// Ours in a fixed order, then the tree's and the fallback's by name. A fallback's value replaces the tree's; ours are replaced by nobody,
    /// since the pipeline is found again by them.
    /// </summary>
    /// <param name="fallback">Index into the tree's fallbacks; null for none, and for one that is configured no more.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(TreeConfig tree, RunDetection detection, int attempt, int? fallback)
    {
        KeyValuePair<string, string>[] ours =
        [
            new(RunId, detection.Run.Value),
            new(RunAttempt, Text(attempt)),
            new(Tree, tree.Name.Value),
            new(Branch, detection.Branch),
            new(Sha, detection.Sha.Value),
            new(Url, tree.Url.AbsoluteUri),
        ];
        var further = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var template = new VariableTemplate(tree, detection, attempt);
        foreach ((string name, string value) in tree.Pipeline.Variables)
            further[name] = template.Fill(value);
        if (fallback is { } index && index < tree.Pipeline.Fallbacks.Count)
        {
            foreach ((string name, string value) in tree.Pipeline.Fallbacks[index].Variables)
                further[name] = template.Fill(value);
        }
        return [.. ours, .. further.Where(f => ours.All(o => o.Key != f.Key))];
    }

    /// <summary>
    /// True when a pipeline belongs to this attempt: by its variables or, where the commit travels as inputs (GitLab shows none of them), by a
    /// pipeline name that holds <c>{run}-{attempt}</c> as a word (the pipeline's <c>workflow:name</c>).
    /// </summary>
    public static bool AreOf(RunId run, int attempt, IReadOnlyList<KeyValuePair<string, string>> variables, string? pipelineName) =>
        (Has(variables, RunId, run.Value) && Has(variables, RunAttempt, Text(attempt)))
        || (pipelineName is not null && pipelineName.Split(' ').Contains(RunIds.Execution(run, attempt)));

    private static bool Has(IReadOnlyList<KeyValuePair<string, string>> variables, string name, string value) =>
        variables.Any(v => v.Key == name && v.Value == value);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
