using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

public sealed class WebhookTests
{
    private readonly World _world = new();
    private readonly GitLabHook _hook;

    public WebhookTests() => _hook = _world.GitLab.AddHook(_world.Project, "https://cki.example/webhooks/gitlab", hook =>
    {
        hook.Token = "s3cret";
        hook.TagPushEvents = true;
    });

    [Fact]
    public void A_push_is_announced_with_GitLabs_headers()
    {
        GitLabCommit commit = _world.GitLab.Commit("cki/kernel-tests", "main", "mm: fix it");
        _world.Pass(1);
        (HttpRequestMessage request, string body) = _world.Peer.Received.Single();
        Assert.Equal(
            ["Idempotency-Key", "User-Agent", "X-Gitlab-Event", "X-Gitlab-Event-UUID", "X-Gitlab-Instance", "X-Gitlab-Token", "X-Gitlab-Webhook-UUID"],
            request.Headers.Select(header => header.Key).Order(StringComparer.Ordinal));
        Assert.Equal(("Push Hook", "s3cret", "https://gitlab.example", "GitLab/18.4.2-ee", "application/json"),
            (Header(request, "X-Gitlab-Event"), Header(request, "X-Gitlab-Token"), Header(request, "X-Gitlab-Instance"),
                Header(request, "User-Agent"), request.Content!.Headers.ContentType!.ToString()));
        JsonNode push = JsonNode.Parse(body)!;
        Assert.Equal(("refs/heads/main", _world.Head.Sha, commit.Sha, 1),
            ((string)push["ref"]!, (string)push["before"]!, (string)push["after"]!, (int)push["total_commits_count"]!));
    }

    [Fact]
    public void A_note_on_a_merge_request_is_announced_when_it_is_written_and_when_it_is_changed()
    {
        _hook.NoteEvents = true;
        _world.GitLab.Commit("cki/kernel-tests", "feature", "mm: fix it");
        _world.Pass(1);
        _world.Peer.Received.Clear();
        GitLabMergeRequest request = _world.GitLab.AddMergeRequest(_world.Project, "mm: fix it", "feature");
        GitLabUser author = _world.GitLab.AddUser("jane");
        GitLabNote note = _world.GitLab.AddNote(_world.Project, request, author, "@cki-bot retest");
        _world.Pass(1);
        _world.GitLab.EditNote(_world.Project, request, note, "never mind");
        _world.Pass(1);
        JsonNode[] told = [.. _world.Peer.Received.Select(r => JsonNode.Parse(r.Body)!)];
        Assert.All(_world.Peer.Received, r => Assert.Equal("Note Hook", Header(r.Request, "X-Gitlab-Event")));
        Assert.All(told, t => Assert.Equal(note.Discussion, (string?)t["object_attributes"]!["discussion_id"]));
        Assert.Equal(
            [(note.Id, "MergeRequest", "@cki-bot retest", "create", 1L, "jane"), (note.Id, "MergeRequest", "never mind", "update", 1L, "jane")],
            told.Select(t => ((long)t["object_attributes"]!["id"]!, (string)t["object_attributes"]!["noteable_type"]!, (string)t["object_attributes"]!["note"]!,
                (string)t["object_attributes"]!["action"]!, (long)t["merge_request"]!["iid"]!, (string)t["user"]!["username"]!)));
    }

    [Fact]
    public void Only_the_newest_20_commits_are_listed()
    {
        GitLabCommit[] commits = [.. Enumerable.Range(0, 25).Select(i => _world.GitLab.NewCommit(_world.Project, "main", $"c{i}"))];
        _world.GitLab.Push("cki/kernel-tests", "main", commits);
        _world.Pass(1);
        JsonNode push = JsonNode.Parse(_world.Peer.Received.Single().Body)!;
        Assert.Equal((20, 25, "c24"), (push["commits"]!.AsArray().Count, (int)push["total_commits_count"]!, (string)push["commits"]![19]!["title"]!));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(4, 0)]
    public void A_push_of_more_than_3_branches_is_not_announced(int branches, int events)
    {
        RefUpdate[] updates = [.. Enumerable.Range(0, branches).Select(i => new RefUpdate($"refs/heads/b{i}", _world.Head.Sha))];
        _world.GitLab.Push("cki/kernel-tests", null, updates);
        _world.Pass(1);
        Assert.Equal(events, _world.Peer.Received.Count);
        Assert.Equal(branches + 1, _world.Project.Branches.Count);
    }

    [Fact]
    public void Branches_and_tags_are_counted_separately()
    {
        _world.GitLab.Push("cki/kernel-tests", null, [.. Enumerable.Range(0, 3).SelectMany(i =>
            new[] { new RefUpdate($"refs/heads/b{i}", _world.Head.Sha), new RefUpdate($"refs/tags/v{i}", _world.Head.Sha) })]);
        _world.Pass(1);
        Assert.Equal(["Push Hook", "Push Hook", "Push Hook", "Tag Push Hook", "Tag Push Hook", "Tag Push Hook"], _world.Peer.Events);
    }

    [Fact]
    public void Created_and_deleted_refs_carry_zeros()
    {
        _world.GitLab.Push("cki/kernel-tests", null, new RefUpdate("topic", _world.Head.Sha));
        _world.Pass(1);
        _world.GitLab.Push("cki/kernel-tests", null, new RefUpdate("topic", null));
        _world.Pass(1);
        JsonNode created = JsonNode.Parse(_world.Peer.Received[0].Body)!, deleted = JsonNode.Parse(_world.Peer.Received[1].Body)!;
        Assert.Equal((GitLabWorld.NoSha, 0), ((string)created["before"]!, created["commits"]!.AsArray().Count));
        Assert.Equal(GitLabWorld.NoSha, (string)deleted["after"]!);
        Assert.Null(deleted["checkout_sha"]);
    }

