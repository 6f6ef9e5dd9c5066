using System.Text;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Xunit;

namespace Cki.Tests.LambdaRooms;

public sealed class EventRouterTests
{
    private readonly FunctionDouble _function = new();

    [Theory]
    [InlineData("""{"Records":[]}""", EventShape.SqsBatch)]
    [InlineData("""{"task":"x","input":null}""", EventShape.FlowTask)]
    [InlineData("""{"input":{"Records":[]},"task":"x"}""", EventShape.FlowTask)]
    [InlineData("""{"version":"2.0","routeKey":"$default","rawPath":"/"}""", EventShape.HttpApi)]
    [InlineData("""{"version":"0","detail-type":"Scheduled Event","detail":{"task":"x"}}""", EventShape.Unknown)]
    [InlineData("""{}""", EventShape.Unknown)]
    [InlineData("""["Records"]""", EventShape.Unknown)]
    [InlineData("""Records""", EventShape.Unknown)]
    [InlineData("", EventShape.Unknown)]
    [InlineData("""{"version":"2.0""", EventShape.Unknown)]
    public void Events_are_told_apart_by_their_outermost_fields(string json, EventShape shape) =>
        Assert.Equal(shape, EventShapes.Of(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"detail":{}}""", "The event is none of ours: neither a batch of SQS records, nor {\"task\": name, \"input\": ...}, nor an HTTP API request of format 2.0.")]
    [InlineData("""{"rawPath":"/"}""", "This function answers no HTTP requests.")]
    [InlineData("""{"task":"unheard-of"}""", "This function has no task 'unheard-of'.")]
    [InlineData("""{"task":7}""", "The field \"task\" is not a task's name.")]
    public async Task What_has_no_handler_is_refused_by_name(string json, string words)
    {
        _function.Api.Enqueue(json);
        await _function.RunAsync(FunctionDouble.Tasks());
        Posted posted = Assert.Single(_function.Api.Posts);
        Assert.Equal(("error", "UnknownEventException"), (posted.What, posted.ErrorType));
        Assert.Equal(words, (string?)JsonNode.Parse(posted.Body)!["errorMessage"]);
    }

    [Fact]
    public async Task A_request_that_cannot_be_answered_is_answered_503()
    {
        _function.Api.Enqueue("""{"version":"2.0","rawPath":"/webhooks/gitlab"}""");
        await _function.RunAsync(FunctionDouble.Tasks() with { HttpApi = (_, _) => throw new ConfigUnavailableException("none was pushed") });
        Posted posted = Assert.Single(_function.Api.Posts);
        Assert.Equal(
            ("response", """{"statusCode":503,"headers":{"content-type":"text/plain; charset=utf-8","retry-after":"30"},"body":"The delivery could not be taken. Try again later.\n","isBase64Encoded":false}"""),
            (posted.What, posted.Body));
    }

    [Fact]
    public async Task A_request_does_not_wait_for_a_store_that_is_silent()
    {
        _function.Api.Enqueue("""{"version":"2.0","rawPath":"/webhooks/gitlab"}""");
        _function.Refresh = _ => new TaskCompletionSource().Task;
        Task run = _function.RunAsync(FunctionDouble.Tasks() with { HttpApi = (_, _) => Task.FromResult(new APIGatewayHttpApiV2ProxyResponse { StatusCode = 202 }) });
        Assert.Empty(_function.Api.Posts);
        _function.Suite.Clock.Advance(TimeSpan.FromSeconds(1.5));
        await run;
        Assert.Equal("""{"statusCode":202,"isBase64Encoded":false}""", Assert.Single(_function.Api.Posts).Body);
    }
}
