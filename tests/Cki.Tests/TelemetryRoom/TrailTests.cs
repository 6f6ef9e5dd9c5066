using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TelemetryRooms;

public sealed class TrailTests
{
    private readonly InMemoryPorts _ports = new();

    private static RunDetection Detection => A.Detection();

    [Fact]
    public void A_message_made_while_a_delivery_is_worked_on_carries_its_id()
    {
        using (Trail.Begin(new Trail("d-1")))
            Assert.Equal("d-1", CloudEvent.Parse(_ports.Ports.PostFrom("watch").Envelope(new BoardIndex())).CorrelationId);
        Assert.Null(CloudEvent.Parse(_ports.Ports.PostFrom("watch").Envelope(new BoardIndex())).CorrelationId);
    }

    [Fact]
    public async Task The_id_goes_from_message_to_message_and_survives_due_markers_and_later()
    {
        Post post = _ports.Ports.PostFrom("watch");
        using (Trail.Begin(new Trail("d-1")))
            await post.SendAsync(new RunStarted(Detection.Run, 1), CancellationToken.None);
        OutgoingMessage first = Assert.Single(_ports.Queue.Sent);
        var received = new ReceivedMessage("m-1", first.Queue, first.Body, first.Group, 1, default);
        DueMarker marker;
        using (Trail.Begin(TrailReading.Of(received)))
        {
            marker = post.Marker("report", "x", default, new RunStarted(Detection.Run, 1));
            await post.LaterAsync(received, TimeSpan.FromMinutes(1), CancellationToken.None);
        }
        Assert.Equal("d-1", TrailReading.OfBody(marker.Body, "none").Correlation);
        Assert.Equal("d-1", TrailReading.OfBody(_ports.Queue.Sent[^1].Body, "none").Correlation);
    }

    [Fact]
    public void A_message_that_nothing_began_begins_a_trail_with_its_own_id()
    {
        string body = CloudEvent.Of(new PollRequested(new TreeName("mainline"), "schedule"), "e-1", "/cki/watch", default).ToJson();
        Assert.Equal(new Trail("e-1") { Kind = "cki.poll.requested", Tree = "mainline" }, TrailReading.OfBody(body, "m-1"));
    }

    [Fact]
    public void What_cannot_be_read_has_its_queue_s_id_and_a_stranger_s_type_is_no_kind()
    {
        Assert.Equal(new Trail("m-1"), TrailReading.OfBody("no JSON", "m-1"));
        Assert.Equal(
            new Trail("e-1"), TrailReading.OfBody("""{"specversion":"1.0","id":"e-1","source":"/x","type":"com.example","subject":"s","time":"2026-11-22T12:00:00Z","data":[1]}""", "m-1"));
    }

    [Fact]
    public void A_job_message_names_job_and_pipeline()
    {
        string body = CloudEvent.Of(new JobFinished(new JobRef(new ProjectRef("gitlab.example", "cki/pipelines"), 77), 1000, "build", "failed"), "e-1", "/cki/webhook-intake", default).ToJson();
        Trail trail = TrailReading.OfBody(body, "m-1");
        Assert.Equal(("gitlab.example/cki/pipelines/pipelines/1000", "gitlab.example/cki/pipelines/jobs/77"), (trail.Pipeline, trail.Job));
    }

    [Theory]
    [InlineData("""{"task":"check-pipeline","input":{"runId":"r-1"},"flow":{"runId":"r-1","correlation":"d-1"}}""", "d-1")]
    [InlineData("""{"task":"retry-job","input":{"host":"h","project":"p","jobId":7,"pipelineId":3,"correlation":"d-2"}}""", "d-2")]
    [InlineData("""{"task":"check-pipeline","input":{"runId":"r-1"},"flow":{"runId":"r-1"}}""", "r-1")]
    [InlineData("""{"task":"probe"}""", "request-1")]
    public void A_flow_s_task_goes_on_with_what_began_the_flow(string payload, string correlation) =>
        Assert.Equal(correlation, TrailReading.OfTask(JsonNode.Parse(payload), "request-1").Correlation);

    [Fact]
    public void A_retry_names_its_job()
    {
        Trail trail = TrailReading.OfTask(JsonNode.Parse("""{"task":"retry-job","input":{"host":"h","project":"a/b","jobId":7,"pipelineId":3}}"""), "x");
        Assert.Equal(("h/a/b/pipelines/3", "h/a/b/jobs/7", "retry-job"), (trail.Pipeline, trail.Job, trail.Kind));
    }

    [Fact]
    public void A_message_that_a_flow_sends_names_its_correlation_in_the_flow_s_input()
    {
        const string flow = """{"specversion":"1.0","id":"x-started","source":"/cki/test-commit","type":"cki.run.started","subject":"r","time":"2026-11-22T12:00:00Z","data":{"run":"r-1","attempt":1,"flow":{"runId":"r-1","correlation":"d-1"},"v":1}}""";
        Assert.Equal(new Trail("d-1") { Kind = "cki.run.started", Run = "r-1" }, TrailReading.OfBody(flow, "m"));
        Assert.Equal(new RunStarted(new RunId("r-1"), 1), CloudEvent.Parse(flow).Read<RunStarted>());
        Assert.Equal("x-started", TrailReading.OfBody(flow.Replace(",\"correlation\":\"d-1\"", "", StringComparison.Ordinal), "m").Correlation);
    }

    [Fact]
    public async Task What_is_learnt_below_is_known_above_and_in_no_other_work()
    {
        async Task LearnAsync()
        {
            await Task.Yield();
            Trail.Learn(Detection);
        }

        using (Trail.Begin(new Trail("d-1")))
        {
            await LearnAsync();
            Assert.Equal((Detection.Run.Value, "mainline", Detection.Sha.Value, Detection.DetectedAt), (Trail.Current!.Run, Trail.Current.Tree, Trail.Current.Sha, Trail.Current.DetectedAt));
            using (Trail.With(t => t with { Run = "another" }))
                Assert.Equal("another", Trail.Current.Run);
            Assert.Equal(Detection.Run.Value, Trail.Current.Run);
        }
        Assert.Null(Trail.Current);
        Trail.Learn(Detection);
        Assert.Null(Trail.Current);
    }

    [Fact]
    public async Task Two_pieces_of_work_side_by_side_do_not_see_each_other()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task<string?> WorkAsync(string id)
        {
            using IDisposable trail = Trail.Begin(new Trail(id));
            await go.Task;
            return Trail.Current?.Correlation;
        }

        Task<string?> one = WorkAsync("d-1");
        Task<string?> two = WorkAsync("d-2");
        go.SetResult();
        Assert.Equal(["d-1", "d-2"], await Task.WhenAll(one, two));
    }
}
