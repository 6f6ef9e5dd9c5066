using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>Sixty kernel trees of twelve branches with a webhook each, and the people who push to them.</summary>
public sealed class HeadsTown
{
    public const int Trees = 60;
    public const int Heads = 1000;

    /// <summary>Each of them tests six trees.</summary>
    private const int PipelineProjects = 10;

    public const int RefsOfManyMax = 10;

    private static readonly string[] s_branches = [.. Enumerable.Range(1, 12).Select(n => $"linux-6.{n}.y")];

    private readonly Simulation simulation;
    private readonly Town town;
    private readonly List<PushedTo> heads = [];

    public HeadsTown(Simulation simulation, Town town)
    {
        (this.simulation, this.town) = (simulation, town);
        for (int n = 0; n < PipelineProjects; n++)
            BuildPipelines(n);
        for (int n = 0; n < Trees; n++)
            Build(n);
    }

    /// <summary>In order of time.</summary>
    public IReadOnlyList<PushedTo> Pushed => heads;

    public static string Kernel(int tree) => $"kernel/tree-{tree:00}";

    public static TreeName Tree(int tree) => new($"tree-{tree:00}");

    public SuiteConfig Config(TimeSpan pollInterval)
    {
        TreeConfig like = SuiteSetting.Config.Trees[0];
        return SuiteSetting.Config with
        {
            Budget = SuiteSetting.Config.Budget with { Pipelines = new PipelineBudget { PerTreeAndHour = 1000, PerHostAndHour = 10_000 } },
            Trees = [.. Enumerable.Range(0, Trees).Select(n => like with
            {
                Name = Tree(n),
                Url = new Uri($"https://{Town.GitLabHost}/{Kernel(n)}.git"),
                Project = new ProjectRef(Town.GitLabHost, Kernel(n)),
                Branches = ["linux-*"],
                PollInterval = pollInterval,
                Pipeline = new TreePipeline(new ProjectRef(Town.GitLabHost, Pipelines(n)), "main") { CheckInterval = TimeSpan.FromHours(12) },
            })],
        };
    }

    /// <summary>A thousand heads: two fifths in pushes of ten refs, a fifth in pushes of two or three, the rest one by one.</summary>
    public void Plan(TimeSpan within)
    {
        int planned = 0;
        while (planned < Heads)
        {
            double kind = simulation.Dice.Fraction("push.kind");
            int refs = kind < 0.07 ? RefsOfManyMax : kind < 0.2 ? 2 + (int)(kind * 100 % 2) : 1;
            refs = Math.Min(refs, Heads - planned);
            int tree = simulation.Dice.Between("push.tree", 0, Trees - 1);
            int first = simulation.Dice.Between("push.branch", 0, s_branches.Length - 1);
            simulation.Schedule(within * simulation.Dice.Fraction("push.at"), simulation.Outside, () => Push(tree, first, refs));
            planned += refs;
        }
    }

    private void Push(int tree, int first, int refs)
    {
        GitLabProject project = town.GitLab.Project(Kernel(tree));
        var updates = new List<RefUpdate>();
        for (int n = 0; n < refs; n++)
        {
            string branch = s_branches[(first + n) % s_branches.Length];
            GitLabCommit commit = town.GitLab.NewCommit(project, branch, $"mm: change {heads.Count + 1}");
            heads.Add(new PushedTo(tree, branch, commit.Sha, simulation.Elapsed, refs));
            updates.Add(new RefUpdate(branch, commit.Sha, commit));
        }
        simulation.Note("users", $"push {refs} to {project.Path}");
        town.GitLab.Push(project.Path, null, [.. updates]);
    }

    private static string Pipelines(int tree) => $"cki/pipelines-{tree % PipelineProjects}";

    /// <summary>What becomes of jobs is told by other worlds: here they run on, and no webhook tells of them.</summary>
    private void BuildPipelines(int n)
    {
        GitLabProject runs = town.GitLab.AddProject(Pipelines(n));
        foreach (GitLabUser user in town.GitLab.Users)
            town.GitLab.AddMember(runs, user, GitLabRole.Maintainer);
        runs.Script = _ => new PipelineScript([new JobScript("build", "build") { Attempts = [new() { Duration = TimeSpan.FromHours(20) }] }]);
        town.GitLab.Commit(runs.Path, "main", "The pipeline");
    }

    private void Build(int n)
    {
        GitLabProject kernel = town.GitLab.AddProject(Kernel(n));
        foreach (GitLabUser user in town.GitLab.Users)
            town.GitLab.AddMember(kernel, user, GitLabRole.Maintainer);
        foreach (string branch in s_branches)
            town.GitLab.Commit(kernel.Path, branch, $"Where {branch} begins");
        town.GitLab.AddHook(kernel, "https://cki.example/webhooks/gitlab", hook => hook.Token = Town.HookToken);
    }
}

/// <summary>A head somebody pushed.</summary>
/// <param name="Refs">In one push with so many others; GitLab tells of at most three.</param>
public sealed record PushedTo(int Tree, string Branch, string Sha, TimeSpan At, int Refs);
