using Cki.Engine;
using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>
/// The whole suite on one shape, to its end. With seed 0 nothing breaks; with others our own house does (crashes, lost answers of store, queue and
/// flows), which must not change how the run ends.
/// </summary>
public static class ShapeWorld
{
    private const string Branch = "main";
    private static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(20);

    public static async Task RunAsync(Shape shape, Simulation simulation, WorldRequest request)
    {
        simulation.Faults.AreOn = false;
        var town = new Town(simulation);
        town.GitLab.Settings = town.GitLab.Settings with { NoRunnerTimeout = TimeSpan.FromDays(30), PendingTimeout = TimeSpan.FromDays(30) };
        string? parent = null;
        town.GitLab.Project(Town.PipelineProject).Script = asked => shape.Script(asked.Variables["CKI_SHA"] == parent);
        shape.Build(town);
        SuiteConfig config = SuiteSetting.Config with { Trees = [shape.Tree(SuiteSetting.Config.Trees[0])] };
        SuiteChances chances = request.Seed == 0 ? SuiteChances.None : new SuiteChances();
        using var installation = new Installation(simulation, town, Mutations.Named(request.Mutation), chances, config);
        SuiteWorld.Start(simulation, request, installation, town);
        await simulation.RunForAsync(WarmUp);
        simulation.Faults.AreOn = request.Seed != 0;
        if (shape.HasParent)
            await TestAsync(shape with { Events = [] }, simulation, (town, installation), sha => parent = sha);
        RunPipeline run = shape.Begin is null
            ? await TestAsync(shape, simulation, (town, installation), _ => { })
            : await ShapeOfOthers.TestAsync(shape, simulation, (town, installation));
        RunResult result = run.Latest.Result!;
        string ended = $"{result.Verdict}: {string.Join(' ', result.Cells.Select(c => $"{c.Architecture}/{c.Stage}={c.Result}"))}";
        if (ended != shape.Ends)
            throw new PromiseBrokenException($"{shape.Name} ended as\n{ended}\n({result.Reason})\nand should have as\n{shape.Ends}");
        if (shape.Wrong(town, result) is { } wrong)
            throw new PromiseBrokenException($"{shape.Name}: {wrong}");
        if (shape.WrongRuns(town, await ShapeOfOthers.DetectionsAsync(simulation, installation)) is { } odd)
            throw new PromiseBrokenException($"{shape.Name}: {odd}");
    }

    private static async Task<RunPipeline> TestAsync(Shape shape, Simulation simulation, (Town Town, Installation Installation) at, Action<string> pushed)
    {
        GitLabCommit commit = at.Town.GitLab.NewCommit(at.Town.GitLab.Project(Town.KernelProject), Branch, "mm: under test");
        string sha = commit.Sha;
        pushed(sha);
        at.Town.GitLab.Push(Town.KernelProject, Branch, commit);
        foreach ((TimeSpan after, Action<Town> act) in shape.Events)
            simulation.Schedule(after, simulation.Outside, () => act(at.Town));
        TimeSpan end = simulation.Elapsed + shape.Lasts;
        TreeName tree = SuiteSetting.Config.Trees[0].Name;
        using EmbeddedEngine beside = at.Installation.OpenBeside();
        var documents = new Documents(beside.Store, simulation.Dice, simulation);
        while (simulation.Elapsed < end)
        {
            await simulation.RunForAsync(TimeSpan.FromMinutes(30));
            RunPipeline? run = (await documents.GetAsync(RunIds.PipelineKey(RunIds.Of(tree, Branch, CommitSha.Parse(sha))), DocumentJson.Default.RunPipeline, CancellationToken.None))?.Value;
            if (run?.Latest.State == AttemptState.Settled)
                return run;
        }
        throw new PromiseBrokenException($"{shape.Name}: {sha[..12]} has not settled after {shape.Lasts}: {string.Join(", ", at.Town.GitLab.Jobs.Select(j => $"{j.Id} {j.Name} {j.Status}"))}");
    }
}
