using System.Text;
using System.Text.Json;
using Cki.Adapters;
using Cki.Tests.Doubles;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.LambdaRooms;

public sealed class HttpApiDoorTests
{
    /// <summary>As API Gateway documents format 2.0, with what this suite does not read left in.</summary>
    private const string Documented = """
        {
          "version": "2.0", "routeKey": "POST /webhooks/{source}", "rawPath": "/webhooks/gitlab", "rawQueryString": "p=1", "cookies": ["a=b"],
          "headers": { "x-gitlab-token": "hook-secret", "idempotency-key": "d-1", "content-type": "application/json" },
          "queryStringParameters": { "p": "1" },
          "requestContext": {
            "accountId": "123456789012", "apiId": "api", "domainName": "id.execute-api.eu-central-1.amazonaws.com", "domainPrefix": "id",
            "http": { "method": "POST", "path": "/webhooks/gitlab", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "GitLab/18" },
            "requestId": "gw-1", "routeKey": "POST /webhooks/{source}", "stage": "$default", "time": "22/Nov/2026:12:00:00 +0000", "timeEpoch": 1795348800000
          },
          "body": "{\"object_kind\":\"ping\"}", "pathParameters": { "source": "gitlab" }, "isBase64Encoded": false
        }
        """;

    private readonly InMemoryPorts _suite = new();

    [Fact]
    public async Task A_delivery_in_the_documented_shape_is_taken()
    {
        APIGatewayHttpApiV2ProxyResponse answer = await AskAsync(Read(Documented));
        Assert.Equal(
            """{"statusCode":202,"headers":{"content-type":"text/plain; charset=utf-8"},"body":"Accepted as delivery d-1.\n","isBase64Encoded":false}""",
            JsonSerializer.Serialize(answer, LambdaJson.Default.APIGatewayHttpApiV2ProxyResponse));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_archive_holds_the_bytes_as_they_were_sent(bool isBase64)
    {
        byte[] sent = Encoding.UTF8.GetBytes("{\"object_kind\":\"ping\",\"name\":\"Ærøskøbing \\u00e9\"}");
        await AskAsync(Read(Documented) with { IsBase64Encoded = isBase64, Body = isBase64 ? Convert.ToBase64String(sent) : Encoding.UTF8.GetString(sent) });
        string key = Assert.Single(await _suite.Ports.Documents.KeysAsync("deliveries/", 10, default));
        Document<ArchivedDelivery>? archived = await _suite.Ports.Documents.GetAsync(key, DocumentJson.Default.ArchivedDelivery, default);
        Assert.Equal(sent, Convert.FromBase64String(archived!.Value.Body));
    }

    [Fact]
    public async Task Refusals_keep_their_headers()
    {
        APIGatewayHttpApiV2ProxyRequest request = Read(Documented);
        APIGatewayHttpApiV2ProxyResponse answer = await AskAsync(request with { RequestContext = new() { Http = new() { Method = "GET" } } });
        Assert.Equal((405, "Webhooks are posted: use POST.\n", "POST"), (answer.StatusCode, answer.Body, answer.Headers!["allow"]));
    }

    [Fact]
    public async Task An_empty_request_is_answered_too() =>
        Assert.Equal(404, (await AskAsync(new APIGatewayHttpApiV2ProxyRequest())).StatusCode);

    [Fact]
    public async Task A_body_beyond_lambda_s_limit_is_answered_413()
    {
        APIGatewayHttpApiV2ProxyResponse answer = await AskAsync(Read(Documented) with { Body = new string(' ', 6 * 1024 * 1024 + 1) });
        Assert.Equal((413, "The body is larger than 6291456 bytes (6 MB), the most that is taken.\n"), (answer.StatusCode, answer.Body));
    }

    private static APIGatewayHttpApiV2ProxyRequest Read(string json) =>
        JsonSerializer.Deserialize(json, LambdaJson.Default.APIGatewayHttpApiV2ProxyRequest)!;

    private Task<APIGatewayHttpApiV2ProxyResponse> AskAsync(APIGatewayHttpApiV2ProxyRequest request) =>
        new HttpApiDoor(WebhookIntakeStage.Compose(_suite.Ports, NullLoggerFactory.Instance, HttpApiDoor.Options).Door).AnswerAsync(request, default);
}
