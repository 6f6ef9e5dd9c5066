using Cki.GitLabSimulator;
using Attempt = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Simulation.Tests;

/// <summary>What is wrong with a commit; nobody of ours may know.</summary>
public enum Nature
{
    Good,
    DoesNotCompile,
    FailsItsTest,
}

/// <summary>A head somebody pushed.</summary>
public sealed record Pushed(string Branch, string Sha, Nature Nature, TimeSpan At);

/// <summary>The users' side: who pushed what, what is wrong with it, and what its jobs do therefore.</summary>
public sealed class CommitBook(Simulation simulation, GitLabWorld gitLab)
{
    private readonly List<Pushed> heads = [];
    private readonly HashSet<Attempt> realFailures = new(ReferenceEqualityComparer.Instance);

    /// <summary>In order of time.</summary>
    public IReadOnlyList<Pushed> Heads => heads;

    /// <summary>Ended on the kernel's own fault, as GitLab tells it too: the runner did not break.</summary>
    public bool IsRealFailure(GitLabJob job) => job.Status == "failed" && job.Attempt is { } attempt && realFailures.Contains(attempt);

    public void PushOne(string branch)
    {
        GitLabCommit commit = Write(branch);
        gitLab.Push(Town.KernelProject, branch, commit);
    }

    /// <summary>One push of all branches: more than GitLab tells of by webhooks.</summary>
    public void PushAll() =>
        gitLab.Push(Town.KernelProject, null, [.. Town.Branches.Select(branch => (branch, commit: Write(branch))).Select(p => new RefUpdate(p.branch, p.commit.Sha, p.commit))]);

    public PipelineScript Script(PipelineRequest request)
    {
        string sha = request.Variables.GetValueOrDefault("CKI_SHA", "");
        Nature nature = heads.Find(head => head.Sha == sha)?.Nature ?? Nature.Good;
        return new PipelineScript([Build("x86_64", nature), Build("aarch64", Nature.Good), Test("x86_64", nature)]);
    }

    private GitLabCommit Write(string branch)
    {
        double roll = simulation.Dice.Fraction("commit.nature");
        Nature nature = roll < 0.15 ? Nature.DoesNotCompile : roll < 0.25 ? Nature.FailsItsTest : Nature.Good;
        GitLabCommit commit = gitLab.NewCommit(gitLab.Project(Town.KernelProject), branch, $"mm: change {heads.Count + 1}");
        heads.Add(new Pushed(branch, commit.Sha, nature, simulation.Elapsed));
        simulation.Note("users", $"push {branch} {commit.Sha[..12]} {nature}");
        return commit;
    }

    private JobScript Build(string architecture, Nature nature) =>
        new($"build {architecture}", "build") { Attempts = Tries(nature == Nature.DoesNotCompile ? RunnerTraces.CompileError() : null, 60) };

    private JobScript Test(string architecture, Nature nature) =>
        new($"test {architecture}", "test") { Attempts = Tries(nature == Nature.FailsItsTest ? RunnerTraces.TestFailure() : null, 120), Needs = [$"build {architecture}"] };

    /// <summary>Up to two tries go wrong for reasons that are not the commit's, then it shows what it is.</summary>
    private List<Attempt> Tries(JobTrace? real, int minutesMax)
    {
        var tries = new List<Attempt>();
        while (tries.Count < 2 && simulation.Faults.Strikes("job.transient", 0.08))
            tries.Add(Transient());
        var duration = simulation.Dice.Between("job.duration", TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(minutesMax));
        if (real is null)
        {
            tries.Add(new Attempt { Duration = duration });
            return tries;
        }
        Attempt failure = Attempt.Failed(real) with { Duration = duration };
        realFailures.Add(failure);
        tries.Add(failure);
        return tries;
    }

    private Attempt Transient() => simulation.Dice.Between("job.transient.kind", 0, 3) switch
    {
        0 => Attempt.Failed(RunnerTraces.RegistryTimeout()),
        1 => Attempt.Failed(RunnerTraces.ImagePullTimeout(), "runner_system_failure"),
        2 => Attempt.Failed(RunnerTraces.GitFetchFailure()),
        _ => Attempt.Failed(RunnerTraces.DnsFailure()),
    };
}
