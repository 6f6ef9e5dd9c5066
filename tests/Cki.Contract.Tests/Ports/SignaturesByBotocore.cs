using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Kestrel;
using Xunit;

namespace Cki.Contract.Tests.Ports;

/// <summary>What <see cref="SignedJson"/> signs, signed again by botocore.</summary>
public sealed class SignaturesByBotocore
{
    [Theory]
    [InlineData(null, "/")]
    [InlineData("a session/token+==", "/")]
    [InlineData("token", "/behind/a/path")]
    public async Task Both_sign_alike(string? token, string path)
    {
        var seen = new TaskCompletionSource<(string Url, Dictionary<string, string> Headers, string Body)>();
        await using WebServer server = await WebServer.StartAsync(async (request, cancellationToken) =>
        {
            var headers = request.Headers.Concat(request.Content!.Headers).ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase);
            seen.TrySetResult((request.RequestUri!.AbsoluteUri, headers, await request.Content.ReadAsStringAsync(cancellationToken)));
            return new HttpResponseMessage { Content = new StringContent("{}") };
        });
        var environment = new Dictionary<string, string>
        {
            ["AWS_REGION"] = "eu-central-1", ["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE", ["AWS_SECRET_ACCESS_KEY"] = "wJalr/XUtnFEMI+K7MDENG",
            ["AWS_ENDPOINT_URL_SFN"] = new Uri(server.Address, path).AbsoluteUri,
        };
        if (token is not null)
            environment["AWS_SESSION_TOKEN"] = token;
        using var session = new AwsSession(environment.GetValueOrDefault, TimeProvider.System, new SystemDice());
        await new SignedJson(session, JsonService.StepFunctions).CallAsync(
            "SendTaskSuccess", new JsonObject { ["output"] = "{\"ä\":1}" }, TestContext.Current.CancellationToken);

        (string url, Dictionary<string, string> headers, string body) = await seen.Task;
        JsonNode theirs = await PeerScript.PythonAsync("sigv4.py", new JsonObject
        {
            ["method"] = "POST", ["url"] = url, ["body"] = body, ["service"] = "states", ["region"] = "eu-central-1",
            ["headers"] = new JsonObject { ["Content-Type"] = headers["Content-Type"], ["X-Amz-Target"] = headers["X-Amz-Target"] },
            ["id"] = "AKIDEXAMPLE", ["secret"] = "wJalr/XUtnFEMI+K7MDENG", ["token"] = token, ["time"] = headers["X-Amz-Date"],
        });
        Assert.Equal((string)theirs["authorization"]!, headers["Authorization"]);
    }

    [Theory]
    [InlineData("lambda", "/2016-08-19/account-settings/")]
    [InlineData("cloudformation", null)]
    public async Task Both_sign_reads_and_forms_alike(string service, string? path)
    {
        var seen = new TaskCompletionSource<(string Method, string Url, Dictionary<string, string> Headers, string Body)>();
        await using WebServer server = await WebServer.StartAsync(async (request, cancellationToken) =>
        {
            var headers = request.Headers.Concat(request.Content!.Headers).ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase);
            seen.TrySetResult((request.Method.Method, request.RequestUri!.AbsoluteUri, headers, await request.Content.ReadAsStringAsync(cancellationToken)));
            return new HttpResponseMessage { Content = new StringContent("{}") };
        });
        var environment = new Dictionary<string, string>
        {
            ["AWS_REGION"] = "eu-central-1", ["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE", ["AWS_SECRET_ACCESS_KEY"] = "wJalr/XUtnFEMI+K7MDENG", ["AWS_SESSION_TOKEN"] = "a session/token+==",
            ["AWS_ENDPOINT_URL"] = server.Address.AbsoluteUri,
        };
        using var session = new AwsSession(environment.GetValueOrDefault, TimeProvider.System, new SystemDice());
        var api = new SignedText(session, service);
        await (path is null
            ? api.AskFormAsync([new("Action", "DescribeStacks"), new("StackName", "a b/ä")], TestContext.Current.CancellationToken)
            : api.GetAsync(path, TestContext.Current.CancellationToken));

        (string method, string url, Dictionary<string, string> headers, string body) = await seen.Task;
        var signed = new JsonObject();
        if (headers.TryGetValue("Content-Type", out string? type))
            signed["Content-Type"] = type;
        JsonNode theirs = await PeerScript.PythonAsync("sigv4.py", new JsonObject
        {
            ["method"] = method, ["url"] = url, ["body"] = body, ["service"] = service, ["region"] = "eu-central-1", ["headers"] = signed,
            ["id"] = "AKIDEXAMPLE", ["secret"] = "wJalr/XUtnFEMI+K7MDENG", ["token"] = "a session/token+==", ["time"] = headers["X-Amz-Date"],
        });
        Assert.Equal((string)theirs["authorization"]!, headers["Authorization"]);
    }
}
