using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Contract.Tests;

/// <summary>Branches, commit statuses, merge requests and hooks of the simulator as python-gitlab sees them.</summary>
public sealed class RepositoryByClient
{
    [Fact]
    public async Task A_commit_status_moves_on_and_refuses_the_state_it_has()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        JsonText.Same($$"""
            {
              "made": { "sha": "{{gitLab.Head.Sha}}", "status": "running", "name": "cki", "target_url": "https://board.example/run/1", "author": "cki-bot" },
              "same": {
                "type": "GitlabCreateError", "status": 400,
                "message": "Cannot transition status via :run from :running (Reason(s): Status cannot transition via \"run\")"
              },
              "done": { "same_id": true, "status": "success", "description": "all passed" },
              "unknown": { "type": "GitlabCreateError", "status": 400, "message": "state does not have a valid value" },
              "listed": [["cki", "success"]],
              "listed_all": [["cki", "success"]]
            }
            """, await gitLab.AskAsync("statuses", new JsonObject { ["sha"] = gitLab.Head.Sha }));
        Assert.Equal(["running", "success"], Assert.Single(gitLab.World.CommitStatuses).History);
    }

    [Fact]
    public async Task Branches_are_found_by_name_and_by_search()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        GitLabCommit next = gitLab.World.Commit(ServedGitLab.Path, "for-next/core", "arm64: add a quirk");
        GitLabCommit young = gitLab.World.Commit(ServedGitLab.Path, "main", "net: fix another leak");
        JsonText.Same($$"""
            {
              "default": "main",
              "all": { "for-next/core": "{{next.Sha}}", "main": "{{young.Sha}}" },
              "searched": ["for-next/core"],
              "one": "arm64: add a quirk",
              "missing": { "type": "GitlabGetError", "status": 404, "message": "404 Branch Not Found" },
              "commits": ["net: fix another leak", "net: fix a leak"]
            }
            """, await gitLab.AskAsync("branches"));
    }

    [Fact]
    public async Task A_hook_is_made_listed_edited_and_deleted_and_its_token_is_never_told()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        JsonText.Same("""
            {
              "made": { "url": "http://127.0.0.1:9/webhooks/gitlab", "push": false, "job": true, "token_is_told": false },
              "listed": ["http://127.0.0.1:9/webhooks/gitlab"],
              "edited": { "job": true, "pipeline": false },
              "left": [],
              "gone": { "type": "GitlabGetError", "status": 404, "message": "404 Not found" },
              "invalid": { "type": "GitlabCreateError", "status": 422, "message": { "url": ["is blocked: Only allowed schemes are http, https"] } }
            }
            """, await gitLab.AskAsync("hooks", new JsonObject { ["url"] = "http://127.0.0.1:9/webhooks/gitlab" }));
        Assert.Empty(gitLab.World.Project(ServedGitLab.Path).Hooks);
    }

    [Fact]
    public async Task A_note_of_a_merge_request_is_written_once_and_rewritten_in_place()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        GitLabCommit commit = gitLab.World.Commit(ServedGitLab.Path, "feature", "mm: add a knob");
        GitLabMergeRequest request = gitLab.World.AddMergeRequest(gitLab.World.Project(ServedGitLab.Path), "Add a knob", "feature");
        JsonText.Same($$"""
            {
              "request": { "title": "Add a knob", "state": "opened", "source": "feature", "sha": "{{commit.Sha}}" },
              "made": "CKI: testing",
              "read": [true, "CKI: **passed** ✅", false, "MergeRequest", {{request.Iid}}],
              "member": { "level": 40, "state": "active" },
              "listed": [[true, "cki-bot", "CKI: **passed** ✅"]]
            }
            """, await gitLab.AskAsync("merge_request", new JsonObject { ["iid"] = request.Iid }));
    }
}
