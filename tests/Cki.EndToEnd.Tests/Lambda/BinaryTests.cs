using System.Text.Json.Nodes;
using Cki.Adapters;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>Each published bootstrap starts, takes an event and answers it.</summary>
public sealed class BinaryTests
{
    [Fact]
    public async Task The_intake_archives_a_push_sends_it_on_and_answers_202()
    {
        await using FunctionProcess function = await FunctionProcess.StartAsync("WebhookIntake");
        Invoked answered = await function.Api.InvokeAsync(FunctionProcess.Delivery("d-1", FunctionProcess.Push(10_000)));
        Assert.Equal(
            ("""{"statusCode":202,"headers":{"content-type":"text/plain; charset=utf-8"},"body":"Accepted as delivery d-1.\n","isBase64Encoded":false}""", false),
            (answered.Body, answered.IsError));
        Assert.Equal(
            ["S3 GET state/config/current", "S3 GET state/config/HASH.json", "SSM GetParametersByPath", "S3 PUT archive/deliveries/...", "SQS SendMessage"],
            function.Aws.Calls.Select(call => Named(call.What)));
        JsonNode sent = JsonNode.Parse((string)JsonNode.Parse(function.Aws.Calls.Single(c => c.What == "SQS SendMessage").Body)!["MessageBody"]!)!;
        Assert.Equal("cki.push.received", (string?)sent["type"]);
    }

    [Fact]
    public async Task A_wrong_token_is_refused_and_leaves_nothing_behind()
    {
        await using FunctionProcess function = await FunctionProcess.StartAsync("WebhookIntake");
        Invoked answered = await function.Api.InvokeAsync(FunctionProcess.Delivery("d-1", FunctionProcess.Push(100), "wrong"));
        Assert.Equal(401, (int)JsonNode.Parse(answered.Body)!["statusCode"]!);
        Assert.DoesNotContain(function.Aws.Calls, call => call.What.StartsWith("S3 PUT", StringComparison.Ordinal) || call.What.StartsWith("SQS", StringComparison.Ordinal));
    }

    /// <summary>The heap's limit must carry the largest event that Lambda passes on, again and again.</summary>
    [Fact]
    public async Task The_largest_deliveries_pass_one_after_the_other()
    {
        await using FunctionProcess function = await FunctionProcess.StartAsync("WebhookIntake");
        string push = FunctionProcess.Push(6_000_000);
        for (int i = 0; i < 8; i++)
        {
            Invoked answered = await function.Api.InvokeAsync(FunctionProcess.Delivery($"d-{i}", push));
            Assert.True(answered.Body.Contains("202", StringComparison.Ordinal), $"delivery {i}: {answered.Body}\n{function.Process.Output}");
        }
    }

