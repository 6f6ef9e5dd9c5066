using System.Net;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Xunit;

namespace Cki.Tests.LambdaRooms;

public sealed class RuntimeLoopTests
{
    private const string Event = """{"task":"check","input":{"runId":"mainline-1"}}""";

    private readonly FunctionDouble _function = new();

    [Fact]
    public async Task A_task_s_answer_is_posted_for_its_own_request()
    {
        _function.Api.Enqueue("""{"task":"check","input":{"n":1}}""");
        _function.Api.Enqueue("""{"task":"check","input":{"n":2}}""");
        await _function.RunAsync(FunctionDouble.Tasks(("check", (input, _) => Task.FromResult<JsonNode?>(input!.DeepClone()))));
        Assert.Equal([new Posted("request-1", "response", """{"n":1}""", null), new Posted("request-2", "response", """{"n":2}""", null)], _function.Api.Posts);
    }

    [Fact]
    public async Task A_task_without_an_answer_answers_null()
    {
        _function.Api.Enqueue(Event);
        await _function.RunAsync(Checking((_, _) => Task.FromResult<JsonNode?>(null)));
        Assert.Equal([new Posted("request-1", "response", "null", null)], _function.Api.Posts);
    }

    [Fact]
    public async Task A_named_failure_goes_to_the_flow_under_its_name()
    {
        _function.Api.Enqueue(Event);
        await _function.RunAsync(Checking((_, _) => throw new FlowTaskException(ErrorNames.GitLabUnavailable, "GitLab answers 502")));
        Posted posted = Assert.Single(_function.Api.Posts);
        Assert.Equal(("request-1", "error", "GitLab.Unavailable"), (posted.RequestId, posted.What, posted.ErrorType));
        JsonNode body = JsonNode.Parse(posted.Body)!;
        Assert.Equal("GitLab.Unavailable", (string?)body["errorType"]);
        Assert.Equal("GitLab answers 502", (string?)body["errorMessage"]);
        Assert.IsType<JsonArray>(body["stackTrace"]);
    }

    [Fact]
    public async Task An_unnamed_failure_goes_under_its_class_and_the_next_event_is_served()
    {
        _function.Api.Enqueue(Event);
        _function.Api.Enqueue(Event);
        var calls = 0;
        await _function.RunAsync(Checking((_, _) => ++calls == 1 ? throw new InvalidDataException("broken") : Task.FromResult<JsonNode?>("fine")));
        Assert.Equal([("error", "InvalidDataException"), ("response", null)], _function.Api.Posts.Select(p => (p.What, p.ErrorType)));
    }

    [Fact]
    public async Task A_task_is_cancelled_before_its_deadline_and_fails_as_timed_out()
    {
        _function.Api.Enqueue(Event, TimeSpan.FromSeconds(20));
        Task run = _function.RunAsync(Checking(async (_, ct) =>
        {
            await Task.Delay(TimeSpan.FromHours(1), _function.Suite.Clock, ct);
            return null;
        }));
        _function.Suite.Clock.Advance(TimeSpan.FromSeconds(17.9));
        Assert.Empty(_function.Api.Posts);
        _function.Suite.Clock.Advance(TimeSpan.FromSeconds(0.2));
        await run;
        Assert.Equal("Sandbox.Timedout", Assert.Single(_function.Api.Posts).ErrorType);
    }

