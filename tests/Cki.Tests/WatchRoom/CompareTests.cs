using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.WatchRooms;

public sealed class CompareTests
{
    private static readonly HashSet<string> NoMarkers = [];
    private readonly WatchWorld _world = new();

    public CompareTests() => _world.Polled();

    private RunDetection Run(char sha, DetectionState state = DetectionState.Detected)
    {
        RunDetection run = Detection(sha) with { State = state, DetectedAt = Noon.AddHours(-1) };
        _world.Ports.Store.Set(RunIds.DetectionKey(run.Run), run, DocumentJson.Default.RunDetection);
        return run;
    }

    [Fact]
    public void A_pass_starts_once_a_day_from_two_o_clock_and_goes_on_until_done()
    {
        DateTimeOffset one = new(2026, 11, 22, 1, 0, 0, TimeSpan.Zero);
        var today = new DateOnly(2026, 11, 22);
        Assert.Null(NightlyCompare.Pass(null, one));
        Assert.Equal(new CompareProgress(today, null, false), NightlyCompare.Pass(null, one.AddHours(1)));
        Assert.Null(NightlyCompare.Pass(new CompareProgress(today, "runs/x", true), one.AddHours(20)));
        Assert.Equal(new CompareProgress(today.AddDays(1), null, false), NightlyCompare.Pass(new CompareProgress(today, "runs/x", true), one.AddHours(25)));
        Assert.Equal(new CompareProgress(today, "runs/x", false), NightlyCompare.Pass(new CompareProgress(today, "runs/x", false), one.AddDays(1)));
    }

    [Fact]
    public void A_run_without_marker_and_pipeline_is_sent_on_unless_it_is_young()
    {
        RunDetection run = Detection();
        Assert.Equal(CompareAct.SendDetected, NightlyCompare.Decide(run, null, NoMarkers, Noon.AddMinutes(10)));
        Assert.Equal(CompareAct.Leave, NightlyCompare.Decide(run, null, NoMarkers, Noon.AddMinutes(9)));
        Assert.Equal(CompareAct.Leave, NightlyCompare.Decide(run, null, new HashSet<string> { $"detect/{run.Run}" }, Noon.AddHours(1)));
        Assert.Equal(CompareAct.Leave, NightlyCompare.Decide(run with { State = DetectionState.Covered }, null, NoMarkers, Noon.AddHours(1)));
    }

    [Fact]
    public void An_unsettled_attempt_without_marker_is_looked_at()
    {
        RunDetection run = Detection();
        RunPipeline pipeline = RunPipeline(run.Run);
        Assert.Equal(CompareAct.SendOverdue, NightlyCompare.Decide(run, pipeline, NoMarkers, Noon.AddHours(1)));
        Assert.Equal(CompareAct.Leave, NightlyCompare.Decide(run, pipeline, new HashSet<string> { $"run/{run.Run}-1" }, Noon.AddHours(1)));
        RunPipeline settled = pipeline.With(pipeline.Latest with { State = AttemptState.Settled });
        Assert.Equal(CompareAct.Leave, NightlyCompare.Decide(run, settled, NoMarkers, Noon.AddHours(1)));
    }

    [Fact]
    public async Task The_pass_sends_lost_runs_on_under_a_new_marker_and_leaves_the_others()
    {
        RunDetection lost = Run('a');
        RunDetection watched = Run('b');
        await _world.PlaceAsync("detect", watched.Run.Value, Noon.AddHours(1), new CommitDetected(watched.Run));
        Run('c', DetectionState.Skipped);
        RunDetection orphan = Run('d');
        _world.Ports.Store.Set(RunIds.PipelineKey(orphan.Run), RunPipeline(orphan.Run), DocumentJson.Default.RunPipeline);
        RunDetection unreadable = Run('e');
        _world.Ports.Store.SetText(RunIds.PipelineKey(unreadable.Run), "?");
        await _world.TickAsync();

        Assert.Equal([new CommitDetected(lost.Run)], _world.Ports.Queue.Messages<CommitDetected>());
        Assert.Equal([new RunOverdue(orphan.Run, 1)], _world.Ports.Queue.Messages<RunOverdue>());
        Assert.Equal([$"unreadable-{RunIds.PipelineKey(unreadable.Run)}"], _world.Ports.Queue.Messages<NoticeRaised>().Select(n => n.Key));
        Assert.Contains($"due/202611221202/detect/{lost.Run}", _world.Ports.Store.Keys);
        Assert.Contains($"due/202611221202/run/{orphan.Run}-1", _world.Ports.Store.Keys);
    }

    [Fact]
    public async Task A_pass_over_many_runs_goes_on_where_it_stopped_and_ends_once()
    {
        for (int i = 0; i < 1200; i++)
        {
            var id = new RunId($"run-{i:d4}");
            _world.Ports.Store.Set(RunIds.DetectionKey(id), Detection() with { Run = id, DetectedAt = Noon.AddHours(-1) }, DocumentJson.Default.RunDetection);
        }
        var sent = new List<int>();
        for (int tick = 0; tick < 4; tick++)
        {
            await _world.TickAsync();
            sent.Add(_world.Ports.Queue.Messages<CommitDetected>().Count);
        }
        Assert.Equal([500, 1000, 1200, 1200], sent);
        Assert.True(_world.Ports.Store.Peek(CompareProgress.Key, DocumentJson.Default.CompareProgress)!.IsDone);
    }
}
