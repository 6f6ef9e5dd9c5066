using Cki.GitLabSimulator;
using Attempt = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Simulation.Tests;

public static partial class Shapes
{
    private static IEnumerable<Shape> Retries()
    {
        yield return new Shape("early job again", Always(Build("x86_64", Lost, Good), Test("x86_64").Alone()))
        {
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
            Wrong = (town, _) => Tries(town, "build x86_64") == 2 && Tries(town, "test x86_64") == 1 ? null : "the build alone was to be retried",
        };
        yield return new Shape("failed consumers follow", Always(
            Build("x86_64", Lost, Good), Test("x86_64", Attempt.Failed(RunnerTraces.ScriptFailure([]), "missing_dependency_failure"), Good).Alone() with { When = "always" }))
        {
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
            Wrong = (town, _) => InOrder(town, "build x86_64", "test x86_64"),
        };
        yield return new Shape("native retry hides a failure", Always(Build("x86_64", Compile, Good) with { NativeRetries = 1 }, Test("x86_64")))
        {
            Ends = "Failed: x86_64/build=Fail x86_64/test=Pass",
            Wrong = (_, result) => result.Reason.Contains("failed 1 of 2 attempts", StringComparison.Ordinal) ? null : result.Reason,
        };
        yield return new Shape("a person's retry", Always(Build("x86_64", Compile, Good), Test("x86_64"), Slow))
        {
            Events = [(TimeSpan.FromMinutes(50), town => RetryLast(town, "build x86_64"))],
            Ends = "Failed: x86_64/build=Fail x86_64/test=Pass s390x/build=Pass",
            Wrong = (_, result) => result.Reason.Contains("failed 1 of 2 attempts", StringComparison.Ordinal) ? null : result.Reason,
        };
        yield return new Shape("a person is quicker", Always(LostLong, Test("x86_64"), Slow))
        {
            Events = [(TimeSpan.FromMinutes(50), town => RetryLast(town, "build x86_64"))],
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass s390x/build=Pass",
            Wrong = (town, _) => Tries(town, "build x86_64") == 4 ? null : $"{Tries(town, "build x86_64")} tries",
        };
        yield return new Shape("cancelled between decision and act", Always(LostLong, Test("x86_64"), Slow))
        {
            Events = [(TimeSpan.FromMinutes(50), Cancel)],
            Ends = "Infrastructure: x86_64/build=NotRun x86_64/test=NotRun s390x/build=NotRun",
            Wrong = (town, result) => Tries(town, "build x86_64") != 3 ? "a job of a cancelled pipeline was retried"
                : result.Reruns[^1].Outcome.Contains("the pipeline was cancelled", StringComparison.Ordinal) ? null : result.Reruns[^1].Outcome,
        };
        yield return new Shape("newer head between decision and act", Always(LostLong, Test("x86_64"), Slow))
        {
            Tree = tree => tree with { CancelWhenNewer = true },
            Events = [(TimeSpan.FromMinutes(50), town => town.GitLab.Commit(Town.KernelProject, "main", "mm: newer"))],
            Ends = "Superseded: x86_64/build=NotRun x86_64/test=NotRun s390x/build=NotRun",
            Wrong = (town, _) => town.GitLab.Pipelines.First(p => p.RunId is not null).Jobs.Count(j => j.Name == "build x86_64") == 3 ? null : "a superseded job was retried",
        };
        yield return new Shape("retrigger", Always(Build("x86_64", Lost, Good), Test("x86_64")))
        {
            Tree = Pipeline(p => p with { Variables = [new("CKI_DEPLOYMENT_ENVIRONMENT", "retrigger")] }),
            Ends = "Infrastructure: x86_64/build=NotRun x86_64/test=NotRun",
            Wrong = (town, result) => Tries(town, "build x86_64") > 1 ? "retried" : result.Reruns[0].Outcome.Contains("retrigger", StringComparison.Ordinal) ? null : result.Reruns[0].Outcome,
        };
        Town? here = null;
        yield return new Shape("artefacts expired", _ => new PipelineScript([
            Build("x86_64", new Attempt { Artifacts = Files, ArtifactsExpireIn = TimeSpan.FromMinutes(30) }),
            Test("x86_64", here!.GitLab.Pipelines.Any(p => p.RunId is not null) ? Good : Lost with { Duration = Hour }, Good)]))
        {
            Build = town => here = town,
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
            Wrong = (town, _) => town.GitLab.Pipelines.Count(p => p.RunId is not null) == 2 && Tries(town, "test x86_64") == 2 ? null : "there was no new attempt at the same commit",
        };
        yield return new Shape("retried before artefacts expire", Always(
            Build("x86_64", new Attempt { Artifacts = Files, ArtifactsExpireIn = TimeSpan.FromMinutes(30) }), Test("x86_64", Lost, Good)))
        {
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
        };
        yield return new Shape("on_job_failure: all", _ => new PipelineScript([Build("x86_64", Lost, Good), Build("s390x", Good with { Duration = Hour })]) { CancelAllOnFailure = true })
        {
            Ends = "Passed: x86_64/build=Pass s390x/build=Pass",
            Wrong = (town, _) => Tries(town, "build s390x") == 2 ? null : "the cancelled sibling was not retried",
        };
        yield return new Shape("on_job_failure: all, broken commit", _ => new PipelineScript([Build("x86_64", Compile), Build("s390x", Good with { Duration = Hour })]) { CancelAllOnFailure = true })
        {
            Ends = "Failed: x86_64/build=Fail s390x/build=NotRun",
            Wrong = (town, _) => Tries(town, "build s390x") == 1 ? null : "a sibling of a broken build was retried",
        };
    }

    // Its third retry waits for an hour: time enough for people.
    private static JobScript LostLong => Build("x86_64", Lost, Lost, Lost, Good);

    private static JobScript Slow => Build("s390x", Good with { Duration = TimeSpan.FromHours(3) });

    private static SortedDictionary<string, string> Files => new(StringComparer.Ordinal) { ["vmlinuz"] = "..." };

    private static string? InOrder(Town town, string first, string then)
    {
        GitLabJob early = town.GitLab.Jobs.Last(j => j.Name == first);
        GitLabJob late = town.GitLab.Jobs.Last(j => j.Name == then);
        return late.Id > early.Id && early.Retries == 1 && late.Retries == 1 ? null : $"{first} is {early.Id}, {then} is {late.Id}";
    }

    private static void RetryLast(Town town, string name)
    {
        GitLabJob job = town.GitLab.Jobs.Last(j => j.Name == name);
        town.AsPerson($"projects/{Uri.EscapeDataString(job.Pipeline.Project.Path)}/jobs/{job.Id}/retry");
    }

    private static void Cancel(Town town)
    {
        GitLabPipeline ours = town.GitLab.Pipelines.Last(p => p.RunId is not null);
        town.AsPerson($"projects/{Uri.EscapeDataString(ours.Project.Path)}/pipelines/{ours.Id}/cancel");
    }
}
