using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

public static partial class Shapes
{
    private static IEnumerable<Shape> Waiting()
    {
        yield return new Shape("a lab for days", Always(
            Build("x86_64"), Build("s390x"), Test("x86_64", Good with { Duration = TimeSpan.FromDays(2) }), Test("s390x", Good with { Duration = TimeSpan.FromDays(9) })))
        {
            Tree = Pipeline(p => p with { Deadline = TimeSpan.FromDays(3) }), Lasts = TimeSpan.FromDays(8),
            Ends = "Incomplete: x86_64/build=Pass x86_64/test=Pass s390x/build=Pass s390x/test=NotRun",
        };
        yield return new Shape("manual, ignored", Always(Build("x86_64"), Test("x86_64"), new JobScript("release", "release") { When = "manual" }))
        {
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass -/release=NotRun", Lasts = TimeSpan.FromHours(3),
        };
        yield return new Shape("manual, played", Always(Build("x86_64"), new JobScript("test x86_64", "test") { When = "manual" }))
        {
            Tree = Pipeline(p => p with { Manual = [new ManualRule("test *", ManualAct.Play, Hour)] }),
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass", Lasts = TimeSpan.FromHours(3),
        };
        yield return new Shape("manual, waited for", Always(Build("x86_64"), new JobScript("test x86_64", "test") { When = "manual" }))
        {
            Tree = Pipeline(p => p with { Manual = [new ManualRule("test *", ManualAct.Wait, TimeSpan.FromHours(6))] }),
            Events = [(TimeSpan.FromHours(4), town => Play(town, "test x86_64"))],
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
        };
        yield return new Shape("delayed", Always(Build("x86_64"), Test("x86_64").Alone() with { When = "delayed", StartIn = TimeSpan.FromHours(5) }))
        {
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
        };
        yield return new Shape("resource group", Always(Build("x86_64"), Board("board 1"), Board("board 2")))
        {
            Tree = Pipeline(p => p with { ResourceGroups = ["board *"] }),
            Ends = "Passed: x86_64/build=Pass -/test=Pass",
            Wrong = (town, _) => Overlap(town),
        };
        yield return new Shape("starving architecture", Always(Build("x86_64"), Build("s390x") with { Tags = ["mainframe"] }))
        {
            Tree = Pipeline(p => p with { StarvingAfter = TimeSpan.FromHours(2) }),
            Build = town => town.GitLab.Pause(town.GitLab.AddRunner("standby-1", "mainframe"), true),
            Ends = "Incomplete: x86_64/build=Pass s390x/build=NotRun",
            Wrong = (town, _) => town.Receivers.Receipts.Any(r => r is { Kind: "notice", Channel: "operators" }) ? null : "operators heard nothing of the standby runner",
        };
        GitLabRunner? standby = null;
        yield return new Shape("standby runner taken", Always(Build("x86_64"), Build("s390x") with { Tags = ["mainframe"] }))
        {
            Tree = Pipeline(p => p with { StarvingAfter = TimeSpan.FromHours(2) }),
            Build = town => town.GitLab.Pause(standby = town.GitLab.AddRunner("standby-1", "mainframe"), true),
            Events = [(TimeSpan.FromHours(3), town => town.GitLab.Pause(standby!, false))],
            Ends = "Passed: x86_64/build=Pass s390x/build=Pass",
        };
        yield return new Shape("starving child again", Always(Build("x86_64"), new JobScript("child s390x", "children")
        {
            Trigger = new DownstreamScript { Script = new PipelineScript([Build("s390x") with { Tags = ["mainframe"] }]) },
        }))
        {
            Tree = Pipeline(p => p with { StarvingAfter = TimeSpan.FromHours(2) }),
            Events = [(TimeSpan.FromMinutes(170), town => town.GitLab.AddRunner("mainframe-1", "mainframe").Slots = 1)],
            Ends = "Passed: x86_64/build=Pass s390x/build=Pass",
        };
    }

    private static JobScript Board(string name) => new(name, "test") { Attempts = [Lost, Good with { Duration = Hour }] };

    private static void Play(Town town, string name)
    {
        GitLabJob job = town.GitLab.Jobs.Last(j => j.Name == name);
        town.AsPerson($"projects/{Uri.EscapeDataString(job.Pipeline.Project.Path)}/jobs/{job.Id}/play");
    }

    private static string? Overlap(Town town)
    {
        GitLabJob[] second = [.. town.GitLab.Jobs.Where(j => j.Name.StartsWith("board", StringComparison.Ordinal) && j.Retries == 1).OrderBy(j => j.CreatedAt)];
        if (second.Length != 2)
            return $"{second.Length} boards were retried";
        return second[1].CreatedAt >= second[0].FinishedAt ? null : $"{second[1].Name} was retried at {second[1].CreatedAt:HH:mm} while {second[0].Name} was under way";
    }
}
