using System.Collections;
using Cki.GitLabSimulator;
using Attempt = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Simulation.Tests;

/// <summary>
/// Twenty kernel trees of four branches, each tree with a pipeline project of its own, and one container registry for all: while it is down, every job fails
/// that reaches for it.
/// </summary>
public sealed class StormTown
{
    public const int Trees = 20;
    public const int Jobs = 200;
    public static readonly string[] Branches = ["main", "next", "rc", "stable"];

    private const string PersonToken = "glpat-somebody";

    private static readonly string[] s_architectures = ["x86_64", "aarch64", "ppc64le"];

    private readonly Simulation simulation;
    private readonly Town town;
    private int pipelines;

    public StormTown(Simulation simulation, Town town)
    {
        (this.simulation, this.town) = (simulation, town);
        town.GitLab.AddToken(town.GitLab.Users[0], PersonToken);
        for (int n = 0; n < Trees; n++)
            Build(n);
    }

    public bool IsRegistryDown { get; set; }

    /// <summary>The suite's configuration with these trees in place of its own. Half of them cancel what a newer head supersedes.</summary>
    public SuiteConfig Config()
    {
        TreeConfig like = SuiteSetting.Config.Trees[0];
        return SuiteSetting.Config with
        {
            Trees = [.. Enumerable.Range(0, Trees).Select(n => like with
            {
                Name = new TreeName($"tree-{n:00}"),
                Url = new Uri($"https://{Town.GitLabHost}/{Kernel(n)}.git"),
                Project = new ProjectRef(Town.GitLabHost, Kernel(n)),
                Branches = Branches,
                CancelWhenNewer = n % 2 == 0,
                Pipeline = new TreePipeline(new ProjectRef(Town.GitLabHost, Pipelines(n)), "main") { CheckInterval = TimeSpan.FromHours(1) },
            })],
        };
    }

    public void Push(int tree, string branch) => town.GitLab.Commit(Kernel(tree), branch, $"mm: a change of {branch}");

    /// <summary>In GitLab's pages.</summary>
    public void RetryByHand(GitLabJob job)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"https://{Town.GitLabHost}/api/v4/projects/{Uri.EscapeDataString(job.Pipeline.Project.Path)}/jobs/{job.Id}/retry");
        request.Headers.Add("PRIVATE-TOKEN", PersonToken);
        _ = town.GitLab.HandleAsync(request, CancellationToken.None);
    }

    /// <summary>Where a newer head of the branch ends what runs for the one before.</summary>
    public static bool Cancels(GitLabPipeline pipeline) => int.Parse(pipeline.Project.Path[^2..], System.Globalization.CultureInfo.InvariantCulture) % 2 == 0;

    private static string Kernel(int n) => $"kernel/tree-{n:00}";

    private static string Pipelines(int n) => $"cki/pipelines-{n:00}";

    private void Build(int n)
    {
        GitLabProject kernel = town.GitLab.AddProject(Kernel(n));
        GitLabProject runs = town.GitLab.AddProject(Pipelines(n));
        foreach (GitLabProject project in (GitLabProject[])[kernel, runs])
        {
            foreach (GitLabUser user in town.GitLab.Users)
                town.GitLab.AddMember(project, user, GitLabRole.Maintainer);
        }
        runs.Script = _ => Script();
        town.GitLab.Commit(runs.Path, "main", "The pipeline");
        foreach (string branch in Branches)
            town.GitLab.Commit(kernel.Path, branch, $"Where {branch} begins");
        town.GitLab.AddHook(kernel, "https://cki.example/webhooks/gitlab", hook => hook.Token = Town.HookToken);
        town.GitLab.AddHook(runs, "https://cki.example/webhooks/gitlab", hook =>
        {
            (hook.Token, hook.PushEvents, hook.JobEvents, hook.PipelineEvents) = (Town.HookToken, false, true, true);
        });
    }

    // Two jobs and three in turn: 200 in 80 pipelines.
    private PipelineScript Script()
    {
        int jobs = pipelines++ % 2 == 0 ? 2 : 3;
        return new PipelineScript([.. s_architectures.Take(jobs).Select(a => new JobScript($"build {a}", "build") { Attempts = new Tries(this) })]);
    }

    private Attempt Try() => IsRegistryDown
        ? Attempt.Failed(simulation.Dice.Between("storm.face", 0, 1) == 0 ? RunnerTraces.RegistryTimeout() : RunnerTraces.ImagePullTimeout(), "script_failure") with
        {
            Duration = simulation.Dice.Between("storm.fails-after", TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(2)),
        }
        : new Attempt { Duration = simulation.Dice.Between("storm.builds-for", TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(40)) };

    /// <summary>What a try does is decided when it starts: by the registry as it then is.</summary>
    private sealed class Tries(StormTown storm) : IReadOnlyList<Attempt>
    {
        public int Count => 1;

        public Attempt this[int index] => storm.Try();

        public IEnumerator<Attempt> GetEnumerator()
        {
            yield return storm.Try();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
