using Cki.GitLabSimulator;
using Attempt = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Simulation.Tests;

public static partial class Shapes
{
    private static IEnumerable<Shape> Downstream()
    {
        yield return new Shape("multi-project", Always(new JobScript("x86_64", "trigger") { Trigger = new DownstreamScript(Other) }))
        {
            Build = town => AddProject(town, Other, Build("x86_64", Lost, Good), Test("x86_64")),
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
            Wrong = (town, _) => NoBridgeTwice(town) ?? (Tries(town, "build x86_64") == 2 ? null : "the downstream job was not retried once"),
        };
        yield return new Shape("multi-project, broken commit", Always(new JobScript("x86_64", "trigger") { Trigger = new DownstreamScript(Other) }))
        {
            Build = town => AddProject(town, Other, Build("x86_64", Compile), Test("x86_64")),
            Ends = "Failed: x86_64/build=Fail x86_64/test=NotRun",
            Wrong = (town, _) => NoBridgeTwice(town) ?? (Tries(town, "build x86_64") == 1 ? null : "a compile error was retried"),
        };
        yield return new Shape("child pipelines, parent green early", Always(
            new JobScript("generate", "generate") { Attempts = [Lost, Good] }, Child("x86_64", Good), Child("s390x", Compile)))
        {
            Ends = "Failed: x86_64/build=Pass x86_64/test=Pass s390x/build=Fail s390x/test=NotRun -/generate=Pass",
            Wrong = (town, _) => NoBridgeTwice(town) ?? (Tries(town, "generate") == 2 ? null : "the generator was not retried once"),
        };
        yield return new Shape("started by a script", Always(Build("x86_64")))
        {
            Tree = Pipeline(p => p with { Expects = [new ExpectedPipeline(new ProjectRef(Town.GitLabHost, Other), TimeSpan.FromHours(2))] }),
            Build = town => AddProject(town, Other, Test("x86_64").Alone()),
            Events = [(TimeSpan.FromMinutes(15), town => StartByScript(town))],
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
        };
        yield return new Shape("started by a script, and missing", Always(Build("x86_64")))
        {
            Tree = Pipeline(p => p with { Expects = [new ExpectedPipeline(new ProjectRef(Town.GitLabHost, Other), TimeSpan.FromHours(2))] }),
            Build = town => AddProject(town, Other, Test("x86_64").Alone()),
            Ends = "Incomplete: x86_64/build=Pass -/expected=NotRun",
        };
    }

    private static JobScript Child(string architecture, Attempt build) => new($"child {architecture}", "children")
    {
        Trigger = new DownstreamScript { Depend = false, Script = new PipelineScript([Build(architecture, build), Test(architecture)]) },
    };

    // As a trigger token would: the variables travel, a relation does not.
    private static void StartByScript(Town town)
    {
        GitLabPipeline ours = town.GitLab.Pipelines.Last(p => p.RunId is not null);
        town.GitLab.StartPipeline(town.GitLab.Project(Other), "main", "trigger", ours.User, new PipelineExtras { Variables = ours.Variables });
    }
}
