using Cki.Adapters;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.AdapterRooms;

public sealed class GitLabAnswers : GitLabRoom
{
    private static readonly PipelineRef Pipeline = A.Pipeline();

    [Fact]
    public async Task The_token_travels_in_its_header_and_the_path_is_escaped()
    {
        Wire.Answers(200, PipelineJson);
        await Patiently(Client.GetPipelineAsync(Pipeline, Stop));
        Assert.Equal($"{Root}/pipelines/1000", Wire.Seen[0].Url);
        Assert.Equal("glpat-test", Wire.Seen[0].Headers["private-token"]);
    }

    [Fact]
    public async Task What_does_not_exist_is_null()
    {
        Wire.Answers(404, """{"message":"404 Not found"}""");
        Assert.Null(await Patiently(Client.GetPipelineAsync(Pipeline, Stop)));
        Assert.Null(await Patiently(Client.GetJobAsync(new JobRef(Pipeline.Project, 1), Stop)));
        Assert.Null(await Patiently(Client.OpenTraceAsync(new JobRef(Pipeline.Project, 1), Stop)));
    }

    [Fact]
    public async Task A_list_of_a_missing_project_is_refused_not_empty()
    {
        Wire.Answers(404, """{"message":"404 Project Not Found"}""");
        GitLabRefusedException refused = await Refused(Client.ListBranchesAsync(Pipeline.Project, Stop));
        Assert.Equal((404, $"GitLab GET {Root}/repository/branches: 404 404 Project Not Found"), (refused.Status, refused.Message));
    }

    [Theory]
    [InlineData("""{"message":"403 Forbidden"}""", "403 Forbidden")]
    [InlineData("""{"message":{"base":["Reference not found"]}}""", "Reference not found")]
    [InlineData("""{"message":{"name":["is too long","has spaces"]}}""", "name: is too long, has spaces")]
    [InlineData("""{"error":"ref is missing"}""", "ref is missing")]
    [InlineData("""{"error":"insufficient_scope","error_description":"needs api"}""", "insufficient_scope: needs api")]
    [InlineData("""["one","two"]""", "one, two")]
    [InlineData("<html><body>Blocked</body></html>", "Forbidden")]
    [InlineData("Retry  later\n", "Retry later")]
    [InlineData("", "Forbidden")]
    public async Task Every_form_of_an_error_body_becomes_one_line(string body, string said)
    {
        Wire.Answers(403, body);
        Assert.Equal(new JobRetrial.NotRetryable(403, said), await Patiently(Client.RetryJobAsync(new JobRef(Pipeline.Project, 5), Stop)));
        Assert.Equal($"GitLab GET {Root}/pipelines/1000: 403 {said}", (await Refused(Client.GetPipelineAsync(Pipeline, Stop))).Message);
    }

    [Fact]
    public async Task A_bad_token_is_an_error_of_ours_not_of_the_pipeline()
    {
        Wire.Answers(401, """{"error":"invalid_token","error_description":"Token is expired."}""");
        Assert.Equal(401, (await Refused(Client.CreatePipelineAsync(Pipeline.Project, "main", [], CommitTo.Variables, Stop))).Status);
        Assert.Equal(401, (await Refused(Client.RetryJobAsync(new JobRef(Pipeline.Project, 5), Stop))).Status);
    }

    [Fact]
    public async Task A_moved_project_is_read_where_it_is_now()
    {
        Wire.Answers(301, "", ("Location", "https://gitlab.example/api/v4/projects/77/pipelines/1000")).Answers(200, PipelineJson);
        Assert.Equal(A.PipelineShown(), await Patiently(Client.GetPipelineAsync(Pipeline, Stop)));
        Assert.Equal("glpat-test", Wire.Seen[1].Headers["private-token"]);
    }

    [Fact]
    public async Task Nothing_is_posted_to_a_moved_project()
    {
        Wire.Answers(301, "", ("Location", "https://gitlab.example/api/v4/projects/77/pipeline"));
        PipelineCreation made = await Patiently(Client.CreatePipelineAsync(Pipeline.Project, "main", [], CommitTo.Variables, Stop));
        Assert.Equal(
            new PipelineCreation.Refused(
                301,
                $"GitLab POST {Root}/pipeline: 301, the project has moved to https://gitlab.example/api/v4/projects/77/pipeline: correct trees.yaml"),
            made);
        Assert.Single(Wire.Seen);
    }

    [Fact]
    public async Task The_token_does_not_follow_to_another_host()
    {
        Wire.Answers(302, "", ("Location", "https://storage.example/trace")).Answers(200, "log");
        await using Stream? trace = await Patiently(Client.OpenTraceAsync(new JobRef(Pipeline.Project, 1), Stop));
        Assert.Equal("log", await new StreamReader(trace!).ReadToEndAsync(Stop));
        Assert.False(Wire.Seen[1].Headers.ContainsKey("private-token"));
    }

    [Theory]
    [InlineData("http://gitlab.example/trace")]
    [InlineData("file:///etc/passwd")]
    public async Task A_redirect_out_of_https_is_not_followed(string location)
    {
        Wire.Answers(302, "", ("Location", location));
        await Refused(Client.OpenTraceAsync(new JobRef(Pipeline.Project, 1), Stop));
        Assert.Single(Wire.Seen);
    }

    [Fact]
    public async Task Redirects_without_an_end_are_refused()
    {
        Wire.Answers(302, "", ("Location", $"{Root}/pipelines/1000"));
        Assert.Equal($"GitLab GET {Root}/pipelines/1000: 302 without an end (3 redirects)", (await Refused(Client.GetPipelineAsync(Pipeline, Stop))).Message);
    }

    [Fact]
    public async Task A_trace_that_stalls_is_unavailable_under_the_given_clock()
    {
        Wire.Streams(new StalledStream());
        await using Stream? trace = await Patiently(Client.OpenTraceAsync(new JobRef(Pipeline.Project, 1), Stop));
        Task<int> read = trace!.ReadAsync(new byte[10], Stop).AsTask();
        Assert.Equal($"GitLab GET {Root}/jobs/1/trace: stalled for 30 s", (await Unavailable(read)).Message);
    }

    private sealed class StalledStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
