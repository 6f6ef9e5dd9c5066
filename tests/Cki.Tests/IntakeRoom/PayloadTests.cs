using Cki.Tests.Doubles;
using Cki.WebhookIntake;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.IntakeRooms;

public sealed class PayloadTests
{
    [Fact]
    public void A_push_tells_ref_heads_and_the_new_head_s_title() =>
        Assert.Equal(
            new WebhookEvent.Push("kernel/linux", "refs/heads/main", Sha('a'), Sha('b'), "net: fix a leak"), Payloads.Read(Payloads.Push()));

    [Fact]
    public void A_created_branch_has_no_head_before() =>
        Assert.Equal(
            new WebhookEvent.Push("kernel/linux", "refs/heads/main", null, Sha('b'), "net: fix a leak"), Payloads.Read(Payloads.Push(before: '0')));

    [Fact]
    public void A_deleted_branch_has_no_head_after() =>
        Assert.Equal(
            new WebhookEvent.Push("kernel/linux", "refs/heads/main", Sha('a'), null, null), Payloads.Read(Payloads.Push(after: '0')));

    [Fact]
    public void A_new_branch_without_new_commits_is_still_a_head() =>
        Assert.Equal(
            new WebhookEvent.Push("kernel/linux", "refs/heads/main", null, Sha('b'), null),
            Payloads.Read($$"""
                {"object_kind":"push","before":"{{Sha('0')}}","after":"{{Sha('b')}}","ref":"refs/heads/main","commits":[],
                 "project":{"path_with_namespace":"kernel/linux"},"total_commits_count":0}
                """));

    [Fact]
    public void An_annotated_tag_stands_for_its_commit_not_for_the_tag_object() =>
        Assert.Equal(
            new WebhookEvent.Push("kernel/linux", "refs/tags/v7.1", null, Sha('c'), null),
            Payloads.Read($$"""
                {"object_kind":"tag_push","before":"{{Sha('0')}}","after":"{{Sha('d')}}","checkout_sha":"{{Sha('c')}}","ref":"refs/tags/v7.1",
                 "project":{"path_with_namespace":"kernel/linux"},"commits":[]}
                """));

    [Fact]
    public void A_system_hook_s_push_is_a_push() =>
        Assert.Equal(
            new WebhookEvent.Push("kernel/linux", "refs/heads/main", Sha('a'), Sha('b'), null),
            Payloads.Read($$"""
                {"event_name":"push","before":"{{Sha('a')}}","after":"{{Sha('b')}}","ref":"refs/heads/main",
                 "project":{"name":"Linux","path_with_namespace":"kernel/linux"},"commits":null}
                """));

    [Fact]
    public void A_job_is_told_by_its_build_fields() =>
        Assert.Equal(new WebhookEvent.Job("cki/pipelines", 1000, 77, "build x86_64", "failed"), Payloads.Read(Payloads.Job("failed")));

    [Fact]
    public void An_older_job_event_names_its_project_by_the_repository_s_homepage() =>
        Assert.Equal(
            new WebhookEvent.Job("cki/pipelines", 1000, 77, "test", "failed"),
            Payloads.Read("""
                {"object_kind":"build","build_id":77,"build_name":"test","build_status":"failed","pipeline_id":1000,"project_name":"CKI / Pipelines",
                 "repository":{"homepage":"https://gitlab.example/cki/pipelines"}}
                """));

    [Fact]
    public void A_pipeline_is_told_by_its_object_attributes() =>
        Assert.Equal(new WebhookEvent.Pipeline("cki/pipelines", 1000, "success"), Payloads.Read(Payloads.Pipeline("success")));

    [Theory]
    [InlineData("""{"object_kind":"wiki_page","project":{}}""", "wiki_page")]
    [InlineData("""{"event_name":"repository_update"}""", "repository_update")]
    [InlineData("""{"hello":"world"}""", "none (neither object_kind nor event_name)")]
    [InlineData("""{"object_kind":"x\u0007y"}""", "x?y")]
    public void Other_kinds_are_not_ours(string body, string kind) => Assert.Equal(new WebhookEvent.NotOurs(kind), Payloads.Read(body));

    [Theory]
    [InlineData("", "the body is not JSON (line 1, byte 1)")]
    [InlineData("{\"object_kind\":\"push\",", "the body is not JSON (line 1, byte 22)")]
    [InlineData("{} {}", "the body is not JSON (line 1, byte 4)")]
    [InlineData("[1]", "the body is JSON, but StartArray instead of an object")]
    [InlineData("""{"object_kind":"push"}""", "a push event without a usable project.path_with_namespace")]
    [InlineData("""{"object_kind":"push","project":{"path_with_namespace":"a/b"}}""", "a push event without a usable ref")]
    [InlineData("""{"object_kind":"push","project":{"path_with_namespace":"a/b"},"ref":"refs/heads/x","before":"HEAD"}""", "a push event without a usable before")]
    [InlineData("""{"object_kind":"build","project":{"path_with_namespace":"a/b"},"build_id":1e99}""", "a build event without a usable build_id")]
    [InlineData("""{"object_kind":"pipeline","project":{"path_with_namespace":"a/b"},"object_attributes":[]}""", "a pipeline event without a usable object_attributes.id")]
    public void What_cannot_be_read_says_why(string body, string reason) =>
        Assert.Equal(new WebhookEvent.Unreadable(reason), Payloads.Read(body));

    [Fact]
    public void Bytes_that_are_no_text_are_unreadable() =>
        Assert.Equal(new WebhookEvent.Unreadable("the body is not UTF-8"), GitLabPayload.Read([0x7b, 0xff, 0x7d], Payloads.Host));

    [Fact]
    public void Nesting_is_bounded() =>
        Assert.IsType<WebhookEvent.Unreadable>(Payloads.Read("{\"object_kind\":\"push\",\"x\":" + new string('[', 5000) + new string(']', 5000) + "}"));

    [Fact]
    public void Half_a_surrogate_pair_is_no_text_and_no_exception() =>
        Assert.Equal(
            new WebhookEvent.Unreadable("a push event without a usable ref"),
            Payloads.Read("""{"object_kind":"push","project":{"path_with_namespace":"a/b"},"ref":"\ud800"}"""));
}
