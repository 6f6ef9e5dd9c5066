using Cki.Adapters;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.AdapterRooms;

public sealed class GitLabRecords : GitLabRoom
{
    private static readonly PipelineRef Pipeline = A.Pipeline();

    private const string JobJson =
        """{"id":7,"name":"build x86_64","stage":"build","status":"failed","allow_failure":true,"failure_reason":"runner_system_failure","web_url":"https://gitlab.example/cki/pipelines/-/jobs/7","created_at":"2026-11-22T12:00:00.000Z","started_at":"2026-11-22 12:01:00 UTC","finished_at":"2026-11-22T14:02:00.500+02:00","duration":60.5,"tag_list":["x86","big"],"user":{"username":"cki-bot"},"runner":{"id":1,"description":"runner-1"},"pipeline":{"id":1000,"project_id":3}}""";

    private static PipelineJob Job => new(
        7, "build x86_64", "build", "failed", true, "runner_system_failure", "runner-1", "https://gitlab.example/cki/pipelines/-/jobs/7")
    {
        CreatedAt = A.Noon,
        StartedAt = A.Noon.AddMinutes(1),
        FinishedAt = A.Noon.AddMinutes(2).AddMilliseconds(500),
        DurationSeconds = 60.5,
        User = "cki-bot",
        PipelineId = 1000,
    };

    [Fact]
    public async Task A_job_is_read_whole_with_times_in_both_shapes()
    {
        Wire.Answers(200, JobJson);
        PipelineJob? job = await Patiently(Client.GetJobAsync(new JobRef(Pipeline.Project, 7), Stop));
        Assert.Equal(["x86", "big"], job!.Tags);
        Assert.Equal(Job with { Tags = job.Tags, Machine = "1", Artifacts = job.Artifacts }, job);
    }

