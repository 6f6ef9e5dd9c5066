using System.Text.Json.Nodes;
using Cki.Engine;
using Cki.Tests.Doubles;
using Cki.Tests.EngineRooms;
using Xunit;

namespace Cki.Tests.TriggerRoom;

/// <summary>infra/flows/test-commit.asl.json, stepped by the engine's interpreter.</summary>
public class FlowFileTests
{
    private const string Run = "mainline-main-aaaaaaaaaaaa-01234567";
    private const string There = """ "group": "gitlab.example/cki/pipelines", "ref": {"project": {"host": "gitlab.example", "path": "cki/pipelines"}, "id": 1000}, "webUrl": "" """;

    private readonly FlowDefinition _flow;
    private readonly TaskCalls _calls = new(new CountingDice(), _ => null);
    private readonly List<OutgoingMessage> _sent = [];
    private DateTimeOffset _now = A.Noon;
    private Execution _execution;

    public FlowFileTests()
    {
        var names = new Dictionary<string, string>
        {
            ["PipelineTriggerTaskFunctionArn"] = "PipelineTrigger", ["HerdQueueUrl"] = "herd", ["ReportQueueUrl"] = "report",
        };
        _flow = FlowDefinition.Load("test-commit", Repository.Read("infra/flows/test-commit.asl.json"), names);
        _execution = new Execution
        {
            Id = 7, Flow = "test-commit", Name = $"{Run}-1", MachineSha = _flow.Sha256, Started = _now, Input = $$"""{"runId":"{{Run}}","attempt":1}""",
        };
        Happens(new Happening.Entered());
    }

    private void Happens(Happening happening)
    {
        Stepped stepped = FlowStepper.Step(_flow, _execution, happening, _now, _calls);
        _execution = stepped.Execution;
        _sent.AddRange(stepped.Sends);
    }

    private void Answers(string status, string more = "") =>
        Happens(new Happening.Succeeded(_execution.Seq, TaskCalls.Answer(JsonNode.Parse($$"""{"status": "{{status}}", "waitSeconds": 60, "loop": 2, {{There}} {{more}} }"""))));

    private void Fails(string error) => Happens(new Happening.Failed(_execution.Seq, error, "why"));

    private void Passes(double seconds)
    {
        _now = _now.AddSeconds(seconds);
        Happens(new Happening.Due());
    }

    private OutgoingMessage Sent(string queue) => Assert.Single(_sent, m => m.Queue == queue);

    private string[] Asked => [.. _sent.Where(m => m.Queue == "tasks").Select(m => JsonNode.Parse(m.Body)!["task"]!.GetValue<string>())];

    [Fact]
    public void Its_messages_are_those_that_the_stages_read()
    {
        Answers("started");
        CloudEvent started = CloudEvent.Parse(Sent("report").Body);
        Assert.Equal((MessageTypes.RunStarted, $"{Run}-1-started", A.Noon), (started.Type, started.Id, started.Time));
        Assert.Equal(new RunStarted(new RunId(Run), 1), started.Read<RunStarted>());
        OutgoingMessage awaited = Sent("herd");
        Assert.Equal("gitlab.example/cki/pipelines", awaited.Group);
        PipelineAwaited read = CloudEvent.Parse(awaited.Body).Read<PipelineAwaited>();
        Assert.Equal(new PipelineAwaited(new RunId(Run), 1, A.Pipeline(1000), _execution.Token!, 2), read);
        _sent.Clear();
        Passes(60);
        Answers("settled");
        Assert.Equal(new RunSettled(new RunId(Run), 1), CloudEvent.Parse(Sent("report").Body).Read<RunSettled>());
        Assert.Equal(FlowStatus.Succeeded, _execution.Status);
    }

    [Fact]
    public void A_time_out_of_the_await_looks_and_awaits_again_with_the_next_loop()
    {
        Answers("started");
        Passes(60);
        Assert.Equal("CheckPipeline", _execution.State);
        Assert.Equal($$$"""{"task":"check-pipeline","input":{"runId":"{{{Run}}}","attempt":1,"loop":2},"flow":{"runId":"{{{Run}}}","attempt":1}}""", _sent[^1].Body);
        Answers("running");
        Assert.Equal("AwaitPipeline", _execution.State);
        Assert.Equal(2, _sent.Count(m => m.Queue == "herd"));
    }

    [Fact]
    public void Quiet_is_waited_for_without_asking_for_a_signal()
    {
        Answers("started");
        Passes(60);
        Answers("quiet");
        Assert.Equal("BeQuiet", _execution.State);
        Assert.Single(_sent, m => m.Queue == "herd");
        Passes(60);
        Assert.Equal("CheckPipeline", _execution.State);
    }

    [Theory]
    [InlineData("starving", "", "fall-back")]
    [InlineData("superseded", """, "newer": "abc" """, "cancel-pipeline")]
    public void A_check_leads_to_the_task_for_what_it_found_and_then_to_the_report(string status, string more, string task)
    {
        Answers("started");
        Passes(60);
        Answers(status, more);
        Assert.Equal(["start-pipeline", "check-pipeline", task], Asked);
        Answers("settled");
        Assert.Equal(FlowStatus.Succeeded, _execution.Status);
    }

    [Theory]
    [InlineData("deadline")]
    [InlineData("settled")]
    public void An_end_is_reported(string status)
    {
        Answers("started");
        Passes(60);
        Answers(status);
        Assert.Equal(FlowStatus.Succeeded, _execution.Status);
        Assert.Equal(2, _sent.Count(m => m.Queue == "report"));
    }

    [Fact]
    public void A_refusal_is_not_tried_again_but_settled_and_reported()
    {
        Fails("GitLab.Refused");
        Assert.Equal(["start-pipeline", "refuse-run"], Asked);
        Assert.Equal("""{"Error":"GitLab.Refused","Cause":"why"}""", JsonNode.Parse(_sent[^1].Body)!["input"]!["error"]!.ToJsonString());
        Answers("settled");
        Assert.Equal(FlowStatus.Succeeded, _execution.Status);
    }

    [Theory]
    [InlineData("GitLab.Unavailable", 12)]
    [InlineData("Cki.Paused", 100)]
    [InlineData("Cki.Busy", 1)]
    [InlineData("StoreUnavailableException", 2)]
    public void Trouble_is_tried_again_for_hours(string error, double hours)
    {
        while (_now < A.Noon.AddHours(hours))
        {
            Fails(error);
            Assert.Equal("StartPipeline", _execution.State);
            Passes(600);
        }
        Answers("started");
        Assert.Equal("AwaitPipeline", _execution.State);
    }

    [Fact]
    public void A_successor_of_a_died_execution_only_reports_what_was_settled()
    {
        Answers("settled");
        Assert.Equal(FlowStatus.Succeeded, _execution.Status);
        Assert.Equal(["start-pipeline"], Asked);
        Assert.Equal(MessageTypes.RunSettled, CloudEvent.Parse(Sent("report").Body).Type);
    }
}

/// <summary>Files of the checkout that the tests run in.</summary>
internal static class Repository
{
    public static string Read(string path)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "CkiServerless.sln")))
                return File.ReadAllText(Path.Combine(at.FullName, path));
        }
        throw new DirectoryNotFoundException($"{path}: no checkout above {AppContext.BaseDirectory}");
    }
}
