using System.Text.Json;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.LambdaRooms;

public sealed class SqsBatchTests
{
    private const string HerdArn = "arn:aws:sqs:eu-central-1:1:cki-HerdQueue";
    private const string HerdUrl = "https://sqs.example/1/cki-HerdQueue";

    private readonly FunctionDouble _function = new();

    [Fact]
    public async Task A_record_reaches_its_handler_whole()
    {
        ReceivedMessage? seen = null;
        Assert.Empty(await RunAsync(Handling((message, _) => seen = message), Record("m1", group: "kernel/linux", receives: 3)));
        Assert.Equal(("m1", "herd", "body of m1", "kernel/linux", 3, A.Noon), (seen!.Id, seen.Queue, seen.Body, seen.Group, seen.ReceiveCount, seen.FirstSent));
        Assert.Equal([KeyValuePair.Create("hop", "2")], seen.Attributes);
        Assert.Empty(_function.Hidden);
    }

    [Fact]
    public async Task Only_the_failed_records_are_named()
    {
        string[] failed = await RunAsync(Failing("m2"), Record("m1"), Record("m2"), Record("m3"));
        Assert.Equal(["m2"], failed);
    }

    [Fact]
    public async Task A_record_of_a_group_runs_after_the_one_before_it_and_also_when_that_failed()
    {
        var order = new List<string>();
        string[] failed = await RunAsync(
            Handling((message, _) =>
            {
                order.Add(message.Id);
                if (message.Id == "m1")
                    throw new InvalidDataException();
            }),
            Record("m1", group: "g"), Record("m2", group: "g"), Record("m3", group: "g"));
        Assert.Equal(["m1", "m2", "m3"], order);
        Assert.Equal(["m1"], failed);
    }

