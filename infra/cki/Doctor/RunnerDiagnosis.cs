namespace Cki.Tool;

/// <summary>Judges the runners of a project that pipelines are started in. Pure.</summary>
internal static class RunnerDiagnosis
{
    /// <summary>An architecture is one that tags of runners name. One that no runner names is not known here: its jobs starve, and operators hear of that.</summary>
    public static IEnumerable<Finding> Of(ProjectFact fact)
    {
        if (fact.Refs.Count == 0)
            yield break;
        if (fact.Runners is not { } runners)
        {
            yield return Finding.CannotTell("runners", $"{fact.Project}: runners cannot be read: {fact.RunnersTrouble}", "give the bot the Maintainer role, or see in GitLab that each architecture has two runners");
            yield break;
        }
        if (runners.Count == 0)
        {
            yield return Finding.Problem("runners", $"{fact.Project}: no runner is online", "start one; until then jobs wait, and after their time the run falls back");
            yield break;
        }
        foreach (IGrouping<string, RunnerShown> group in runners.GroupBy(r => Architectures.Of(r.Tags)).Where(g => g.Key != Architectures.None).OrderBy(g => Architectures.Order(g.Key)))
        {
            RunnerShown[] taking = [.. group.Where(r => !r.IsPaused)];
            if (taking.Length == 0)
                yield return Finding.Problem("runners", $"{fact.Project}: all runners for {group.Key} are paused ({Names(group)})", "resume one");
            else if (taking.Length == 1)
                yield return Finding.Note("runners", $"{fact.Project}: {taking[0].Description} alone takes jobs for {group.Key}: nothing stands by when it breaks", "add a second runner with its tags");
        }
    }

    private static string Names(IEnumerable<RunnerShown> runners) => string.Join(", ", runners.Select(r => r.Description).Take(5));
}
