using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>What the suite promises, judged by facts that stand outside of it.</summary>
public sealed class Promises(Simulation simulation, Town town)
{
    /// <summary>A head that stood this long, outages included, must have been seen.</summary>
    private static readonly TimeSpan SeenWithin = TimeSpan.FromHours(6);

    /// <summary>
    /// At any time: nothing forbidden has happened. GitLab acts at most 60 s late here, which the claim of 3 minutes outlasts: there is no excuse
    /// for a twin.
    /// </summary>
    public void CheckAlways()
    {
        foreach (IGrouping<string, GitLabPipeline> attempt in Attempts())
            Check(attempt.Count() <= 1, $"{attempt.Key} got pipelines {Ids(attempt)}");
        foreach (GitLabJob job in town.GitLab.Jobs.Where(job => job.Superseded && town.Commits.IsRealFailure(job)))
            Check(!SuccessorIsOurs(job), $"job {job.Id} ({job.Name} of {Sha(job.Pipeline)[..12]}) failed for the kernel's own fault, and was retried");
        foreach (Pushed head in town.Commits.Heads.Where(head => head.Nature == Nature.Good))
        {
            Check(Statuses(head).All(status => !status.History.Contains("failed") && status.State != "failed"), $"{Name(head)} is good, and its commit status said failed");
            Check(Finals(head).All(final => final.Verdict != nameof(Verdict.Failed)), $"{Name(head)} is good, and was reported failed");
        }
        foreach (var reports in town.Receivers.Receipts.Where(r => r.Run is not null).GroupBy(r => (r.Channel, r.Run, r.Kind)))
        {
            Check(reports.Select(r => r.Id).Distinct().Count() == 1, $"{reports.Key.Channel} got {reports.Key.Kind} of {reports.Key.Run} under several ids");
            Check(reports.Select(r => r.Verdict).Distinct().Count() == 1, $"{reports.Key.Channel} got {reports.Key.Kind} of {reports.Key.Run} with several verdicts");
        }
    }

    /// <summary>Null when each head was tested and reported, or is covered by a later one.</summary>
    public string? Unsettled()
    {
        foreach (Pushed head in town.Commits.Heads)
        {
            GitLabPipeline[] pipelines = [.. PipelinesOf(head)];
            if (pipelines.Length == 0 && !IsCovered(head))
                return $"{Name(head)} has no pipeline and no later head covers it";
            if (pipelines.Length > 0 && Finals(head).Count == 0)
                return $"{Name(head)} has pipelines {Ids(pipelines)} but no final report";
            if (pipelines.Length > 0 && Statuses(head).All(status => status.State is "pending" or "running"))
                return $"{Name(head)} is reported, but its commit status is not final";
        }
        return null;
    }

    public void CheckAtEnd()
    {
        CheckCopies();
        foreach (Pushed head in town.Commits.Heads)
        {
            if (PipelinesOf(head).Any())
                CheckReported(head);
            else
                Check(Stood(head) < SeenWithin, $"{Name(head)} was the branch's head for {Stood(head)} and was not tested");
        }
        int copies = town.Receivers.Receipts.Where(r => r.Run is not null).GroupBy(r => r.Id).Sum(copy => copy.Count() - 1);
        int covered = town.Commits.Heads.Count(head => !PipelinesOf(head).Any());
        simulation.Note("checker", $"{town.GitLab.Pipelines.Count} pipelines, {covered} heads covered, {copies} copies of reports");
    }

    /// <summary>A copy is excused by a lost answer, or by a crash or a failing port of ours between the receiver's yes and our note.</summary>
    private void CheckCopies()
    {
        foreach (IGrouping<string, Receipt> same in town.Receivers.Receipts.GroupBy(receipt => receipt.Id))
        {
            foreach ((Receipt first, Receipt copy) in same.Zip(same.Skip(1)))
            {
                bool isExcused = first.IsAnswerLost || simulation.Faults.Taken.Any(fault => fault.At >= first.At && fault.At <= copy.At && IsOurs(fault.Name));
                Check(isExcused, $"{copy.Channel} got {copy.Kind} {copy.Id} at {first.At} and again at {copy.At}, and nothing had failed");
            }
        }
    }

    private static bool IsOurs(string fault) =>
        fault.StartsWith("crash.", StringComparison.Ordinal) || fault.StartsWith("store.", StringComparison.Ordinal) || fault.StartsWith("queue.", StringComparison.Ordinal);

    private void CheckReported(Pushed head)
    {
        Receipt final = Finals(head)[^1];
        bool isForDevelopers = final.Verdict is nameof(Verdict.Passed) or nameof(Verdict.Failed);
        Check(Finals(head).Any(r => r.Kind == final.Kind && r.Channel == (isForDevelopers ? "developers" : "operators")), $"{Name(head)}: {final.Verdict} went to {final.Channel} only");
        string wanted = final.Verdict switch { nameof(Verdict.Passed) => "success", nameof(Verdict.Failed) => "failed", _ => "canceled" };
        string? state = Statuses(head).LastOrDefault()?.State;
        Check(state == wanted, $"{Name(head)} was reported {final.Verdict}, but its commit status says {state}");
        GitLabPipeline kept = PipelinesOf(head).Last(pipeline => pipeline.Status != "canceled");
        bool isReal = kept.Jobs.Any(town.Commits.IsRealFailure);
        Pushed[] kin = isReal ? [.. Kin(head, final.At)] : [];
        if (kin.Length > 0)
            CheckKnown(head, kin, kept, final);
        else if (isReal)
            Check(final.Verdict == nameof(Verdict.Failed), $"{Name(head)} has a real failure that nobody had before it, and was reported {final.Verdict}");
        else if (kept.Jobs.Where(job => !job.Superseded).All(job => job.Status == "success"))
            Check(final.Verdict == nameof(Verdict.Passed), $"{Name(head)} has no failed job left and was reported {final.Verdict}");
        else
            Check(IsExhausted(kept), $"{Name(head)} is good and was reported {final.Verdict}, but not every retry was used");
    }

