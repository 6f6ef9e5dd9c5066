using Cki.Engine;

namespace Cki.Simulation.Tests;

/// <summary>A shape that begins with what somebody else does: no commit of ours leads to its run, the store's records do.</summary>
public static class ShapeOfOthers
{
    private const int RunsMax = 1000;

    public static async Task<RunPipeline> TestAsync(Shape shape, Simulation simulation, (Town Town, Installation Installation) at)
    {
        shape.Begin!(at.Town);
        foreach ((TimeSpan after, Action<Town> act) in shape.Events)
            simulation.Schedule(after, simulation.Outside, () => act(at.Town));
        TimeSpan end = simulation.Elapsed + shape.Lasts;
        using EmbeddedEngine beside = at.Installation.OpenBeside();
        var documents = new Documents(beside.Store, simulation.Dice, simulation);
        while (simulation.Elapsed < end)
        {
            await simulation.RunForAsync(TimeSpan.FromMinutes(30));
            RunDetection? first = (await DetectionsAsync(documents)).FirstOrDefault(d => d.State == DetectionState.Detected && (d.Adopted is not null || d.MergeRequest is not null));
            RunPipeline? run = first is null ? null : (await documents.GetAsync(RunIds.PipelineKey(first.Run), DocumentJson.Default.RunPipeline, CancellationToken.None))?.Value;
            if (run?.Latest.State == AttemptState.Settled)
                return run;
        }
        IEnumerable<string> seen = (await DetectionsAsync(documents)).Select(d => $"{d.Run} {d.State} {d.Reason}");
        throw new PromiseBrokenException($"{shape.Name}: nothing has settled after {shape.Lasts}: {string.Join(", ", seen.Concat(at.Town.GitLab.Jobs.Select(j => $"{j.Id} {j.Name} {j.Status}")))}");
    }

    /// <summary>In order of time.</summary>
    public static async Task<IReadOnlyList<RunDetection>> DetectionsAsync(Simulation simulation, Installation installation)
    {
        using EmbeddedEngine beside = installation.OpenBeside();
        return await DetectionsAsync(new Documents(beside.Store, simulation.Dice, simulation));
    }

    private static async Task<IReadOnlyList<RunDetection>> DetectionsAsync(Documents documents)
    {
        var found = new List<RunDetection>();
        foreach (string key in (await documents.KeysAsync("runs/", RunsMax, CancellationToken.None)).Where(k => k.EndsWith("/detection.json", StringComparison.Ordinal)))
        {
            if (await documents.GetAsync(key, DocumentJson.Default.RunDetection, CancellationToken.None) is { } detection)
                found.Add(detection.Value);
        }
        return [.. found.OrderBy(d => d.DetectedAt).ThenBy(d => d.Run.Value, StringComparer.Ordinal)];
    }
}
