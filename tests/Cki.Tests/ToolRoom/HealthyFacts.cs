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
        Work = Work(),
    };

    public static HostFact Host() => new(A.Config().Hosts[0], new GitLabSelf(7, "cki-bot", A.Noon), null)
    {
        Token = new GitLabToken("bot", ["api"], true, new DateOnly(2027, 6, 1)), Skew = TimeSpan.FromSeconds(2),
    };

    public static ProjectFact Project() => new(A.PipelineProject, new GitLabProjectAccess(1, 30, "developer", false), null)
    {
        Refs = ["main"], NeedsVariables = true, UserId = 7, Protected = [new GitLabProtectedBranch("main", [40], [30])],
        Artifacts = [new GitLabArtifactLife("build", TimeSpan.FromDays(7)), new GitLabArtifactLife("keep", null)],
    };

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
