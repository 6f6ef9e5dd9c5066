using System.Text.Json;
using System.Text.Json.Nodes;
using Cki.Adapters;
using AwsCalls = Cki.Peers.AwsCalls;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>
/// An event source mapping of the template: receives batches, invokes the function, deletes what is not named in its answer. What a killed process had in
/// hand comes back when its visibility ends; that time is passed over here.
/// </summary>
internal sealed class QueueMapping
{
    /// <summary>In place of the queue's visibility, which is minutes.</summary>
    private const int ReturnSeconds = 3;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(150);

    private readonly AwsCalls aws;
    private readonly DeployedFunction function;
    private readonly string url;
    private readonly string arn;
    private readonly int batchSize;
    private readonly int concurrency;

    public QueueMapping(AwsCalls aws, DeployedFunction function, JsonObject properties, string url)
    {
        this.aws = aws;
        this.function = function;
        this.url = url;
        arn = (string)properties["EventSourceArn"]!;
        batchSize = (int)properties["BatchSize"]!;
        // At most what the function has processes for.
        concurrency = Math.Min(2, (int)properties["ScalingConfig"]!["MaximumConcurrency"]!);
        if (properties["FunctionResponseTypes"]!.ToJsonString() != """["ReportBatchItemFailures"]""")
            throw new InvalidOperationException($"{arn} reports no item failures");
    }

    /// <summary>Batches that were not answered: the process died, or said that it failed.</summary>
    public int Failed { get; private set; }

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => PollAsync(stop)));

    private async Task PollAsync(CancellationToken stop)
    {
        var receive = new JsonObject
        {
            ["QueueUrl"] = url, ["MaxNumberOfMessages"] = batchSize, ["AttributeNames"] = new JsonArray("All"), ["MessageAttributeNames"] = new JsonArray("All"),
        };
        try
        {
            while (!stop.IsCancellationRequested)
            {
                JsonObject received = await aws.CallAsync("sqs", "ReceiveMessage", receive, stop);
                function.Called("sqs:ReceiveMessage", arn);
                if (received["Messages"] is JsonArray { Count: > 0 } messages)
                    await HandleAsync([.. messages.Select(message => message!)]);
                else
                    await Task.Delay(s_pause, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task HandleAsync(IReadOnlyList<JsonNode> messages)
    {
        foreach (JsonNode often in messages.Where(message => int.Parse(message["Attributes"]!["ApproximateReceiveCount"]!.ToString()) > 2))
            function.Errors.Enqueue($"received {often["Attributes"]!["ApproximateReceiveCount"]} times: {often["Body"]}");
        var batch = new SQSEvent { Records = [.. messages.Select(Record)] };
        Invoked invoked = await function.InvokeAsync(JsonSerializer.Serialize(batch, LambdaJson.Default.SQSEvent));
        if (invoked.IsError)
            Failed++;
        HashSet<string> failed = invoked.IsError ? [.. messages.Select(message => (string)message["MessageId"]!)] : Failures(invoked.Body);
        foreach (JsonNode message in messages)
        {
            string receipt = (string)message["ReceiptHandle"]!;
            if (!failed.Contains((string)message["MessageId"]!))
            {
                await aws.CallAsync("sqs", "DeleteMessage", new JsonObject { ["QueueUrl"] = url, ["ReceiptHandle"] = receipt });
                function.Called("sqs:DeleteMessage", arn);
            }
            else if (invoked.IsError)
                await aws.CallAsync("sqs", "ChangeMessageVisibility", new JsonObject { ["QueueUrl"] = url, ["ReceiptHandle"] = receipt, ["VisibilityTimeout"] = ReturnSeconds });
        }
    }

    private static HashSet<string> Failures(string body) =>
        [.. JsonNode.Parse(body)!["batchItemFailures"]!.AsArray().Select(one => (string)one!["itemIdentifier"]!)];

    private SQSEvent.SQSMessage Record(JsonNode message) => new()
    {
        MessageId = (string)message["MessageId"]!,
        ReceiptHandle = (string)message["ReceiptHandle"]!,
        Body = (string)message["Body"]!,
        Md5OfBody = (string)message["MD5OfBody"]!,
        EventSource = "aws:sqs",
        EventSourceArn = arn,
        AwsRegion = AwsCalls.Region,
        Attributes = message["Attributes"]!.AsObject().ToDictionary(one => one.Key, one => one.Value!.ToString()),
        MessageAttributes = message["MessageAttributes"]?.AsObject().ToDictionary(
            one => one.Key, one => new SQSEvent.MessageAttribute { StringValue = (string?)one.Value!["StringValue"], DataType = (string?)one.Value["DataType"] }),
    };
}
