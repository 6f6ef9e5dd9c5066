using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

public sealed class RestTests
{
    private readonly World _world = new();

    [Fact]
    public async Task Following_the_links_meets_every_job_once()
    {
        _world.Runs([.. Enumerable.Range(0, 130).Select(i => new JobScript($"test {i}", "test"))]);
        long id = await _world.StartAsync();
        var seen = new List<long>();
        string? next = $"{_world.Root}/pipelines/{id}/jobs?per_page=100&scope[]=pending";
        for (int page = 1; next is not null; page++)
        {
            using HttpResponseMessage answer = await _world.Http.GetAsync(next, TestContext.Current.CancellationToken);
            Assert.Equal((page.ToString(), "130", "2"), (Header(answer, "x-page"), Header(answer, "x-total"), Header(answer, "x-total-pages")));
            seen.AddRange(await IdsOfAsync(answer));
            next = NextOf(answer);
        }
        Assert.Equal(Enumerable.Range(20001, 130).Select(i => (long)i).Reverse(), seen);
    }

    [Fact]
    public async Task Keyset_paging_gives_a_next_link_only_until_the_end()
    {
        _world.Runs([.. Enumerable.Range(0, 5).Select(i => new JobScript($"test {i}", "test"))]);
        await _world.StartAsync();
        using HttpResponseMessage first = await _world.Http.GetAsync($"{_world.Root}/jobs?pagination=keyset&per_page=3", TestContext.Current.CancellationToken);
        Assert.Equal(new long[] { 20005, 20004, 20003 }, await IdsOfAsync(first));
        Assert.False(first.Headers.Contains("x-total"));
        using HttpResponseMessage second = await _world.Http.GetAsync(NextOf(first), TestContext.Current.CancellationToken);
        Assert.Equal(new long[] { 20002, 20001 }, await IdsOfAsync(second));
        Assert.False(second.Headers.Contains("Link"));
    }

    [Theory]
    [InlineData("projects/cki%2Fkernel-tests", 200)]
    [InlineData("projects/11", 200)]
    [InlineData("projects/cki/kernel-tests", 404)]
    [InlineData("projects/no%2Fsuch", 404)]
    public async Task A_project_is_found_by_id_and_by_its_encoded_path(string path, int status) =>
        Assert.Equal(status, (await _world.SendAsync("GET", path)).Status);

    [Fact]
    public async Task A_branch_with_a_slash_is_found_by_its_encoded_name()
    {
        GitLabCommit commit = _world.GitLab.Commit("cki/kernel-tests", "topic/x", "On a topic");
        Assert.Equal(commit.Sha, (string)(await _world.GetAsync($"{_world.Root}/repository/branches/topic%2Fx"))["commit"]!["id"]!);
        Assert.Equal((404, """{"message":"404 Branch Not Found"}"""), await _world.SendAsync("GET", $"{_world.Root}/repository/branches/none"));
    }

    [Fact]
    public async Task The_latest_pipeline_of_a_ref_without_any_is_forbidden()
    {
        Assert.Equal((403, """{"message":"403 Forbidden"}"""), await _world.SendAsync("GET", $"{_world.Root}/pipelines/latest?ref=main"));
        long id = await _world.StartAsync();
        Assert.Equal(id, (long)(await _world.GetAsync($"{_world.Root}/pipelines/latest?ref=main"))["id"]!);
    }

    [Fact]
    public async Task Pipelines_are_filtered_by_what_one_looks_for()
    {
        long old = await _world.StartAsync();
        _world.Pass(100);
        string since = Uri.EscapeDataString(_world.Clock.GetUtcNow().ToString("O"));
        _world.Pass(1);
        long young = await _world.StartAsync();
        Assert.Equal(new[] { young, old }, await ListedAsync(""));
        Assert.Equal(new[] { old, young }, await ListedAsync("?sort=asc"));
        Assert.Equal(new[] { young }, await ListedAsync($"?updated_after={since}"));
        Assert.Equal(new[] { old }, await ListedAsync("?scope=finished"));
        Assert.Equal(new[] { old }, await ListedAsync("?status=success&username=cki-bot&ref=main&source=api&sha=" + _world.Head.Sha));
        Assert.Empty(await ListedAsync("?username=somebody"));
    }