    [Fact]
    public void Every_change_of_a_job_and_its_pipeline_is_announced()
    {
        _hook.JobEvents = true;
        _hook.PipelineEvents = true;
        _world.GitLab.StartPipeline(_world.Project, "main", "web", _world.Bot);
        _world.Pass(80);
        Assert.Equal(["Job created", "Job pending", "Pipeline pending", "Job running", "Pipeline running", "Job success", "Pipeline success"],
            _world.Peer.Received.Select(received => Tell(received.Body)));
    }

    [Fact]
    public void A_signing_token_signs_by_Standard_Webhooks()
    {
        _hook.SigningToken = "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=";
        _world.GitLab.Commit("cki/kernel-tests", "main", "signed");
        _world.Pass(1);
        (HttpRequestMessage request, string body) = _world.Peer.Received.Single();
        string signed = $"{Header(request, "webhook-id")}.{Header(request, "webhook-timestamp")}.{body}";
        byte[] mac = System.Security.Cryptography.HMACSHA256.HashData("testtesttesttesttesttesttesttest"u8, System.Text.Encoding.UTF8.GetBytes(signed));
        Assert.Equal("v1," + Convert.ToBase64String(mac), Header(request, "webhook-signature"));
        Assert.Equal(Header(request, "Idempotency-Key"), Header(request, "webhook-id"));
    }

    [Fact]
    public void The_fourth_failure_disables_a_hook_for_a_minute_and_each_further_one_for_twice_as_long()
    {
        _world.Peer.Status = () => 500;
        Push(3);
        Assert.Equal("executable", _hook.AlertStatus(_world.Clock.GetUtcNow()));
        Push(1);
        Assert.Equal("temporarily_disabled", _hook.AlertStatus(_world.Clock.GetUtcNow()));
        Push(1);
        Assert.Equal((4, "disabled"), (_world.Peer.Received.Count, _world.GitLab.WebhooksSent[^1].Outcome));
        _world.Pass(60);
        Push(1);
        Assert.Equal(5, _world.Peer.Received.Count);
        _world.Pass(90);
        Assert.Equal("temporarily_disabled", _hook.AlertStatus(_world.Clock.GetUtcNow()));
        _world.Pass(40);
        _world.Peer.Status = () => 202;
        Push(1);
        Assert.Equal((0, "executable"), (_hook.RecentFailures, _hook.AlertStatus(_world.Clock.GetUtcNow())));
    }

    [Fact]
    public async Task The_fortieth_failure_disables_for_good_until_a_test_succeeds()
    {
        _world.Peer.Status = () => 404;
        for (int i = 0; i < 40; i++)
        {
            await _world.SendAsync("POST", $"{_world.Root}/hooks/{_hook.Id}/test/push_events");
            _world.Pass(1);
        }
        _world.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal("disabled", (string)(await _world.GetAsync($"{_world.Root}/hooks/{_hook.Id}"))["alert_status"]!);
        _world.Peer.Status = () => 200;
        await _world.SendAsync("POST", $"{_world.Root}/hooks/{_hook.Id}/test/push_events");
        _world.Pass(1);
        Assert.Equal("executable", (string)(await _world.GetAsync($"{_world.Root}/hooks/{_hook.Id}"))["alert_status"]!);
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_in_10_seconds_is_a_failure()
    {
        _world.Peer.Silent = true;
        Push(1);
        _world.Pass(9);
        Assert.Equal("sending", _world.GitLab.WebhooksSent.Single().Outcome);
        _world.Pass(2);
        // The cancellation travels through HttpClient by the thread pool.
        for (int i = 0; i < 1_000_000 && _world.GitLab.WebhooksSent.Single().Outcome == "sending"; i++)
            await Task.Yield();
        Assert.Equal(("failed", 1), (_world.GitLab.WebhooksSent.Single().Outcome, _hook.RecentFailures));
    }

    [Fact]
    public async Task A_resend_repeats_body_and_key()
    {
        Push(1);
        JsonNode sent = (await _world.GetAsync($"{_world.Root}/hooks/{_hook.Id}/events"))[0]!;
        Assert.Equal(201, (await _world.SendAsync("POST", $"{_world.Root}/hooks/{_hook.Id}/events/{sent["id"]}/resend")).Status);
        _world.Pass(1);
        Assert.Equal(Key(0), Key(1));
        Assert.Equal(_world.Peer.Received[0].Body, _world.Peer.Received[1].Body);
    }

    private void Push(int times)
    {
        for (int i = 0; i < times; i++)
        {
            _world.GitLab.Commit("cki/kernel-tests", "main", "again");
            _world.Pass(1);
        }
    }

    private string Key(int i) => Header(_world.Peer.Received[i].Request, "Idempotency-Key");

    private static string Header(HttpRequestMessage request, string name) => request.Headers.GetValues(name).Single();

    private static string Tell(string body)
    {
        JsonNode json = JsonNode.Parse(body)!;
        return json["build_status"] is { } status ? $"Job {status}" : $"Pipeline {json["object_attributes"]!["status"]}";
    }
}
