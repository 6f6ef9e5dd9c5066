using System.Diagnostics;
using System.Net;
using System.Text;
using Cki.Tool;
using Cki.Tool.Demo;
using Xunit;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>Calls of one function that AWS refuses.</summary>
internal sealed class Refusing(Func<RecordedCall, bool> refused) : ICallFate
{
    public Task<bool> RefusesAsync(RecordedCall call, FunctionSandbox by) => Task.FromResult(refused(call));

    public Task AnsweredAsync(RecordedCall call, FunctionSandbox by) => Task.CompletedTask;
}

/// <summary>WebhookIntake while S3, SQS or both are away; and the largest delivery that can be taken.</summary>
public sealed class RefusalsOnAws : IAsyncLifetime
{
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private DemoOnAws demo = null!;
    private int count;

    public async ValueTask InitializeAsync()
    {
        demo = await DemoOnAws.StartAsync();
        await demo.Suite.TickAsync();
        await demo.BaselineAsync();
        // Warm: a cold start's reading of configuration and secrets is not what is measured here.
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(Push(Commit("first"))));
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await demo.DisposeAsync();
    }

    [Fact]
    public async Task Every_delivery_that_was_taken_is_accounted_for_whatever_was_away()
    {
        string withoutS3 = Commit("while S3 is away");
        Away(call => call.Action.StartsWith("s3:", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(Push(withoutS3)));
        await demo.UntilAsync(() => IsAccountedForAsync(withoutS3), s_patience);

        string withoutSqs = Commit("while SQS is away");
        Away(call => call.Action.StartsWith("sqs:", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(Push(withoutSqs)));
        Assert.Single(await SpilledAsync("detect"));
        await MendedAsync();
        await demo.UntilAsync(() => IsAccountedForAsync(withoutSqs), s_patience);

        string withoutHerd = Commit("while one queue is away");
        Away(call => call.Resource.EndsWith("-herd", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(Push(withoutHerd)));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(Job()));
        Assert.Empty(await SpilledAsync("detect"));
        Assert.Single(await SpilledAsync("herd"));
        await demo.UntilAsync(() => IsAccountedForAsync(withoutHerd), s_patience);
        await MendedAsync();

        string refused = Commit("while both are away");
        Away(_ => true);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(Push(refused)));
        // GitLab was told no; the next poll finds what it tried to say.
        await MendedAsync();
        demo.Suite.EachTick(TimeSpan.FromSeconds(2));
        await demo.UntilAsync(() => IsAccountedForAsync(refused), s_patience);
    }

    [Fact]
    public async Task Six_megabytes_of_event_are_taken_and_one_byte_more_is_answered_413()
    {
        // As many digits of Content-Length in both.
        using HttpResponseMessage sample = await SendAsync(Filled(2_000_000));
        int most = HttpApiGateway.EventBytesMax - (EventBytes(sample) - 2_000_000);
        using HttpResponseMessage taken = await SendAsync(Filled(most));
        Assert.Equal((HttpStatusCode.Accepted, HttpApiGateway.EventBytesMax), (taken.StatusCode, EventBytes(taken)));
        using HttpResponseMessage refused = await SendAsync(Filled(most + 1));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, """{"message":"Request Too Long"}"""), (refused.StatusCode, await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>Everything is back, and Watch has sent what was spilled.</summary>
    private async Task MendedAsync()
    {
        demo.Suite.Functions["WebhookIntakeFunction"].Fate = null;
        await demo.Suite.TickAsync();
        await demo.UntilAsync(async () => (await SpilledAsync("")).Count == 0, s_patience);
    }

    private void Away(Func<RecordedCall, bool> refused) => demo.Suite.Functions["WebhookIntakeFunction"].Fate = new Refusing(refused);

    /// <summary>A commit whose push GitLab itself never tells.</summary>
    private string Commit(string title)
    {
        demo.World.DropNextPushHook();
        return demo.World.Push(title);
    }

    private async Task<HttpStatusCode> PostAsync((string Event, string Body) delivery)
    {
        long began = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await SendAsync(delivery);
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        Assert.True(took < s_answerLimit, $"the answer took {took}");
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync((string Event, string Body) delivery)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(demo.Suite.Address, "/webhooks/gitlab"))
        {
            Content = new StringContent(delivery.Body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Gitlab-Event", delivery.Event);
        request.Headers.Add("X-Gitlab-Token", DemoWorld.HookToken);
        request.Headers.Add("Idempotency-Key", $"refusal-{++count:0000}");
        return await http.SendAsync(request);
    }

    private static int EventBytes(HttpResponseMessage response) =>
        response.Headers.TryGetValues(HttpApiGateway.EventBytesHeader, out IEnumerable<string>? values) ? int.Parse(values.Single()) : 0;

    /// <summary>Of this test's deliveries; the simulated GitLab makes its own meanwhile.</summary>
    private async Task<IReadOnlyList<string>> SpilledAsync(string queue) =>
        [.. (await demo.Suite.Ports.Documents.KeysAsync(queue.Length == 0 ? "spill/" : $"spill/{queue}/", 100, default)).Where(key => key.Contains("refusal-", StringComparison.Ordinal))];

    private async Task<bool> IsAccountedForAsync(string sha) =>
        (await RunFacts.ListAsync(demo.Suite.Ports.Documents, null, 100, default)).Any(run => run.Detection.Sha.Value == sha);

    private static (string Event, string Body) Push(string sha) => ("Push Hook",
        $$"""
        {"object_kind":"push","event_name":"push","before":"{{new string('a', 40)}}","after":"{{sha}}","ref":"refs/heads/main","checkout_sha":"{{sha}}","project_id":1,"project":{"id":1,"path_with_namespace":"cki/linux","default_branch":"main","web_url":"http://127.0.0.1:9/cki/linux"},"commits":[],"total_commits_count":1}
        """);

    private static (string Event, string Body) Job() => ("Job Hook",
        """
        {"object_kind":"build","ref":"main","build_id":99,"build_name":"build x86_64","build_stage":"build","build_status":"failed","build_failure_reason":"script_failure","pipeline_id":9,"project_id":2,"project":{"id":2,"path_with_namespace":"cki/kernel-pipelines","web_url":"http://127.0.0.1:9/cki/kernel-pipelines"},"sha":"0123456789012345678901234567890123456789"}
        """);

    /// <summary>A delivery of that many bytes in its event: an issue's, which no queue wants. What JSON escapes is counted.</summary>
    private static (string Event, string Body) Filled(int bytes)
    {
        const string frame = """{"object_kind":"issue","project":{"id":1,"path_with_namespace":"cki/linux"},"text":""}""";
        int escaped = System.Text.Json.JsonEncodedText.Encode(frame).EncodedUtf8Bytes.Length;
        return ("Issue Hook", frame.Replace("\"\"}", $"\"{new string('x', bytes - escaped)}\"}}", StringComparison.Ordinal));
    }
}
