using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>Developers who do not believe a report and press the button of the failed job. Each run is doubted once.</summary>
public sealed class Doubters(Simulation simulation, Town town)
{
    private readonly SortedSet<string> read = new(StringComparer.Ordinal);
    private readonly SortedSet<long> doubted = [];

    /// <summary>Pipelines in which somebody ran a job again.</summary>
    public bool HasDoubted(GitLabPipeline pipeline) => doubted.Contains(pipeline.Id);

    /// <summary>Reads the final reports that came since the last look.</summary>
    /// <param name="chance">Of doubting one.</param>
    public void Look(double chance)
    {
        foreach (Receipt final in town.Receivers.Receipts.Where(r => r is { Channel: "developers", Verdict: nameof(Verdict.Failed), Run: not null } && r.Kind.StartsWith("final", StringComparison.Ordinal)).ToArray())
        {
            if (read.Add(final.Run!) && simulation.Dice.Fraction("doubt") < chance && Failed(final) is { } job)
            {
                doubted.Add(job.Pipeline.Id);
                simulation.Note("users", $"doubts {final.Run} and runs job {job.Id} ({job.Name}) again");
                town.AsPerson($"projects/{Uri.EscapeDataString(Town.PipelineProject)}/jobs/{job.Id}/retry");
            }
        }
    }

    /// <summary>Whoever let a failure stand until now tries it himself.</summary>
    public void LookAgain()
    {
        read.RemoveWhere(run => !town.GitLab.Pipelines.Any(p => p.RunId == run && HasDoubted(p)));
        Look(chance: 1);
    }

    /// <summary>Runs of which a job that was reported passed when it was run again, and every job has ended since.</summary>
    public IEnumerable<string> PassedLater() => town.GitLab.Pipelines.Where(HasDoubted)
        .Where(p => p.Jobs.Where(j => j.Superseded && town.Commits.IsRealFailure(j)).Any(real => p.Jobs.MaxBy(j => j.Name == real.Name ? j.Id : 0) is { Status: "success" }))
        .Select(p => p.RunId).OfType<string>();

    private GitLabJob? Failed(Receipt final) => town.GitLab.Pipelines.LastOrDefault(p => p.RunId == final.Run)?.Jobs
        .FirstOrDefault(j => !j.Superseded && town.Commits.IsRealFailure(j));
}
