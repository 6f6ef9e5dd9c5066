using Cki.GitLabSimulator;

namespace Cki.Tool.Demo;

using JobAttempt = GitLabSimulator.JobAttempt;

/// <summary>The outside of the demo: a simulated GitLab with a kernel tree, a pipeline project, runners that break and one bad commit.</summary>
internal sealed class DemoWorld
{
    public const string Tree = "cki/linux";
    public const string Pipelines = "cki/kernel-pipelines";
    public const string Token = "demo-api-token";
    public const string HookToken = "demo-hook-token";
    public const string GoodTitle = "ext4: avoid a needless allocation when mapping blocks";
    public const string BadTitle = "ext4: look up inline data without the lock";
    public const string RunnerDies = "build aarch64";
    public const string RegistryTimesOut = "test x86_64";
    public const string DoesNotCompile = "build x86_64";

    private readonly Dictionary<string, string> titles = new(StringComparer.Ordinal);

    public DemoWorld(TimeProvider clock, Dice dice, HttpClient hooks)
    {
        World = new GitLabWorld(clock, site => dice.Fraction(site), hooks, new GitLabSettings
        {
            PickupDelay = TimeSpan.FromMilliseconds(300),
            HookLatency = TimeSpan.FromMilliseconds(50),
        })
        { Script = Script };
        GitLabUser developer = World.AddUser("developer", "Dev Eloper");
        GitLabUser bot = World.AddUser("cki-bot", "CKI bot");
        World.AddToken(bot, Token);
        foreach (string path in new[] { Tree, Pipelines })
        {
            GitLabProject project = World.AddProject(path);
            World.AddMember(project, bot, GitLabRole.Maintainer);
            World.AddMember(project, developer, GitLabRole.Maintainer);
        }
        World.AddRunner("runner-x86-01", "x86_64");
        World.AddRunner("runner-x86-02", "x86_64");
        World.AddRunner("runner-arm-01", "aarch64");
        Commit(Tree, "Linux 6.19-rc1");
        Commit(Pipelines, "pipeline definition");
    }

    public GitLabWorld World { get; }

    /// <summary>Pushes a commit to the tree's main branch; returns its sha.</summary>
    public string Push(string title) => Commit(Tree, title);

    /// <summary>GitLab will never deliver the next push event.</summary>
    public void DropNextPushHook() => World.Faults.Hooks(HookFault.Drop, new FaultWhen { On = "Push Hook", Times = 1 });

    /// <summary>Nothing of GitLab answers for a while; its jobs run on.</summary>
    public void Outage(DateTimeOffset from, TimeSpan length) => World.Faults.Outage(from, from + length);

    /// <summary>Points GitLab's webhooks at our front door.</summary>
    public void HookTo(Uri door)
    {
        foreach (string path in new[] { Tree, Pipelines })
            World.AddHook(World.Project(path), new Uri(door, "/webhooks/gitlab").ToString(), hook =>
            {
                hook.Token = HookToken;
                hook.PushEvents = path == Tree;
                hook.JobEvents = path == Pipelines;
                hook.PipelineEvents = path == Pipelines;
            });
    }

    private string Commit(string project, string title)
    {
        GitLabCommit commit = World.Commit(project, "main", title);
        titles[commit.Sha] = title;
        return commit.Sha;
    }

    private PipelineScript Script(PipelineRequest request)
    {
        bool isBad = request.Variables.TryGetValue("CKI_SHA", out string? sha) && titles.GetValueOrDefault(sha) == BadTitle;
        return new PipelineScript(
        [
            Job(DoesNotCompile, "build", isBad ? [Fails(RunnerTraces.CompileError())] : [Passes()]),
            Job(RunnerDies, "build", isBad ? [Passes()] : [Fails(RunnerTraces.SystemFailure(), "runner_system_failure"), Passes()]),
            Job("boot x86_64", "boot", [Passes()]),
            Job("boot aarch64", "boot", [Passes()]),
            Job(RegistryTimesOut, "test", [Fails(RunnerTraces.RegistryTimeout()), Passes()]),
            Job("test aarch64", "test", [Passes()]),
        ]);
    }

    private static JobScript Job(string name, string stage, IReadOnlyList<JobAttempt> attempts) =>
        new(name, stage) { Attempts = attempts, Tags = [name.Split(' ')[1]] };

    private static JobAttempt Passes() => new() { Duration = Seconds(1.2) };

    private static JobAttempt Fails(JobTrace trace, string reason = "script_failure") =>
        JobAttempt.Failed(trace, reason) with { Duration = Seconds(0.8) };

    private static TimeSpan Seconds(double n) => TimeSpan.FromSeconds(n);
}