    [Fact]
    public async Task Groups_run_side_by_side_but_not_all_of_them()
    {
        int running = 0, most = 0;
        Task<string[]> run = RunAsync(
            async (_, ct) =>
            {
                most = Math.Max(most, ++running);
                await Task.Delay(TimeSpan.FromSeconds(1), _function.Suite.Clock, ct);
                running--;
            },
            [.. Enumerable.Range(1, 10).Select(i => Record($"m{i}"))]);
        await _function.Suite.UntilDone(run);
        Assert.Empty(await run);
        Assert.Equal(4, most);
    }

    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 60)]
    [InlineData(7, 1920)]
    [InlineData(8, 3600)]
    [InlineData(40, 3600)]
    public async Task A_failed_record_rests_the_longer_the_more_often_it_came(int receives, double seconds)
    {
        await RunAsync(Failing("m1"), Record("m1", receives: receives));
        (string url, string handle, TimeSpan pause) = Assert.Single(_function.Hidden);
        Assert.Equal((HerdUrl, "handle-m1"), (url, handle));
        Assert.InRange(pause.TotalSeconds, seconds * 0.8, seconds * 1.2);
    }

    [Fact]
    public async Task Everyday_failures_are_warnings_and_the_third_is_an_error()
    {
        await RunAsync(Failing("m1", "m2"), Record("m1", receives: 2), Record("m2", receives: 3));
        Assert.Equal([("m1", "Warning"), ("m2", "Error")], _function.Lines.Where(Failed).Select(line => ((string)line["correlation_id"]!, (string)line["level"]!)));
    }

    [Fact]
    public async Task A_failed_visibility_change_does_not_undo_the_failure_or_its_neighbours()
    {
        _function.Environment["CKI_QUEUE_HERD_URL"] = HerdUrl;
        string[] failed = await RunAsync(Failing("m1"), Record("m1") with { ReceiptHandle = null }, Record("m2"));
        Assert.Equal(["m1"], failed);
        Assert.Empty(_function.Hidden);
    }

    [Fact]
    public async Task What_cannot_be_finished_in_time_is_given_back_unstarted_and_at_once()
    {
        var started = new List<string>();
        Task<string[]> run = RunAsync(
            async (message, ct) =>
            {
                started.Add(message.Id);
                await Task.Delay(TimeSpan.FromSeconds(25), _function.Suite.Clock, ct);
            },
            [.. Enumerable.Range(1, 4).Select(i => Record($"m{i}", group: "g"))]);
        await _function.Suite.UntilDone(run, TimeSpan.FromSeconds(1));
        Assert.Equal(["m1", "m2"], started);
        Assert.Equal(["m3", "m4"], await run);
        Assert.Equal([(HerdUrl, "handle-m3", TimeSpan.Zero), (HerdUrl, "handle-m4", TimeSpan.Zero)], _function.Hidden);
    }

    [Fact]
    public async Task A_record_that_outlasts_the_time_fails_and_the_finished_ones_do_not()
    {
        Task<string[]> run = RunAsync(
            (message, ct) => message.Id == "m1" ? Task.CompletedTask : Task.Delay(TimeSpan.FromHours(1), _function.Suite.Clock, ct),
            Record("m1"), Record("m2"));
        await _function.Suite.UntilDone(run, TimeSpan.FromSeconds(1));
        Assert.Equal(["m2"], await run);
    }

    [Fact]
    public async Task A_handler_that_ignores_its_token_fails_alone_and_ends_the_process_after_the_answer()
    {
        _function.Api.Enqueue("""{"Records":[]}""");
        Task<string[]> run = RunAsync((message, _) => message.Id == "m1" ? Task.CompletedTask : new TaskCompletionSource().Task, Record("m1"), Record("m2"));
        await _function.Suite.UntilDone(run, TimeSpan.FromSeconds(0.5));
        Assert.Equal(["m2"], await run);
        Assert.Equal(["next", "response", "next", "response"], _function.Api.Happened);
    }

    [Fact]
    public async Task An_unreadable_record_fails_alone()
    {
        SQSEvent.SQSMessage noBody = Record("m1") with { Body = null };
        SQSEvent.SQSMessage noTime = Record("m2") with { Attributes = new Dictionary<string, string>() };
        SQSEvent.SQSMessage stranger = Record("m3") with { EventSourceArn = "arn:aws:sqs:eu-central-1:1:other" };
        SQSEvent.SQSMessage notServed = Record("m4") with { EventSourceArn = "arn:aws:sqs:eu-central-1:1:cki-HerdDeadLetterQueue" };
        Assert.Equal(["m1", "m2", "m3", "m4"], await RunAsync(Handling((_, _) => { }), noBody, noTime, stranger, notServed, Record("m5")));
        Assert.Equal(
            [
                "the record has no body", "SentTimestamp '' is no time", "the environment names no queue for 'arn:aws:sqs:eu-central-1:1:other'",
                "this function does not serve queue herd-dead",
            ],
            _function.Lines.Where(Failed).Select(line => (string)line["exception"]!["message"]!));
    }

    [Fact]
    public async Task A_batch_with_a_record_without_an_id_is_not_begun()
    {
        var calls = 0;
        _function.Api.Enqueue(JsonSerializer.Serialize(new SQSEvent { Records = [Record("m1"), Record("m2") with { MessageId = null }] }, LambdaJson.Default.SQSEvent));
        await _function.RunAsync(FunctionDouble.Herd((_, _) =>
        {
            calls++;
            return Task.CompletedTask;
        }));
        Assert.Equal((0, "UnreadableMessageException"), (calls, Assert.Single(_function.Api.Posts).ErrorType));
    }

    [Fact]
    public async Task Without_a_configuration_all_records_fail_and_rest()
    {
        _function.Refresh = _ => throw new ConfigUnavailableException("none");
        var calls = 0;
        Assert.Equal(["m1", "m2"], await RunAsync(Handling((_, _) => calls++), Record("m1"), Record("m2")));
        Assert.Equal((0, 2), (calls, _function.Hidden.Count));
    }

    private static bool Failed(JsonObject line) => ((string)line["message"]!).StartsWith("Record ", StringComparison.Ordinal);

    private static MessageHandler Handling(Action<ReceivedMessage, CancellationToken> handle) => async (message, ct) =>
    {
        await Task.CompletedTask;
        handle(message, ct);
    };

    private static MessageHandler Failing(params string[] ids) => Handling((message, _) =>
    {
        if (ids.Contains(message.Id))
            throw new InvalidDataException($"{message.Id} is broken");
    });

    private async Task<string[]> RunAsync(MessageHandler handler, params SQSEvent.SQSMessage[] records)
    {
        _function.Api.Enqueue(JsonSerializer.Serialize(new SQSEvent { Records = records }, LambdaJson.Default.SQSEvent));
        await _function.RunAsync(FunctionDouble.Herd(handler));
        Posted posted = _function.Api.Posts[^1];
        Assert.Equal("response", posted.What);
        return [.. JsonNode.Parse(posted.Body)!["batchItemFailures"]!.AsArray().Select(failure => (string)failure!["itemIdentifier"]!)];
    }

    private static SQSEvent.SQSMessage Record(string id, string? group = null, int receives = 1) => new()
    {
        MessageId = id,
        ReceiptHandle = $"handle-{id}",
        Body = $"body of {id}",
        EventSourceArn = HerdArn,
        Attributes = new Dictionary<string, string>
        {
            ["ApproximateReceiveCount"] = receives.ToString(),
            ["SentTimestamp"] = A.Noon.ToUnixTimeMilliseconds().ToString(),
            ["MessageGroupId"] = group ?? id,
        },
        MessageAttributes = new Dictionary<string, SQSEvent.MessageAttribute> { ["hop"] = new() { StringValue = "2", DataType = "String" } },
    };
}
