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
/// <param name="Bug">Which of the bugs of that nature: two commits of one bug fail with the same lines. Empty for a good one.</param>
public sealed record Pushed(string Branch, string Sha, Nature Nature, string Bug, TimeSpan At)
{
    public bool FailsAs(Pushed other) => Nature != Nature.Good && Nature == other.Nature && Bug == other.Bug;
}

/// <summary>The users' side: who pushed what, what is wrong with it, and what its jobs do therefore.</summary>
public sealed class CommitBook(Simulation simulation, GitLabWorld gitLab)
{
    /// <summary>How often a bug stands unmended in the next commit of its branch.</summary>
    private const double StaysBroken = 0.35;

    private static readonly string[] s_undeclared = ["ext4_find_inline_data_nolock", "ext4_iget_orphan"];
    private static readonly string[] s_tests = ["tls", "udpgso_bench"];

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

    /// <summary>With a nature of the caller's choice.</summary>
    public void PushOne(string branch, Nature nature) =>
        gitLab.Push(Town.KernelProject, branch, Write(branch, (nature, nature == Nature.Good ? "" : s_tests[0])));

    /// <summary>A good head in a repository that no GitLab knows; its server shows it.</summary>
    public Pushed AddElsewhere(string branch, string sha)
    {
        var head = new Pushed(branch, sha, Nature.Good, "", simulation.Elapsed);
        heads.Add(head);
        simulation.Note("users", $"push {branch} {sha[..12]} elsewhere");
        return head;
    }

    /// <summary>One push of all branches: more than GitLab tells of by webhooks.</summary>
    public void PushAll() =>
        gitLab.Push(Town.KernelProject, null, [.. Town.Branches.Select(branch => (branch, commit: Write(branch))).Select(p => new RefUpdate(p.branch, p.commit.Sha, p.commit))]);

    public PipelineScript Script(PipelineRequest request)
    {
        string sha = request.Variables.GetValueOrDefault("CKI_SHA", "");
        Pushed? head = heads.Find(head => head.Sha == sha);
        JobTrace? build = head?.Nature == Nature.DoesNotCompile ? RunnerTraces.CompileError(head.Bug) : null;
        JobTrace? test = head?.Nature == Nature.FailsItsTest ? RunnerTraces.TestFailure(head.Bug) : null;
        return new PipelineScript([Build("x86_64", build), Build("aarch64", null), Test("x86_64", test)]);
    }

    private GitLabCommit Write(string branch) => Write(
        branch,
        heads.FindLast(head => head.Branch == branch) is { Nature: not Nature.Good } before && simulation.Dice.Fraction("commit.mends") < StaysBroken
            ? (before.Nature, before.Bug)
            : New());

    private GitLabCommit Write(string branch, (Nature Nature, string Bug) what)
    {
        (Nature nature, string bug) = what;
        GitLabCommit commit = gitLab.NewCommit(gitLab.Project(Town.KernelProject), branch, $"mm: change {heads.Count + 1}");
        heads.Add(new Pushed(branch, commit.Sha, nature, bug, simulation.Elapsed));
        simulation.Note("users", $"push {branch} {commit.Sha[..12]} {nature} {bug}");
        return commit;
    }

    private (Nature Nature, string Bug) New()
    {
        double roll = simulation.Dice.Fraction("commit.nature");
        string[] bugs = roll < 0.15 ? s_undeclared : s_tests;
        return roll < 0.25 ? (roll < 0.15 ? Nature.DoesNotCompile : Nature.FailsItsTest, bugs[simulation.Dice.Between("commit.bug", 0, bugs.Length - 1)]) : (Nature.Good, "");
    }

    private JobScript Build(string architecture, JobTrace? real) => new($"build {architecture}", "build") { Attempts = Tries(real, 60) };

    private JobScript Test(string architecture, JobTrace? real) =>
        new($"test {architecture}", "test") { Attempts = Tries(real, 120), Needs = [$"build {architecture}"] };

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
        // Who runs it again may see it pass: that forgives nothing.
        if (simulation.Dice.Fraction("commit.sometimes") < 0.6)
            tries.Add(new Attempt { Duration = duration });
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