    [Fact]
    public async Task Jobs_are_listed_over_all_pages_in_order_of_id_each_once()
    {
        Wire.Answers(200, $"[{JobJson.Replace("\"id\":7,", "\"id\":9,")},{JobJson}]", ("Link", $"<{Root}/pipelines/1000/jobs?page=2&x=a,b;c>; rel=\"next\", <{Root}/x>; rel=\"first\""))
            .Answers(200, $"[{JobJson},{JobJson.Replace("\"id\":7,", "\"id\":3,")}]", ("Link", $"<{Root}/x>; rel=\"prev\""));
        IReadOnlyList<PipelineJob> jobs = await Patiently(Client.GetJobsAsync(Pipeline, includeRetried: true, Stop));
        Assert.Equal([3L, 7L, 9L], jobs.Select(j => j.Id));
        Assert.Equal(
            [$"{Root}/pipelines/1000/jobs?per_page=100&include_retried=true", $"{Root}/pipelines/1000/jobs?page=2&x=a,b;c"], Wire.Seen.Select(s => s.Url));
    }

    [Fact]
    public async Task A_next_page_on_another_host_is_asked_for_on_ours()
    {
        Wire.Answers(200, "[]", ("Link", "<http://internal.example/api/v4/projects/1/jobs?page=2>; rel=\"next\"")).Answers(200, "[]");
        await Patiently(Client.GetJobsAsync(Pipeline, includeRetried: false, Stop));
        Assert.Equal("https://gitlab.example/api/v4/projects/1/jobs?page=2", Wire.Seen[1].Url);
    }

    [Fact]
    public async Task A_failing_later_page_fails_the_list()
    {
        Wire.Answers(200, $"[{JobJson}]", ("Link", $"<{Root}/pipelines/1000/jobs?page=2>; rel=\"next\"")).Answers(403, "");
        Assert.Equal(403, (await Refused(Client.GetJobsAsync(Pipeline, includeRetried: true, Stop))).Status);
    }

    [Theory]
    [InlineData("""{"id":5,"project_id":4,"web_url":"https://gitlab.example/kernel/tests/-/pipelines/5"}""", "kernel/tests")]
    [InlineData("""{"id":5,"project_id":4,"web_url":null}""", "4")]
    [InlineData("""{"id":5}""", "cki/pipelines")]
    public async Task A_bridge_names_the_project_of_its_downstream(string downstream, string project)
    {
        Wire.Answers(200, $"[{JobJson.Replace("\"id\":7,", $"\"id\":7,\"downstream_pipeline\":{downstream},")}]");
        Assert.Equal(
            [new PipelineBridge(7, "build x86_64", "build", "failed", true, new PipelineRef(new ProjectRef("gitlab.example", project), 5))],
            await Patiently(Client.GetBridgesAsync(Pipeline, Stop)));
    }

    [Fact]
    public async Task A_bridge_that_started_nothing_has_no_downstream()
    {
        Wire.Answers(200, $"[{JobJson.Replace("\"id\":7,", "\"id\":7,\"downstream_pipeline\":null,")}]");
        Assert.Null((await Patiently(Client.GetBridgesAsync(Pipeline, Stop)))[0].Downstream);
    }

    [Theory]
    [InlineData(CommitTo.Variables, """{"ref":"main","variables":[{"key":"CKI_RUN_ID","value":"r"}]}""")]
    [InlineData(CommitTo.Inputs, """{"ref":"main","inputs":{"CKI_RUN_ID":"r"}}""")]
    public async Task A_pipeline_is_created_with_its_values(CommitTo how, string body)
    {
        Wire.Answers(201, PipelineJson);
        PipelineCreation made = await Patiently(Client.CreatePipelineAsync(Pipeline.Project, "main", [KeyValuePair.Create("CKI_RUN_ID", "r")], how, Stop));
        Assert.Equal(new PipelineCreation.Created(A.PipelineShown()), made);
        Assert.Equal(("POST", $"{Root}/pipeline", body), (Wire.Seen[0].Method, Wire.Seen[0].Url, Wire.Seen[0].Body));
    }

    [Fact]
    public async Task A_refused_pipeline_says_why()
    {
        Wire.Answers(400, """{"message":{"base":["Reference not found"]}}""");
        Assert.Equal(
            new PipelineCreation.Refused(400, "Reference not found"),
            await Patiently(Client.CreatePipelineAsync(Pipeline.Project, "gone", [], CommitTo.Variables, Stop)));
    }

    [Fact]
    public async Task A_retried_job_comes_back_as_its_successor()
    {
        Wire.Answers(201, JobJson);
        JobRetrial.Retried retried = Assert.IsType<JobRetrial.Retried>(await Patiently(Client.RetryJobAsync(new JobRef(Pipeline.Project, 5), Stop)));
        Assert.Equal(7, retried.Successor.Id);
    }

    [Fact]
    public async Task Pipelines_are_listed_by_ref_time_and_user()
    {
        Wire.Answers(200, $"[{PipelineJson}]");
        await Patiently(Client.ListPipelinesAsync(Pipeline.Project, "release/6.1 x", A.Noon, "cki-bot", Stop));
        Assert.Equal(
            $"{Root}/pipelines?per_page=100&order_by=id&sort=desc&ref=release%2F6.1%20x&updated_after=2026-11-22T12%3A00%3A00Z&username=cki-bot",
            Wire.Seen[0].Url);
    }

    [Fact]
    public async Task A_commit_status_is_set()
    {
        Wire.Answers(201, """{"id":42,"status":"success"}""");
        var post = new CommitStatusPost(A.Sha('a'), "success", "cki", "main", "passed", "https://cki.example/1");
        Assert.Equal(42, await Patiently(Client.SetCommitStatusAsync(Pipeline.Project, post, Stop)));
        Assert.Equal("""{"state":"success","name":"cki","description":"passed","ref":"main","target_url":"https://cki.example/1"}""", Wire.Seen[0].Body);
    }

    [Fact]
    public async Task A_commit_status_that_stands_already_is_set()
    {
        Wire.Answers(400, """{"message":"Cannot transition status via :run from :running (Reason(s): Status cannot transition via \"run\")"}""");
        Assert.Null(await Patiently(Client.SetCommitStatusAsync(Pipeline.Project, new CommitStatusPost(A.Sha('a'), "running", "cki", null, "", null), Stop)));
    }

    [Fact]
    public async Task Another_refusal_of_a_commit_status_is_not_a_success()
    {
        Wire.Answers(400, """{"message":"Sha is wrong"}""");
        await Refused(Client.SetCommitStatusAsync(Pipeline.Project, new CommitStatusPost(A.Sha('a'), "running", "cki", null, "", null), Stop));
    }
}