    [Fact]
    public async Task Logs_and_metrics_are_lines_of_json_with_the_ids_of_the_invocation()
    {
        await using FunctionProcess function = await FunctionProcess.StartAsync("WebhookIntake");
        Invoked answered = await function.Api.InvokeAsync(FunctionProcess.Delivery("d-1", FunctionProcess.Push(100)), trace: "Root=1-2-3;Sampled=0");
        JsonNode taken = JsonNode.Parse(await function.Process.LineAsync(line => line.Contains("Delivery d-1", StringComparison.Ordinal), TimeSpan.FromSeconds(5)))!;
        Assert.Equal(
            (answered.RequestId, "d-1", "1-2-3", "Information", "cki.intake"),
            ((string?)taken["function_request_id"], (string?)taken["correlation_id"], (string?)taken["xray_trace_id"], (string?)taken["level"], (string?)taken["name"]));
        JsonNode metric = JsonNode.Parse(await function.Process.LineAsync(line => line.Contains("cki_deliveries", StringComparison.Ordinal), TimeSpan.FromSeconds(5)))!;
        Assert.Equal(("accepted", 1), ((string?)metric["outcome"], (int)metric["cki_deliveries"]!));
        Assert.DoesNotContain(FunctionProcess.HookToken, function.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CommitDetection", "detect")]
    [InlineData("PipelineTrigger", "trigger")]
    [InlineData("JobHerding", "herd")]
    [InlineData("Reporting", "report")]
    [InlineData("Watch", "watch")]
    public async Task A_stage_fails_the_unreadable_record_alone_and_hides_it(string stage, string queue)
    {
        await using FunctionProcess function = await FunctionProcess.StartAsync(stage);
        Invoked answered = await function.Api.InvokeAsync(FunctionProcess.Batch($"test-{queue}", ("m-1", "this is not JSON")));
        Assert.Equal(("""{"batchItemFailures":[{"itemIdentifier":"m-1"}]}""", false), (answered.Body, answered.IsError));
        AwsCall hidden = function.Aws.Calls.Single(call => call.What == "SQS ChangeMessageVisibility");
        Assert.Equal("handle-m-1", (string?)JsonNode.Parse(hidden.Body)!["ReceiptHandle"]);
        Assert.Equal("""{"batchItemFailures":[]}""", (await function.Api.InvokeAsync("""{"Records":[]}""")).Body);
    }

    [Theory]
    [InlineData("PipelineTrigger", "refuse-run")]
    [InlineData("JobHerding", "retry-job")]
    public async Task A_task_that_fails_answers_an_error_and_the_process_lives_on(string stage, string task)
    {
        await using FunctionProcess function = await FunctionProcess.StartAsync(stage);
        Invoked failed = await function.Api.InvokeAsync($$$"""{"task":"{{{task}}}","input":{}}""");
        Invoked unknown = await function.Api.InvokeAsync("""{"task":"unheard-of","input":{}}""");
        Assert.Equal((true, true, "UnknownEventException"), (failed.IsError, unknown.IsError, unknown.ErrorType));
        Assert.NotEqual("UnknownEventException", failed.ErrorType);
        Assert.False(function.Process.HasExited);
    }

    /// <summary>As template.yaml sets it: a file of roots, and a folder that does not exist.</summary>
    [Theory]
    [InlineData(true, 202)]
    [InlineData(false, 503)]
    public async Task The_intake_trusts_the_roots_of_its_variable_and_no_others(bool isOurs, int status)
    {
        using var scratch = new Scratch();
        await using FunctionProcess function = await FunctionProcess.PrepareAsync();
        await using var tls = new TlsFront(function.Endpoint);
        string shipped = File.ReadAllText(Path.Combine(PublishedFunctions.Directory, "WebhookIntake", "amazon-roots.pem"));
        function.Start([PublishedFunctions.Bootstrap("WebhookIntake")], new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = tls.Address,
            ["SSL_CERT_FILE"] = scratch.Write("roots.pem", isOurs ? shipped + tls.RootPem : shipped),
            ["SSL_CERT_DIR"] = scratch.In("none"),
        });
        Invoked answered = await function.Api.InvokeAsync(FunctionProcess.Delivery("d-1", FunctionProcess.Push(100)));
        Assert.Equal(status, (int)JsonNode.Parse(answered.Body)!["statusCode"]!);
    }

    [Fact]
    public async Task A_killed_process_s_event_fails_and_the_next_process_takes_the_next_one()
    {
        await using FunctionProcess function = await FunctionProcess.StartAsync("WebhookIntake");
        await function.Api.InvokeAsync(FunctionProcess.Delivery("d-1", FunctionProcess.Push(100)));
        await function.KillAsync();
        Task<Invoked> waiting = function.Api.InvokeAsync(FunctionProcess.Delivery("d-2", FunctionProcess.Push(100)));
        function.Start([PublishedFunctions.Bootstrap("WebhookIntake")]);
        Assert.Contains("Accepted as delivery d-2.", (await waiting).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_without_its_variables_names_the_one_it_needs()
    {
        await using FunctionProcess function = await FunctionProcess.StartAsync("Watch", new Dictionary<string, string> { ["CKI_STATE_BUCKET"] = "" });
        await function.Api.InvokeAsync(FunctionProcess.Batch("test-watch", ("m-1", "{}")));
        await function.Process.LineAsync(line => line.Contains("CKI_STATE_BUCKET is not set", StringComparison.Ordinal), TimeSpan.FromSeconds(5));
    }

    /// <summary>The time in an envelope would differ; names and order are what counts.</summary>
    private static string Named(string call) =>
        call.StartsWith("S3 PUT archive/deliveries/", StringComparison.Ordinal) ? "S3 PUT archive/deliveries/..."
        : call.StartsWith("S3 GET state/config/", StringComparison.Ordinal) && call.EndsWith(".json", StringComparison.Ordinal) ? "S3 GET state/config/HASH.json"
        : call;
}
