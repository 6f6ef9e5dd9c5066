using Cki.Engine;
using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>
/// The synthetic probe beside a suite that breaks: each push of it that the door took comes out at the end of its run, starts nothing, tells nobody, and its
/// records go; and while a stage's queue stands still none comes out, which is what the alarm rises on.
/// </summary>
public static class ProbeWorld
{
    private static readonly TimeSpan Trouble = TimeSpan.FromHours(3);

    /// <summary>Beside trouble of our own; the alarm's quarter of an hour holds for a house that is well.</summary>
    private static readonly TimeSpan EndsWithin = TimeSpan.FromHours(2);

    private static readonly TimeSpan WellWithin = TimeSpan.FromMinutes(3);

    public static async Task RunAsync(Simulation simulation, WorldRequest request)
    {
        simulation.Faults.AreOn = false;
        var town = new Town(simulation);
        using var installation = new Installation(simulation, town, Mutations.Named(request.Mutation), new SuiteChances()) { Tick = TimeSpan.FromMinutes(1) };
        SuiteWorld.Start(simulation, request, installation, town);
        await simulation.RunForAsync(SuiteWorld.WarmUp);
        using EmbeddedEngine engine = installation.OpenBeside();

        DateTimeOffset first = simulation.Outside.GetUtcNow();
        Task<bool> well = PushAsync(simulation, town);
        await simulation.RunForAsync(WellWithin);
        if (!await well || await EndedAsync(engine, first) is null)
            throw new PromiseBrokenException($"a probe did not come through within {WellWithin} though nothing was broken");

        simulation.Faults.AreOn = true;
        var taken = new List<DateTimeOffset>();
        for (TimeSpan past = TimeSpan.Zero; past < Trouble; past += ProbeTree.Every)
        {
            DateTimeOffset at = simulation.Outside.GetUtcNow();
            Task<bool> push = PushAsync(simulation, town);
            await simulation.RunForAsync(ProbeTree.Every);
            if (push.IsCompletedSuccessfully && await push)
                taken.Add(at);
        }
        simulation.Faults.AreOn = false;
        await simulation.RunForAsync(EndsWithin);
        foreach (DateTimeOffset at in taken)
        {
            if (await EndedAsync(engine, at) is null)
                throw new PromiseBrokenException($"the probe of {at:HH:mm} was taken and did not come through");
        }
        await CheckSilenceAsync(town, engine);
        await simulation.RunForAsync(ProbeTree.KeptFor + ProbeTree.Every);
        if (await engine.Store.ListAsync(ProbeTree.RunsPrefix, null, 10, CancellationToken.None) is { Count: > 0 } left)
            throw new PromiseBrokenException($"records of the probe stay: {left[0]}");
        Console.WriteLine($"probe, seed {request.Seed}, {request.Topology}: {taken.Count} of {(int)(Trouble / ProbeTree.Every)} taken beside faults, each came through");
    }

    /// <summary>As the task <c>probe-push</c> posts it (PushProbeTests hold its form); true where the door took it.</summary>
    private static async Task<bool> PushAsync(Simulation simulation, Town town)
    {
        string sha = ProbeTree.ShaOf(ProbeTree.SlotOf(simulation.Outside.GetUtcNow())).Value;
        var request = new HttpRequestMessage(HttpMethod.Post, "https://cki.example/webhooks/gitlab")
        {
            Content = new StringContent(
                $$$"""{"object_kind":"push","before":"{{{new string('0', 40)}}}","after":"{{{sha}}}","ref":"refs/heads/{{{ProbeTree.Branch}}}","project":{"path_with_namespace":"{{{ProbeTree.Project.Path}}}"},"commits":[],"total_commits_count":0}"""),
        };
        request.Headers.Add("X-Gitlab-Token", Town.HookToken);
        request.Headers.Add("Idempotency-Key", $"probe-push-{sha[..12]}");
        try
        {
            HttpResponseMessage answer = await town.FrontDoor(request);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException e)
        {
            simulation.Note("probe", e.Message);
            return false;
        }
    }

    private static async Task<DateTimeOffset?> EndedAsync(EmbeddedEngine engine, DateTimeOffset at)
    {
        RunId run = RunIds.Of(ProbeTree.Name, ProbeTree.Branch, ProbeTree.ShaOf(ProbeTree.SlotOf(at)));
        StoredObject? report = await engine.Store.GetAsync(RunIds.ReportKey(run), CancellationToken.None);
        return report is null ? null : System.Text.Json.JsonSerializer.Deserialize(report.Body.Span, DocumentJson.Default.RunReport)?.ClosedAt;
    }

    private static async Task CheckSilenceAsync(Town town, EmbeddedEngine engine)
    {
        if (town.GitLab.Pipelines.Count > 0)
            throw new PromiseBrokenException("a probe started a pipeline");
        if (await engine.Store.ListAsync("board/runs/", null, 10, CancellationToken.None) is { Count: > 0 } shown)
            throw new PromiseBrokenException($"a probe is on the board: {shown[0]}");
        if (await engine.Store.ListAsync("reported/", null, 10, CancellationToken.None) is { Count: > 0 } told && told.Any(k => k.Contains(ProbeTree.Name.Value, StringComparison.Ordinal)))
            throw new PromiseBrokenException($"a probe was reported: {told[0]}");
    }
}
