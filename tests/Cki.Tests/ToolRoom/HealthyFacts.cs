using Cki.Adapters;
using Cki.Tests.Doubles;
using Cki.Tool;

namespace Cki.Tests.ToolRooms;

/// <summary>An installation without fault; tests break one thing of it.</summary>
internal static class HealthyFacts
{
    public static readonly Uri Door = new("https://cki.example/");

    public static DoctorFacts Facts() => new("--stack dev", A.Noon, new ConfigReading.Good(A.Config()), null)
    {
        FrontDoor = Door,
        Secrets = [new SecretFact("gitlab-token", "token of GitLab host gitlab.example", true, null)],
        Hosts = [Host()],
        Projects = [Project()],
        Hooks = [Hook()],
        Parts = [new PartStanding("bucket state", null)],
        Cloud = Cloud(),
        Work = Work(),
    };

    public static CloudFact Cloud() => new("dev")
    {
        Account = new LambdaAccount(1000, 900, 1L << 30, 75L << 30), Sight = new StackSight("UPDATE_COMPLETE", null, "IN_SYNC", A.Noon.AddDays(-2)),
    };

    public static HostFact Host() => new(A.Config().Hosts[0], new GitLabSelf(7, "cki-bot", A.Noon) { Rate = new GitLabRate(2000, 1990, A.Noon.AddSeconds(20)) }, null)
    {
        Token = new GitLabToken("bot", ["api"], true, new DateOnly(2027, 6, 1)), Skew = TimeSpan.FromSeconds(2),
    };

    public static ProjectFact Project() => new(A.PipelineProject, new GitLabProjectAccess(1, 30, "developer", false), null)
    {
        Refs = ["main"], NeedsVariables = true, UserId = 7, Protected = [new GitLabProtectedBranch("main", [40], [30])],
        Artifacts = [new GitLabArtifactLife("build", TimeSpan.FromDays(7)), new GitLabArtifactLife("keep", null)],
        Runners = [Runner("r1"), Runner("r2")],
        Logs = [new LogFact(new GitLabLog(4711, "build", 90_000, "r1", null), "section_end:1:step_script\nJob succeeded\n", null)],
    };

    private static RunnerShown Runner(string name) => new(1, name, true, false, ["x86_64"], false);

    public static WantedHook Wanted() => new(A.PipelineProject, "gitlab", ["job_events", "pipeline_events"], "hook-token");

    public static GitLabHook GitLabsHook() => new(3, "https://cki.example/webhooks/gitlab", ["job_events", "pipeline_events"], "executable", null) { HasToken = true };

    public static HookFact Hook(params GitLabHook[] there) =>
        new(Wanted(), HookPlan.Compare(Wanted(), Door, there.Length > 0 ? there : [GitLabsHook()]), null);

    public static WorkFact Work() => new()
    {
        Queues = [new QueueDepth("herd", 3, 1, 2, A.Noon.AddMinutes(-1)), new QueueDepth("herd-dead", 0, 0, 0, null)],
        OldestDue = A.Noon.AddMinutes(-2),
        Trees = [new TreeFact(A.Tree(), new TreeHeads(A.Tree().Name) { FirstSeenAt = A.Noon.AddDays(-9), PolledAt = A.Noon.AddMinutes(-4) })],
    };
}
