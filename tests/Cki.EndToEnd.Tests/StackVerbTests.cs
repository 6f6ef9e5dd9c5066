using System.Text.Json.Nodes;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>The tool against a stack on AWS APIs that we did not write.</summary>
public sealed class StackVerbTests(StackMoto moto) : IClassFixture<StackMoto>
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TreeName s_tree = new("linux");

    private static RunDetection Detection(char digit)
    {
        CommitSha sha = CommitSha.Parse(new string(digit, 40));
        return new RunDetection(RunIds.Of(s_tree, "main", sha), s_tree, "main", sha, FoundBy.Webhook, s_noon.AddMinutes(digit)) { Title = $"commit {digit}" };
    }

    private static async Task<RunId> WithRunAsync(TestStack stack, char digit, RunAttempt attempt)
    {
        RunDetection detection = Detection(digit);
        await stack.Documents.PutAsync(RunIds.DetectionKey(detection.Run), detection, DocumentJson.Default.RunDetection, CancellationToken.None);
        await stack.Documents.PutAsync(
            RunIds.PipelineKey(detection.Run), new RunPipeline(detection.Run) { Attempts = [attempt] }, DocumentJson.Default.RunPipeline, CancellationToken.None);
        return detection.Run;
    }

    [Fact]
    public async Task Runs_are_listed_shown_canceled_retested_and_resumed()
    {
        await using TestStack stack = await TestStack.MakeAsync(moto, "runs");
        Assert.Equal((0, "No runs yet."), await stack.VerbAsync("run", "list"));
        RunId running = await WithRunAsync(stack, 'a', new RunAttempt(1) { State = AttemptState.Running });
        RunId settled = await WithRunAsync(stack, 'b', new RunAttempt(1) { State = AttemptState.Settled, Result = new RunResult(Verdict.Infrastructure, "the lab was down") });

        Assert.Equal(
            (0, $"""
            2026-11-22 13:38:00  infrastructure   linux/main bbbbbbbbbbbb  {settled}  commit b
            2026-11-22 13:37:00  running          linux/main aaaaaaaaaaaa  {running}  commit a
            """),
            await stack.VerbAsync("run", "list"));
        Assert.Equal(
            (0, $"""
            Run       {settled}
            Commit    linux/main {new string('b', 40)} commit b
            Detected  2026-11-22 13:38:00Z by webhook
            Standing  infrastructure
            Attempt   1: settled
            Result    infrastructure: the lab was down
            """),
            await stack.VerbAsync("run", "show", settled.Value));

        Assert.Equal((2, "cki: run cancel needs --reason: people will ask"), await stack.VerbAsync("run", "cancel", running.Value));
        Assert.Equal((2, $"cki: {settled} has settled already: infrastructure"), await stack.VerbAsync("run", "cancel", settled.Value, "--reason", "x"));
        Assert.Equal(
            (2, $"cki: {running} is still under test (attempt 1, running): cancel it first, or wait"), await stack.VerbAsync("run", "retest", running.Value, "--reason", "x"));
        Assert.Equal((0, $"{running}: attempt 1 is being canceled; see cki run show."), await stack.VerbAsync("run", "cancel", running.Value, "--reason", "wrong branch"));
        Assert.Equal((0, $"{settled}: attempt 2 is asked for; see cki run show."), await stack.VerbAsync("run", "retest", settled.Value, "--reason", "lab is back"));
        Assert.Equal(
            (0, $"{running}: attempt 1 is looked after; a flow that died gets a successor."), await stack.VerbAsync("run", "resume", running.Value));

        IReadOnlyList<(CloudEvent Event, string? Due)> sent = await stack.SentAsync(QueueNames.Trigger);
        string me = System.Environment.UserName;
        Assert.Equal(new CancelRun(running, 1, me, "wrong branch"), sent.Single(s => s.Event.Type == MessageTypes.CancelRun).Event.Read<CancelRun>());
        Assert.Equal(new RetestRun(settled, 2, me, "lab is back"), sent.Single(s => s.Event.Type == MessageTypes.RetestRun).Event.Read<RetestRun>());
        Assert.Equal(new RunOverdue(running, 1), sent.Single(s => s.Event.Type == MessageTypes.RunOverdue).Event.Read<RunOverdue>());
        Assert.Equal(sent.Select(s => s.Due).Order(), await stack.Documents.KeysAsync(DueMarker.Prefix, 100, CancellationToken.None));
        Assert.Equal([$"run cancel {running}: wrong branch", $"run retest {settled}: lab is back", $"run resume {running}"], await stack.AuditedAsync());
    }

    [Fact]
    public async Task Acts_are_held_and_let_go()
    {
        await using TestStack stack = await TestStack.MakeAsync(moto, "switches");
        Assert.Equal((0, "Nothing is held."), await stack.VerbAsync("pause"));
        Assert.Equal((0, "Held: retry@linux, until resumed. lab move"), await stack.VerbAsync("pause", "retry", "--tree", "linux", "--reason", "lab move"));
        Assert.Equal((0, "Observing: nothing is posted until 'cki arm'."), await stack.VerbAsync("observe"));
        Switch held = (await stack.Documents.GetAsync("paused/retry@linux.json", DocumentJson.Default.Switch, CancellationToken.None))!.Value;
        Assert.Equal(("retry@linux", "lab move", System.Environment.UserName, null), (held.What, held.Reason, held.By, held.Until));
        JsonArray all = JsonNode.Parse((await stack.VerbAsync("pause", "--json")).Output)!.AsArray();
        Assert.Equal(["observe", "retry@linux"], all.Select(s => (string)s!["what"]!));

        Assert.Equal((0, "retry@linux goes on."), await stack.VerbAsync("resume", "retry", "--tree", "linux"));
        Assert.Equal((0, "Armed: acts are posted."), await stack.VerbAsync("arm"));
        Assert.Equal((0, "observe was not held."), await stack.VerbAsync("arm"));
        Assert.Equal((0, "Nothing is held."), await stack.VerbAsync("pause"));
        Assert.Equal(
            ["pause retry@linux: lab move", "observe --stack switches", "resume retry@linux", "arm --stack switches", "arm --stack switches"], await stack.AuditedAsync());
    }

    [Fact]
    public async Task Dead_letters_are_listed_shown_returned_and_dropped()
    {
        await using TestStack stack = await TestStack.MakeAsync(moto, "dead");
        string body = CloudEvent.Of(new CommitDetected(Detection('a').Run), "e1", "/cki/test", s_noon).ToJson();
        var letter = new DeadLetter("trigger", "e1", body, "linux", new Dictionary<string, string>(), s_noon, s_noon) { Parked = true, Rounds = 10 };
        await stack.Documents.PutAsync(letter.Key, letter, DocumentJson.Default.DeadLetter, CancellationToken.None);

        Assert.Equal((0, $"trigger/e1  filed 2026-11-22 12:00Z  round 10  parked  cki.commit.detected {Detection('a').Run}"), await stack.VerbAsync("dead", "list"));
        Assert.Equal(10, (int)JsonNode.Parse((await stack.VerbAsync("dead", "show", "trigger/e1")).Output)!["rounds"]!);
        Assert.Equal((2, "cki: there is no dead letter trigger/e2; see cki dead list"), await stack.VerbAsync("dead", "show", "trigger/e2"));
        Assert.Equal((0, "trigger/e1 goes back at the next tick."), await stack.VerbAsync("dead", "return", "trigger/e1"));
        Assert.False((await stack.Documents.GetAsync(letter.Key, DocumentJson.Default.DeadLetter, CancellationToken.None))!.Value.Parked);
        Assert.Single(await stack.Documents.KeysAsync(DueMarker.Prefix, 100, CancellationToken.None));
        Assert.Equal(2, (await stack.VerbAsync("dead", "drop", "trigger/e1")).Code);
        Assert.Equal((0, $"Dropped trigger/e1 (cki.commit.detected {Detection('a').Run})."), await stack.VerbAsync("dead", "drop", "trigger/e1", "--yes"));
        Assert.Equal((0, "No dead letters."), await stack.VerbAsync("dead", "list"));
        Assert.Equal(["dead return trigger/e1", $"dead drop trigger/e1: cki.commit.detected {Detection('a').Run}"], await stack.AuditedAsync());
    }

    [Fact]
    public async Task An_installation_must_be_one_and_must_be_there()
    {
        await using TestStack stack = await TestStack.MakeAsync(moto, "where");
        Assert.Equal((2, "cki: --data d and --stack where are two installations: say one of them"), await stack.VerbAsync("run", "list", "--data", "d"));
        Assert.Equal(
            (2, "cki: --stack nowhere: there is no parameter /cki/nowhere/installation in region eu-central-1 of this account"),
            await stack.RunAsync("run", "list", "--stack", "nowhere"));
        Assert.Equal((2, "cki: which installation? Say --data DIR (the directory of cki up) or --stack NAME (on AWS)"), await stack.RunAsync("run", "list"));
    }

    [Fact]
    public async Task The_board_of_a_stack_is_served_here_and_nothing_else_of_its_store()
    {
        await using TestStack stack = await TestStack.MakeAsync(moto, "board");
        await WithRunAsync(stack, 'a', new RunAttempt(1));
        await using ChildProcess process = stack.Start("board", "--stack", "board", "--listen", "127.0.0.1:0");
        string line = await process.LineAsync(l => l.StartsWith("Board of --stack board at ", StringComparison.Ordinal), TimeSpan.FromMinutes(1));
        using var http = new HttpClient { BaseAddress = new Uri(line["Board of --stack board at ".Length..]) };

        Assert.Contains("No run has been detected yet.", await http.GetStringAsync("/"));
        Assert.Equal(404, (int)(await http.GetAsync($"/{RunIds.DetectionKey(Detection('a').Run)}")).StatusCode);
        Assert.Equal(404, (int)(await http.GetAsync("/board/..%2Fruns/x.json")).StatusCode);
        Assert.Equal(405, (int)(await http.PostAsync("/board/", null)).StatusCode);
        process.Signal("TERM");
        Assert.Equal(0, await process.ExitAsync(TimeSpan.FromMinutes(1)));
    }
}
