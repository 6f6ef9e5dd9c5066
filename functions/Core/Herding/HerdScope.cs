using System.Text.RegularExpressions;

namespace Cki;

/// <summary>
/// Which ended jobs get a decision, and therefore hold up settling until they have one. Herding and checking ask the same question: where they
/// differed, a flow would spin.
/// </summary>
public static partial class HerdScope
{
    /// <param name="all">All jobs of the tree of pipelines, retried ones included.</param>
    public static bool Wants(Matchers matchers, PipelineJob job, IReadOnlyList<PipelineJob> all) => job.Status switch
    {
        GitLabStatus.Failed => true,
        GitLabStatus.Canceled => all.Any(other => other.PipelineId == job.PipelineId && other.Status == GitLabStatus.Failed),
        GitLabStatus.Success => matchers.LooksAt(job),
        _ => false,
    };

    /// <summary>It tests by its name or its stage's: only of such a job it is news that nothing was tested.</summary>
    public static bool IsTest(PipelineJob job) => Tests().IsMatch(job.Stage) || Tests().IsMatch(job.OwnName);

    [GeneratedRegex("test|boot|check|kunit|ltp|xfstests", RegexOptions.IgnoreCase)]
    private static partial Regex Tests();
}
