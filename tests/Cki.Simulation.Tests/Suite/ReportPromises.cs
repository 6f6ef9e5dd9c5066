using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>What is promised of the order and number of reports: early ones, finals, corrections.</summary>
public sealed class ReportPromises(Simulation simulation, Town town, Doubters doubters)
{
    private DateTimeOffset Started => simulation.GetUtcNow() - simulation.Elapsed;

    public void CheckAlways()
    {
        foreach (Pushed head in town.Commits.Heads.Where(head => head.Nature == Nature.Good))
            Check(Reports().All(r => r.Sha != head.Sha || r.Verdict != nameof(Verdict.Failed)), $"{head.Sha[..12]} is good, and a report said that it failed");
        foreach (IGrouping<(string Channel, string? Run), Receipt> told in Reports().GroupBy(r => (r.Channel, r.Run)))
            CheckOrder(told.Key.Channel, [.. told]);
        foreach (Receipt final in Reports().Where(r => Is(r, "final") && r.Verdict is nameof(Verdict.Passed) or nameof(Verdict.Failed)))
            CheckSettled(final);
    }

    /// <summary>In the calm after the storm no word of GitLab is lost: who was told of a failure that passed later hears of it, once.</summary>
    public void CheckCorrected(IReadOnlyList<string> passedLater)
    {
        simulation.Note("checker", $"{passedLater.Count} failures passed later");
        foreach (string run in passedLater)
        {
            bool wasTold = Reports().Any(r => r.Run == run && r.Channel == "developers" && r.Verdict == nameof(Verdict.Failed));
            int corrections = Reports().Where(r => r.Run == run && r.Channel == "developers" && Is(r, "correction")).Select(r => r.Id).Distinct().Count();
            Check(!wasTold || corrections == 1, $"{run} was reported failed, its job passed later, and developers got {corrections} corrections");
        }
    }

    private static void CheckOrder(string channel, Receipt[] told)
    {
        TimeSpan? firstFinal = told.Where(r => Is(r, "final")).Select(r => (TimeSpan?)r.At).Min();
        Check(told.Where(r => Is(r, "early")).All(r => firstFinal is null || r.At <= firstFinal), $"{channel} got an early report of {told[0].Run} after its final");
        foreach (Receipt correction in told.Where(r => Is(r, "correction")))
        {
            Receipt? blame = told.FirstOrDefault(r => r.At < correction.At && !Is(r, "correction") && r.Verdict == nameof(Verdict.Failed));
            Check(blame is not null, $"{channel} got {correction.Kind} of {correction.Run}, and nobody there was told that it failed");
        }
        Check(told.Where(r => Is(r, "correction")).Select(r => r.Id).Distinct().Count() <= 1, $"{channel} got several corrections of {told[0].Run}");
    }

    /// <summary>Nothing but an early report goes before the last job of the attempt has ended.</summary>
    private void CheckSettled(Receipt final)
    {
        string attempt = final.Kind[(final.Kind.LastIndexOf('-') + 1)..];
        foreach (GitLabPipeline pipeline in town.GitLab.Pipelines.Where(p => p.RunId == final.Run && $"{p.RunAttempt}" == attempt && !doubters.HasDoubted(p)))
        {
            GitLabJob? late = pipeline.Jobs.FirstOrDefault(j => j.FinishedAt is null ? j.Status is "running" or "pending" or "created" : j.FinishedAt > Started + final.At);
            Check(late is null, $"{final.Kind} of {final.Run} came at {final.At}, and job {late?.Id} ({late?.Name}) ended after it");
        }
    }

    private IEnumerable<Receipt> Reports() => town.Receivers.Receipts.Where(r => r.Run is not null);

    private static bool Is(Receipt receipt, string phase) => receipt.Kind.StartsWith($"{phase}-", StringComparison.Ordinal);

    private static void Check(bool holds, string broken)
    {
        if (!holds)
            throw new PromiseBrokenException(broken);
    }
}