    [Fact]
    public async Task Work_that_ignores_its_deadline_is_answered_and_does_not_live_to_see_the_next_event()
    {
        _function.Api.Enqueue(Event, TimeSpan.FromSeconds(20));
        _function.Api.Enqueue(Event);
        var never = new TaskCompletionSource<JsonNode?>();
        Task<int> run = _function.RunAsync(Checking((_, _) => never.Task));
        _function.Suite.Clock.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(1, await run);
        Assert.Equal(["next", "error"], _function.Api.Happened);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_becomes_an_error()
    {
        _function.Api.Enqueue(Event);
        _function.Api.Status = posted => posted.What == "response" ? HttpStatusCode.RequestEntityTooLarge : HttpStatusCode.Accepted;
        await _function.RunAsync(Checking((_, _) => Task.FromResult<JsonNode?>("1234567890")));
        Assert.Equal(
            ("error", "Function.ResponseSizeTooLarge", """{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"The answer has 12 bytes, more than Lambda takes.","stackTrace":[]}"""),
            (_function.Api.Posts[1].What, _function.Api.Posts[1].ErrorType, _function.Api.Posts[1].Body));
    }

    [Fact]
    public async Task The_process_ends_when_the_runtime_api_is_broken()
    {
        _function.Api.Enqueue(Event);
        _function.Api.Enqueue(Event);
        _function.Api.Status = _ => HttpStatusCode.InternalServerError;
        Assert.Equal(1, await _function.RunAsync(Checking((_, _) => Task.FromResult<JsonNode?>(null))));
        Assert.Equal(["next", "response"], _function.Api.Happened);
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_does_not_end_the_process()
    {
        _function.Api.Enqueue(Event);
        _function.Api.Enqueue(Event);
        _function.Api.Status = posted => posted.RequestId == "request-1" ? HttpStatusCode.BadRequest : HttpStatusCode.Accepted;
        await _function.RunAsync(Checking((_, _) => Task.FromResult<JsonNode?>(null)));
        Assert.Equal(["next", "response", "next", "response", "next"], _function.Api.Happened);
    }

    [Fact]
    public async Task A_function_that_cannot_be_composed_says_so_and_asks_for_no_event()
    {
        Assert.Equal(1, await _function.RunAsync(_ => throw new InvalidDataException("CKI_BOARD_URL is no address")));
        Posted posted = Assert.Single(_function.Api.Posts);
        Assert.Equal(("init/error", "InvalidDataException"), (posted.What, posted.ErrorType));
        Assert.DoesNotContain("next", _function.Api.Happened);
    }

    [Fact]
    public async Task Without_a_runtime_api_the_program_says_what_it_is()
    {
        _function.Environment.Remove("AWS_LAMBDA_RUNTIME_API");
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _function.RunAsync(FunctionDouble.Tasks()));
        Assert.Equal(
            "AWS_LAMBDA_RUNTIME_API is not set: this program is a Lambda function's bootstrap. On one machine the suite runs by 'cki up'.", refused.Message);
    }

    [Fact]
    public async Task The_trace_is_that_of_the_invocation_and_does_not_leak_into_an_untraced_one()
    {
        _function.Api.Enqueue(Event, trace: "Root=1-a;Parent=b;Sampled=1");
        _function.Api.Enqueue(Event);
        var seen = new List<string?>();
        await _function.RunAsync(Checking((_, _) =>
        {
            seen.Add(System.Environment.GetEnvironmentVariable(RuntimeLoop.TraceVariable));
            return Task.FromResult<JsonNode?>(null);
        }));
        Assert.Equal(["Root=1-a;Parent=b;Sampled=1", null], seen);
    }

    [Fact]
    public async Task The_configuration_is_looked_at_before_each_task()
    {
        _function.Api.Enqueue(Event);
        _function.Refresh = _ => throw new ConfigUnavailableException("none");
        await _function.RunAsync(Checking((_, _) => Task.FromResult<JsonNode?>("it ran")));
        Assert.Equal("ConfigUnavailableException", Assert.Single(_function.Api.Posts).ErrorType);
    }

    [Fact]
    public async Task Secrets_do_not_reach_a_flow_through_an_error()
    {
        _function.Api.Enqueue(Event);
        await _function.RunAsync(start => Checking(async (_, ct) =>
        {
            string? token = await start.Ports.Secrets.GetAsync("hook-token", ct);
            throw new FlowTaskException("X", $"refused with {token}");
        }));
        Assert.Equal("refused with ***", (string?)JsonNode.Parse(Assert.Single(_function.Api.Posts).Body)!["errorMessage"]);
    }

    private static FunctionRoutes Checking(FlowTask task) => FunctionDouble.Tasks(("check", task));
}