    /// <summary>What failed the same way where herding.md's rule looks may be known; once that was reported, it must be.</summary>
    private void CheckKnown(Pushed head, Pushed[] kin, GitLabPipeline kept, Receipt final)
    {
        Check(final.Verdict is nameof(Verdict.Failed) or nameof(Verdict.Passed) or nameof(Verdict.Incomplete), $"{Name(head)} fails as {Name(kin[0])}, and was reported {final.Verdict}");
        // A trace that broke off quotes less, and is another failure as far as anybody can see.
        if (!kept.Jobs.Where(job => job.Status == "failed").All(town.Commits.IsRealFailure))
            return;
        DateTimeOffset began = PipelinesOf(head).Min(pipeline => pipeline.CreatedAt);
        Pushed? reported = kin.FirstOrDefault(other => Finals(other) is [var first, ..] && Started + first.At < began);
        Check(reported is null || final.Verdict != nameof(Verdict.Failed), $"{Name(head)} is blamed for a failure that was reported of {(reported is null ? "nobody" : Name(reported))} before");
    }

    /// <summary>Every matcher that this world's trouble meets retries at least twice; a job that no runner took has no trace to go by.</summary>
    private static bool IsExhausted(GitLabPipeline pipeline) => pipeline.Jobs.GroupBy(job => job.Name).Any(tries =>
        tries.Count(job => job.Status == "failed") >= 3 || tries.Any(job => job.StuckPending));

    private IEnumerable<IGrouping<string, GitLabPipeline>> Attempts() =>
        town.GitLab.Pipelines.Where(pipeline => pipeline.RunId is not null).GroupBy(pipeline => $"{pipeline.RunId}, attempt {pipeline.RunAttempt}");

    private IEnumerable<GitLabPipeline> PipelinesOf(Pushed head) => town.GitLab.Pipelines.Where(pipeline => Sha(pipeline) == head.Sha);

    private List<Receipt> Finals(Pushed head) =>
        [.. town.Receivers.Receipts.Where(receipt => receipt.Sha == head.Sha && receipt.Kind.StartsWith("final", StringComparison.Ordinal))];

    private List<GitLabCommitStatus> Statuses(Pushed head) => [.. town.GitLab.CommitStatuses.Where(status => status.Sha == head.Sha)];

    private bool IsCovered(Pushed head) => town.Commits.Heads.Any(later => later.Branch == head.Branch && later.At > head.At && PipelinesOf(later).Any());

    /// <summary>When virtual time began.</summary>
    private DateTimeOffset Started => simulation.GetUtcNow() - simulation.Elapsed;

    /// <summary>
    /// Commits that had failed with the same lines where herding.md looks for known failures: the parent (the tested head before it) and the base branch.
    /// This town has one tree.
    /// </summary>
    private IEnumerable<Pushed> Kin(Pushed head, TimeSpan by)
    {
        Pushed? parent = town.Commits.Heads.LastOrDefault(earlier => earlier.Branch == head.Branch && earlier.At < head.At && PipelinesOf(earlier).Any());
        return town.Commits.Heads
            .Where(other => other == parent || (other.Branch == Town.BaseBranch && head.Branch != Town.BaseBranch))
            .Where(other => other.FailsAs(head) && PipelinesOf(other).Any(pipeline => pipeline.Jobs.Any(job => town.Commits.IsRealFailure(job) && job.FinishedAt <= Started + by)));
    }

    private TimeSpan Stood(Pushed head) =>
        town.Commits.Heads.Where(later => later.Branch == head.Branch && later.At > head.At).Select(later => later.At).DefaultIfEmpty(simulation.Elapsed).Min() - head.At;

    private static bool SuccessorIsOurs(GitLabJob job) =>
        job.Pipeline.Jobs.Where(later => later.Name == job.Name && later.Id > job.Id).MinBy(later => later.Id) is { User.Username: Town.Bot };

    private static string Sha(GitLabPipeline pipeline) => pipeline.Variables.GetValueOrDefault("CKI_SHA", new string('-', 40));

    private static string Name(Pushed head) => $"{head.Branch} {head.Sha[..12]} (pushed at {head.At})";

    private static string Ids(IEnumerable<GitLabPipeline> pipelines) => string.Join(", ", pipelines.Select(pipeline => $"{pipeline.Id} {pipeline.Status}"));

    private static void Check(bool holds, string broken)
    {
        if (!holds)
            throw new PromiseBrokenException(broken);
    }
}
