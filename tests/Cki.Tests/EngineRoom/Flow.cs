using System.Text.Json.Nodes;
using Cki.Engine;
using Xunit;

namespace Cki.Tests.EngineRooms;

/// <summary>One execution stepped by hand: no database, no queue, a clock that is a value.</summary>
internal sealed class Flow
{
    private readonly FlowDefinition machine;
    private readonly TaskCalls calls;
    private Execution execution;

    public Flow(string states, string input = "{}", string startAt = "A", string rest = "")
    {
        machine = Load(states, startAt, rest);
        calls = new TaskCalls(new CountingDice(), message => message.Queue is "herd" or "report" ? null : "there is no such queue");
        execution = new Execution
        {
            Id = 7, Flow = "test", Name = "run-1", MachineSha = machine.Sha256, Started = Now, Input = input,
            Deadline = machine.TimeoutSeconds is { } seconds ? Now.AddSeconds(seconds) : null,
        };
        Happens(new Happening.Entered());
    }

    public DateTimeOffset Now { get; private set; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public List<OutgoingMessage> Sent { get; } = [];

    public List<FlowTransition> History { get; } = [];

    public Execution Execution => execution;

    /// <summary>Status, output, error and cause in one line.</summary>
    public string End => $"{execution.Status} {execution.Output ?? $"{execution.Error}: {execution.Cause}"}";

    public static FlowDefinition Load(string states, string startAt = "A", string rest = "") =>
        FlowDefinition.Load(
            "test", $$$"""{"StartAt": "{{{startAt}}}", {{{rest}}} "States": {{{states}}}}""",
            new Dictionary<string, string> { ["Function"] = "Stage", ["HerdQueueUrl"] = "herd" });

    public bool Happens(Happening happening)
    {
        Stepped stepped = FlowStepper.Step(machine, execution, happening, Now, calls);
        execution = stepped.Execution;
        Sent.AddRange(stepped.Sends);
        History.AddRange(stepped.Transitions);
        return stepped.IsTaken;
    }

    public bool Answers(string payload) => Happens(new Happening.Succeeded(execution.Seq, TaskCalls.Answer(JsonNode.Parse(payload))));

    public bool Fails(string error, string cause = "why") => Happens(new Happening.Failed(execution.Seq, error, cause));

    /// <summary>Lets time pass; what comes due in it happens.</summary>
    public bool Passes(double seconds)
    {
        Now += TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
        return Happens(new Happening.Due());
    }

    /// <summary>The output of a flow of one Pass state with these parameters.</summary>
    public static string Evaluated(string parameters, string input = "{}") =>
        new Flow($$$"""{"A": {"Type": "Pass", "Parameters": {{{parameters}}}, "End": true}}""", input).End;
}