    [Fact]
    public async Task A_trigger_token_starts_a_pipeline_by_form()
    {
        _world.Project.TriggerTokens["glptt-1"] = _world.Bot;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = "glptt-1", ["ref"] = "main", ["variables[CKI_RUN_ID]"] = "r-7" });
        using HttpResponseMessage answer = await _world.Http.PostAsync($"{_world.Root}/trigger/pipeline", form, TestContext.Current.CancellationToken);
        Assert.Equal((201, "trigger", "r-7"), ((int)answer.StatusCode, _world.GitLab.Pipelines.Single().Source, _world.GitLab.Pipelines.Single().RunId));
        Assert.Equal((404, """{"message":"404 Not Found"}"""),
            await _world.SendAsync("POST", $"{_world.Root}/trigger/pipeline", """{"token":"wrong","ref":"main"}"""));
    }

    [Fact]
    public async Task A_commit_status_changes_but_is_not_set_to_what_it_is()
    {
        string path = $"{_world.Root}/statuses/{_world.Head.Sha}";
        Assert.Equal(201, (await _world.SendAsync("POST", path, """{"state":"running","name":"cki"}""")).Status);
        (int status, string body) = await _world.SendAsync("POST", path, """{"state":"running","name":"cki"}""");
        Assert.Equal(400, status);
        Assert.StartsWith("Cannot transition status via :run from :running", (string)JsonNode.Parse(body)!["message"]!);
        Assert.Equal(201, (await _world.SendAsync("POST", path, """{"state":"success","name":"cki"}""")).Status);
        JsonNode listed = await _world.GetAsync($"{_world.Root}/repository/commits/{_world.Head.Sha}/statuses");
        Assert.Equal(("success", "cki"), ((string)listed[0]!["status"]!, (string)listed[0]!["name"]!));
        Assert.Equal(["running", "success"], _world.GitLab.CommitStatuses.Single().History);
    }

    [Fact]
    public async Task A_note_is_added_and_edited_by_its_author_only()
    {
        _world.GitLab.AddMergeRequest(_world.Project, "Fix it", "main");
        (int status, string body) = await _world.SendAsync("POST", $"{_world.Root}/merge_requests/1/notes", """{"body":"running"}""");
        Assert.Equal(201, status);
        long id = (long)JsonNode.Parse(body)!["id"]!;
        Assert.Equal(200, (await _world.SendAsync("PUT", $"{_world.Root}/merge_requests/1/notes/{id}", """{"body":"passed"}""")).Status);
        Assert.Equal("passed", (string)(await _world.GetAsync($"{_world.Root}/merge_requests/1/notes"))[0]!["body"]!);
    }

    [Fact]
    public async Task Artifacts_are_there_until_they_expire()
    {
        _world.Runs(new JobScript("build", "build")
        {
            Attempts = [new() { Artifacts = new SortedDictionary<string, string> { ["a/kcidb.json"] = "{}" }, ArtifactsExpireIn = TimeSpan.FromHours(1) }],
        });
        await _world.StartAsync();
        _world.Pass(90);
        Assert.Equal((200, "{}"), await _world.SendAsync("GET", $"{_world.Root}/jobs/20001/artifacts/a/kcidb.json"));
        Assert.Equal(404, (await _world.SendAsync("GET", $"{_world.Root}/jobs/20001/artifacts/other.json")).Status);
        _world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(404, (await _world.SendAsync("GET", $"{_world.Root}/jobs/20001/artifacts/a/kcidb.json")).Status);
    }

    [Fact]
    public async Task Hooks_are_kept_by_the_API_and_never_tell_their_secrets()
    {
        (int status, string body) = await _world.SendAsync("POST", $"{_world.Root}/hooks", """{"url":"https://cki.example/h","token":"s3cret","job_events":true}""");
        Assert.Equal((201, true, true), (status, (bool)JsonNode.Parse(body)!["job_events"]!, (bool)JsonNode.Parse(body)!["token_present"]!));
        Assert.DoesNotContain("s3cret", body);
        Assert.Equal(200, (await _world.SendAsync("PUT", $"{_world.Root}/hooks/1", """{"job_events":false}""")).Status);
        Assert.False(_world.Project.Hooks.Single().JobEvents);
        Assert.Equal((204, ""), await _world.SendAsync("DELETE", $"{_world.Root}/hooks/1"));
        Assert.Equal(404, (await _world.SendAsync("GET", $"{_world.Root}/hooks/1")).Status);
    }

    [Fact]
    public async Task The_test_report_adds_up_the_latest_jobs()
    {
        _world.Runs(new JobScript("kunit", "test") { Attempts = [new() { Tests = [new("kunit", "a", "success"), new("kunit", "b", "failed", "not ok 2")] }] });
        long id = await _world.StartAsync();
        _world.Pass(90);
        JsonNode report = await _world.GetAsync($"{_world.Root}/pipelines/{id}/test_report");
        Assert.Equal((2, 1, 1, "not ok 2"), ((int)report["total_count"]!, (int)report["success_count"]!, (int)report["failed_count"]!,
            (string)report["test_suites"]![0]!["test_cases"]![1]!["system_output"]!));
    }

    private async Task<long[]> ListedAsync(string query) =>
        [.. (await _world.GetAsync($"{_world.Root}/pipelines{query}")).AsArray().Select(pipeline => (long)pipeline!["id"]!)];

    private static async Task<long[]> IdsOfAsync(HttpResponseMessage answer) =>
        [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsArray().Select(job => (long)job!["id"]!)];

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();

    private static string? NextOf(HttpResponseMessage answer) =>
        answer.Headers.GetValues("Link").Single().Split(", ").FirstOrDefault(link => link.EndsWith("rel=\"next\""))?.Split('<', '>')[1];
}
