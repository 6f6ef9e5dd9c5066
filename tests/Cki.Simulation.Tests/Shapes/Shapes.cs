using Cki.GitLabSimulator;
using Attempt = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Simulation.Tests;

/// <summary>herding.md's table of pipeline shapes, each with the result it must end with.</summary>
public static partial class Shapes
{
    private const string Other = "cki/kernels";
    private static TimeSpan Hour => TimeSpan.FromHours(1);

    public static IReadOnlyList<Shape> All { get; } =
        [.. Downstream(), .. Waiting(), .. Retries(), .. Confirmed(), .. Endings(), .. Others()];

    private static Attempt Good => new() { Duration = TimeSpan.FromMinutes(10) };

    private static Attempt Lost => Attempt.Failed(RunnerTraces.SystemFailure(), "runner_system_failure");

    private static Attempt Compile => Attempt.Failed(RunnerTraces.CompileError());

    private static Attempt Lockup => Attempt.Failed(RunnerTraces.ScriptFailure(
        ["$ ./boot-test.sh", "[   99.123456] watchdog: BUG: soft lockup - CPU#3 stuck for 23s! [swapper/3:0]"]));

    private static JobScript Build(string architecture, params Attempt[] attempts) =>
        new($"build {architecture}", "build") { Attempts = attempts.Length == 0 ? [Good] : attempts };

    private static JobScript Test(string architecture, params Attempt[] attempts) =>
        new($"test {architecture}", "test") { Attempts = attempts.Length == 0 ? [Good] : attempts, Needs = [$"build {architecture}"] };

    private static JobScript Alone(this JobScript job) => job with { Needs = null };

    private static Func<bool, PipelineScript> Always(params JobScript[] jobs) => _ => new PipelineScript(jobs);

    private static int Tries(Town town, string name) => town.GitLab.Jobs.Count(j => j.Name == name);

    private static string? NoBridgeTwice(Town town) =>
        town.GitLab.Jobs.FirstOrDefault(j => j.IsBridge && j.Superseded) is { } bridge ? $"bridge {bridge.Name} was retried" : null;

    private static void AddProject(Town town, string path, params JobScript[] jobs)
    {
        GitLabProject project = town.GitLab.AddProject(path);
        project.Script = _ => new PipelineScript(jobs);
        foreach (GitLabUser user in town.GitLab.Users)
            town.GitLab.AddMember(project, user, GitLabRole.Maintainer);
        town.GitLab.Commit(path, "main", "The pipeline");
    }

    private static Func<TreeConfig, TreeConfig> Pipeline(Func<TreePipeline, TreePipeline> with) => tree => tree with { Pipeline = with(tree.Pipeline) };
}
