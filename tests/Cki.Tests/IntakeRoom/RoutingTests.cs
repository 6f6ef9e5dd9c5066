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

    [Fact]
    public void A_job_that_passed_when_it_was_run_again_is_herded()
    {
        string again = Payloads.Job("success").Replace("\"build_id\":77", "\"build_id\":77,\"retries_count\":1", StringComparison.Ordinal);
        Assert.Equal("success", Assert.IsType<WebhookRoute.JobToHerd>(Route(again)).Message.Status);
        Assert.IsType<WebhookRoute.Nowhere>(Route(again.Replace("\"retries_count\":1", "\"retries_count\":0", StringComparison.Ordinal)));
        Assert.IsType<WebhookRoute.Nowhere>(Route(again.Replace("success", "running", StringComparison.Ordinal)));
    }

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

    [Theory]
    [InlineData("running")]
    [InlineData("success")]
    public void A_pipeline_of_a_watched_project_goes_to_detect_and_its_end_to_herd_as_well(string status)
    {
        TreeConfig watching = Tree() with { Adopt = [new AdoptRule(PipelineProject, ["web"])] };
        PipelineChanged? ended = status == "success" ? new PipelineChanged(Pipeline(), status) : null;
        Assert.Equal(
            new WebhookRoute.PipelineToDetect(new PipelineSeen("d-1", Pipeline()), ended),
            WebhookRouting.Decide(Payloads.Read(Payloads.Pipeline(status)), "gitlab.example", "gitlab", "d-1", [Tree(), watching]));
    }

    [Fact]
    public void A_merge_request_goes_to_detect_where_a_tree_looks_at_them()
    {
        WebhookEvent happened = Payloads.Read("""{"object_kind":"merge_request","project":{"path_with_namespace":"kernel/linux"},"object_attributes":{"id":99,"iid":5,"state":"opened"}}""");
        TreeConfig watching = Tree() with { MergeRequests = new MergeRequestRules(MergeRequestAct.Watch) };
        Assert.Equal(
            new WebhookRoute.MergeRequestToDetect(new MergeRequestChanged("d-1", KernelProject, 5)), WebhookRouting.Decide(happened, "gitlab.example", "gitlab", "d-1", [watching]));
        Assert.Equal(
            new WebhookRoute.Nowhere("no tree looks at merge requests of that project"), WebhookRouting.Decide(happened, "gitlab.example", "gitlab", "d-1", [Tree()]));
        Assert.Equal("merge_request", happened.RoutingKind);
    }

    [Theory]
    [InlineData("@cki-bot retest", true)]
    [InlineData("what does @CKI-Bot say?", true)]
    [InlineData("looks good", false)]
    [InlineData("@cki retest", false)]
    public void A_note_goes_to_report_where_it_names_our_bot(string text, bool isWanted)
    {
        WebhookEvent happened = Payloads.Read(
            $$"""{"object_kind":"note","project":{"path_with_namespace":"kernel/linux"},"object_attributes":{"id":1244,"note":"{{text}}","noteable_type":"MergeRequest"},"merge_request":{"id":7,"iid":5} }""");
        TreeConfig watching = Tree() with { MergeRequests = new MergeRequestRules(MergeRequestAct.Watch) };
        Assert.Equal(
            isWanted ? new WebhookRoute.NoteToReport(new NoteSeen("d-1", KernelProject, 5, 1244)) : new WebhookRoute.Nowhere("the note does not speak to our bot"),
            WebhookRouting.Decide(happened, "gitlab.example", "gitlab", "d-1", [watching], "cki-bot"));
        Assert.Equal(
            new WebhookRoute.Nowhere("no tree looks at merge requests of that project"), WebhookRouting.Decide(happened, "gitlab.example", "gitlab", "d-1", [Tree()], "cki-bot"));
        Assert.Equal(new WebhookRoute.Nowhere("the note does not speak to our bot"), WebhookRouting.Decide(happened, "gitlab.example", "gitlab", "d-1", [watching]));
        Assert.Equal("note", happened.RoutingKind);
    }

    [Theory]
    [InlineData("\"d15c000000000000000000000000000000000005\"", "d15c000000000000000000000000000000000005")]
    [InlineData("\"../../../../hooks\"", null)]
    [InlineData("\"d15c00000000000000000000000000000000000\\/\"", null)]
    [InlineData("5", null)]
    [InlineData("null", null)]
    public void A_note_takes_its_thread_along_where_it_is_one(string said, string? thread) => Assert.Equal(
        new WebhookRoute.NoteToReport(new NoteSeen("d-1", KernelProject, 5, 1244) { Discussion = thread }),
        WebhookRouting.Decide(
            Payloads.Read($$"""{"object_kind":"note","project":{"path_with_namespace":"kernel/linux"},"object_attributes":{"id":1244,"note":"@cki-bot stop","discussion_id":{{said}},"noteable_type":"MergeRequest"},"merge_request":{"iid":5} }"""),
            "gitlab.example", "gitlab", "d-1", [Tree() with { MergeRequests = new MergeRequestRules(MergeRequestAct.Watch) }], "cki-bot"));

    [Fact]
    public void A_note_that_is_too_long_to_look_into_is_looked_at_later_and_one_on_a_commit_is_not_ours()
    {
        string Note(string text, string on) =>
            $$"""{"object_kind":"note","project":{"path_with_namespace":"kernel/linux"},"object_attributes":{"id":1244,"note":"{{text}}","noteable_type":"{{on}}"},"merge_request":{"iid":5} }""";
        Assert.Equal(new WebhookEvent.Note("kernel/linux", 5, 1244, null), Payloads.Read(Note(new string('x', 70_000), "MergeRequest")));
        Assert.Equal(new WebhookEvent.NotOurs("note", "kernel/linux"), Payloads.Read(Note("@cki-bot retest", "Commit")));
        Assert.Equal(
            new WebhookEvent.Unreadable("a note event without a usable merge_request.iid"),
            Payloads.Read("""{"object_kind":"note","project":{"path_with_namespace":"kernel/linux"},"object_attributes":{"id":1244,"noteable_type":"MergeRequest"}}"""));
    }

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
                + "It is archived. Nothing was done about it; polling finds what it may have announced. Look at the hook's settings (custom payload template?).")
            {
                Fades = true,
            }),
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
