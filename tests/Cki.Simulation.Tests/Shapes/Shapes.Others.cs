using Cki.GitLabSimulator;
using Attempt = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Simulation.Tests;

public static partial class Shapes
{
    private static readonly ProjectRef Kernel = new(Town.GitLabHost, Town.KernelProject);

    private static IEnumerable<Shape> Others()
    {
        yield return new Shape("a merge request's pipeline", Always(Build("s390x")))
        {
            Tree = Watched, Build = town => AtKernel(town, Build("x86_64", Lost, Good), Test("x86_64")), Begin = town => Start(town, Open(town), isMergedResult: false),
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
            Wrong = (town, _) => OnlyJobsRetried(town) ?? (Tries(town, "build x86_64") == 2 ? null : "the broken job was not retried once") ?? StatusOnHead(town, "success"),
            WrongRuns = (_, runs) => runs.Count == 1 ? null : $"{runs.Count} heads were noted",
        };
        yield return new Shape("a merge request's pipeline, and every webhook lost", Always(Build("s390x")))
        {
            Tree = Watched, Build = town => AtKernel(town, Build("x86_64", Compile), Test("x86_64")),
            Begin = town =>
            {
                town.GitLab.Project(Town.KernelProject).Hooks.Clear();
                Start(town, Open(town), isMergedResult: false);
            },
            Ends = "Failed: x86_64/build=Fail x86_64/test=NotRun",
            Wrong = (town, _) => OnlyJobsRetried(town) ?? StatusOnHead(town, "failed"),
            WrongRuns = (_, runs) => runs[0].FoundBy == FoundBy.Poll ? null : $"it was found by {runs[0].FoundBy}",
        };
        yield return new Shape("merged results, and the target moves", Always(Build("s390x")))
        {
            Tree = tree => Watched(tree) with { CancelWhenNewer = true }, Build = town => AtKernel(town, LostLong, Test("x86_64")), Begin = town => Start(town, Open(town), isMergedResult: true),
            Events = [(TimeSpan.FromMinutes(50), town => town.GitLab.Commit(Town.KernelProject, "main", "mm: the target moves"))],
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
            Wrong = (town, _) => (Tries(town, "build x86_64") == 4 ? null : $"{Tries(town, "build x86_64")} tries") ?? StatusOnHead(town, "success"),
            WrongRuns = (town, runs) => runs[0].Sha.Value == Request(town).Sha && runs[0].Adopted!.Sha != runs[0].Sha ? null : "its identity is not the merge request's head",
        };
        yield return new Shape("a schedule", Always(Build("s390x")))
        {
            Tree = tree => tree with { Adopt = [new AdoptRule(Kernel, ["schedule"])] }, Build = town => AtKernel(town, Build("x86_64", Lost, Good), Test("x86_64")),
            Begin = town => ByOthers(town, "schedule"), Events = [(TimeSpan.FromMinutes(5), town => ByOthers(town, "web"))],
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
            Wrong = (town, _) => OnlyJobsRetried(town),
            WrongRuns = (_, runs) => runs is [{ State: DetectionState.Detected }, { State: DetectionState.Skipped, Reason: { } reason }] && reason.Contains("source web", StringComparison.Ordinal)
                ? null : $"the person's pipeline was not recorded as ignored: {string.Join("; ", runs.Select(r => $"{r.Run} {r.State} {r.Reason}"))}",
        };
        yield return new Shape("a merge request closed between decision and act", Always(Build("s390x")))
        {
            Tree = Watched, Build = town => AtKernel(town, LostLong, Test("x86_64")), Begin = town => Start(town, Open(town), isMergedResult: true),
            Events = [(TimeSpan.FromMinutes(50), town => town.GitLab.Change(town.GitLab.Project(Town.KernelProject), Request(town), r => r.State = "closed"))],
            Ends = "Infrastructure: x86_64/build=NotRun x86_64/test=NotRun",
            Wrong = (town, result) => Tries(town, "build x86_64") != 3 ? "a job of a closed merge request was retried"
                : result.Reruns[^1].Outcome.Contains("is closed", StringComparison.Ordinal) ? null : result.Reruns[^1].Outcome,
        };
        yield return new Shape("a merge request whose head moves", Always(LostLong, Test("x86_64")))
        {
            Tree = tree => tree with { CancelWhenNewer = true, MergeRequests = new MergeRequestRules(MergeRequestAct.Trigger) { Targets = ["**"] } },
            Build = town => AtKernel(town), Begin = town => Open(town), Events = [(TimeSpan.FromMinutes(50), town => town.GitLab.Commit(Town.KernelProject, "feature", "mm: better"))],
            Ends = "Superseded: x86_64/build=NotRun x86_64/test=NotRun",
            Wrong = (town, _) => town.GitLab.Pipelines.First(p => p.RunId is not null).Jobs.Count(j => j.Name == "build x86_64") == 3 ? null : "a job of an old head was retried",
            WrongRuns = (town, runs) => runs.Count(r => r.MergeRequest is not null) == 2 && runs[^1].Sha.Value == Request(town).Sha ? null : "the new head got no run of its own",
        };
        yield return new Shape("a bridge that fails before its downstream exists", Always(Build("x86_64"), new JobScript("s390x", "trigger") { Trigger = new DownstreamScript("cki/nowhere") }))
        {
            Ends = "Configuration: x86_64/build=Pass s390x/trigger=NotRun",
            Wrong = (town, _) => NoBridgeTwice(town),
        };
        yield return new Shape("a pipeline of others, downstream in another project", Always(Build("s390x")))
        {
            Tree = tree => Watched(tree) with { Adopt = [new AdoptRule(new ProjectRef(Town.GitLabHost, Other), ["pipeline", "web"])] },
            Build = town =>
            {
                AtKernel(town, new JobScript("x86_64", "trigger") { Trigger = new DownstreamScript(Other) });
                AddProject(town, Other, Build("x86_64", Lost, Good), Test("x86_64", Good with { Duration = 2 * Hour }));
            },
            Begin = town => Start(town, Open(town), isMergedResult: true),
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
            Wrong = (town, _) => OnlyJobsRetried(town) ?? NoBridgeTwice(town) ?? (Tries(town, "build x86_64") == 2 ? null : "the downstream job was not retried once"),
            WrongRuns = (_, runs) => runs.Count == 1 ? null : $"the downstream pipeline became a run of its own: {string.Join("; ", runs.Select(r => $"{r.Run} {r.State} {r.Reason}"))}",
        };
    }

