using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.IntakeRooms;

public sealed class RoutingTests
{
    private static WebhookRoute Route(string body) => WebhookRouting.Decide(Payloads.Read(body), "gitlab.example", "gitlab", "d-1");

    [Fact]
    public void A_push_goes_to_detect() =>
        Assert.Equal(
            new WebhookRoute.ToDetect(new PushReceived("d-1", KernelProject, "refs/heads/main", Sha('a'), Sha('b'), "net: fix a leak")), Route(Payloads.Push()));

    [Theory]
    [InlineData("failed")]
    [InlineData("canceled")]
    public void A_job_that_ended_badly_goes_to_herd(string status) =>
        Assert.Equal(
            new WebhookRoute.JobToHerd(new JobFinished(new JobRef(PipelineProject, 77), 1000, "build x86_64", status)), Route(Payloads.Job(status)));

    [Theory]
    [InlineData("created")]
    [InlineData("pending")]
    [InlineData("running")]
    [InlineData("success")]
    [InlineData("skipped")]
    [InlineData("no-such-status")]
    public void A_job_that_causes_no_act_goes_no_further(string status) =>
        Assert.Equal(new WebhookRoute.Nowhere($"a job in status {status} causes no act"), Route(Payloads.Job(status)));

    [Theory]
    [InlineData("success")]
    [InlineData("failed")]
    [InlineData("canceled")]
    [InlineData("skipped")]
    public void A_finished_pipeline_goes_to_herd(string status) =>
        Assert.Equal(new WebhookRoute.PipelineToHerd(new PipelineChanged(Pipeline(), status)), Route(Payloads.Pipeline(status)));

    [Theory]
    [InlineData("running")]
    [InlineData("manual")]
    public void A_pipeline_that_goes_on_goes_no_further(string status) =>
        Assert.Equal(new WebhookRoute.Nowhere($"a pipeline in status {status} causes no act"), Route(Payloads.Pipeline(status)));

    [Fact]
    public void Other_kinds_go_no_further() =>
        Assert.Equal(new WebhookRoute.Nowhere("no stage wants events of kind note"), Route("""{"object_kind":"note"}"""));

    [Fact]
    public void Operators_hear_of_what_cannot_be_read() =>
        Assert.Equal(
            new WebhookRoute.ToOperators(new NoticeRaised(
                "unreadable-delivery-gitlab",
                "A webhook delivery of source gitlab cannot be read",
                "Delivery d-1 came with the right token, but: the body is JSON, but Number instead of an object.\n"
                + "It is archived. Nothing was done about it; polling finds what it may have announced. Look at the hook's settings (custom payload template?).")),
            Route("1"));

    [Fact]
    public void A_delivery_is_named_by_its_idempotency_key_then_its_webhook_id_then_its_body()
    {
        Assert.Equal("key-1", DeliveryId.Of(new Dictionary<string, string> { ["idempotency-key"] = "key-1", ["webhook-id"] = "id-1" }, "x"u8));
        Assert.Equal("id-1", DeliveryId.Of(new Dictionary<string, string> { ["idempotency-key"] = " ", ["webhook-id"] = "id-1" }, "x"u8));
        Assert.Equal(
            "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", DeliveryId.Of(new Dictionary<string, string>(), "x"u8));
    }

    [Theory]
    [InlineData("../../runs/x")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("ünïcode")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public void A_delivery_s_name_is_safe_in_a_key(string given)
    {
        string name = DeliveryId.Of(new Dictionary<string, string> { ["idempotency-key"] = given }, "x"u8);
        Assert.Matches("^id-[0-9a-f]{40}$", name);
    }
}
