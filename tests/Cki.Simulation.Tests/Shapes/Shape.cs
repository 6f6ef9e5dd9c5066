using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>A pipeline shape: what its jobs do, how the tree is configured, and how the run must end.</summary>
/// <param name="Script">Of the pipelines project; told whether it is asked for the parent of the commit under test.</param>
public sealed record Shape(string Name, Func<bool, PipelineScript> Script)
{
    /// <summary>Added to the tree of the simulation.</summary>
    public Func<TreeConfig, TreeConfig> Tree { get; init; } = tree => tree;

    /// <summary>Projects and runners beyond the town's.</summary>
    public Action<Town> Build { get; init; } = _ => { };

    /// <summary>What people do, since the commit under test was pushed.</summary>
    public IReadOnlyList<(TimeSpan After, Action<Town> Act)> Events { get; init; } = [];

    /// <summary>What others do in place of a push to main: the run is the first that is found for a merge request or a pipeline of theirs.</summary>
    public Action<Town>? Begin { get; init; }

    /// <summary>What is wrong with all that was detected, skipped heads included, in order of time; null: nothing.</summary>
    public Func<Town, IReadOnlyList<RunDetection>, string?> WrongRuns { get; init; } = (_, _) => null;

    /// <summary>True: a commit before it is tested to its end first.</summary>
    public bool HasParent { get; init; }

    public TimeSpan Lasts { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Verdict of the last attempt and its cells: <c>Passed: x86_64/build=Pass x86_64/test=NotRun</c>.</summary>
    public required string Ends { get; init; }

    /// <summary>Facts in GitLab that must hold in the end: null, or what is wrong.</summary>
    public Func<Town, RunResult, string?> Wrong { get; init; } = (_, _) => null;
}