    private static TreeConfig Watched(TreeConfig tree) => tree with { MergeRequests = new MergeRequestRules(MergeRequestAct.Watch) };

    private static void AtKernel(Town town, params JobScript[] jobs)
    {
        GitLabProject kernel = town.GitLab.Project(Town.KernelProject);
        kernel.Script = _ => new PipelineScript(jobs);
        foreach (GitLabHook hook in kernel.Hooks)
            hook.JobEvents = hook.PipelineEvents = hook.MergeRequestsEvents = true;
    }

    private static GitLabMergeRequest Open(Town town)
    {
        town.GitLab.Commit(Town.KernelProject, "feature", "mm: a change");
        return town.GitLab.AddMergeRequest(town.GitLab.Project(Town.KernelProject), "mm: a change", "feature");
    }

    private static GitLabMergeRequest Request(Town town) => town.GitLab.Project(Town.KernelProject).MergeRequests[0];

    private static void Start(Town town, GitLabMergeRequest request, bool isMergedResult) =>
        town.GitLab.StartPipeline(town.GitLab.Project(Town.KernelProject), request, town.GitLab.Users[0], isMergedResult);

    private static void ByOthers(Town town, string source) =>
        town.GitLab.StartPipeline(town.GitLab.Project(Town.KernelProject), "main", source, town.GitLab.Users[0]);

    private static string? OnlyJobsRetried(Town town) =>
        town.GitLab.Pipelines.FirstOrDefault(p => p.User.Username == Town.Bot) is { } ours ? $"pipeline {ours.Id} was started by us" : null;

    private static string? StatusOnHead(Town town, string wanted) =>
        town.GitLab.CommitStatuses.LastOrDefault(s => s.Sha == Request(town).Sha)?.State is var state && state == wanted ? null : $"the commit status of the merge request's head says {state ?? "nothing"}";
}
