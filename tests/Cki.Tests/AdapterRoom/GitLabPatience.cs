using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.AdapterRooms;

public sealed class GitLabPatience : GitLabRoom
{
    private static readonly PipelineRef Pipeline = A.Pipeline();

    [Fact]
    public async Task A_read_is_repeated_after_a_server_error()
    {
        Wire.Answers(502, "<html>bad gateway</html>").Answers(200, PipelineJson);
        PipelineShown? shown = await Patiently(Client.GetPipelineAsync(Pipeline, Stop));
        Assert.Equal(A.PipelineShown(), shown);
        Assert.Equal(2, Wire.Seen.Count);
    }

    [Fact]
    public async Task A_read_that_fails_four_times_is_unavailable_and_says_what_came_last()
    {
        Wire.Answers(503, "<html>down</html>");
        string message = (await Unavailable(Client.GetPipelineAsync(Pipeline, Stop))).Message;
        Assert.Equal($"GitLab GET {Root}/pipelines/1000: 503 Service Unavailable", message);
        Assert.Equal(4, Wire.Seen.Count);
    }

    [Fact]
    public async Task The_pauses_between_repeats_are_rolled_with_the_given_dice()
    {
        Wire.Answers(500, "");
        await Unavailable(Client.GetPipelineAsync(Pipeline, Stop));
        TimeSpan[] pauses = [.. Wire.Seen.Zip(Wire.Seen.Skip(1), (a, b) => b.At - a.At)];
        Assert.All(pauses, p => Assert.InRange(p, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(15)));
        Assert.Equal(["gitlab.retry-jitter", "gitlab.retry-jitter", "gitlab.retry-jitter"], Dice.Sites);
    }

    [Fact]
    public async Task Retry_After_is_obeyed()
    {
        Wire.Answers(429, "Retry later", ("Retry-After", "20")).Answers(200, PipelineJson);
        await Patiently(Client.GetPipelineAsync(Pipeline, Stop));
        Assert.InRange(Wire.Seen[1].At - Wire.Seen[0].At, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(29));
    }

    [Fact]
    public async Task A_Retry_After_beyond_our_patience_ends_the_call_at_once()
    {
        Wire.Answers(429, "Retry later", ("Retry-After", "900"));
        Assert.Equal(TimeSpan.FromSeconds(900), (await Unavailable(Client.GetPipelineAsync(Pipeline, Stop))).RetryAfter);
        Assert.Single(Wire.Seen);
    }

    [Fact]
    public async Task An_answer_that_never_comes_is_given_up_under_the_given_clock()
    {
        Wire.Hangs();
        string message = (await Unavailable(Client.GetPipelineAsync(Pipeline, Stop))).Message;
        Assert.Equal($"GitLab GET {Root}/pipelines/1000: no answer within 20 s", message);
        Assert.Equal(4, Wire.Seen.Count);
        Assert.True(Clock.GetUtcNow() - A.Noon >= TimeSpan.FromSeconds(80));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(429)]
    [InlineData(408)]
    public async Task A_post_is_never_repeated(int status)
    {
        Wire.Answers(status, "");
        await Unavailable(Client.CreatePipelineAsync(Pipeline.Project, "main", [], CommitTo.Variables, Stop));
        await Unavailable(Client.RetryJobAsync(new JobRef(Pipeline.Project, 5), Stop));
        Assert.Equal(2, Wire.Seen.Count);
    }

    [Fact]
    public async Task A_post_whose_connection_breaks_is_not_repeated()
    {
        Wire.Fails("connection reset");
        string message = (await Unavailable(Client.RetryJobAsync(new JobRef(Pipeline.Project, 5), Stop))).Message;
        Assert.Equal($"GitLab POST {Root}/jobs/5/retry: connection reset", message);
        Assert.Single(Wire.Seen);
    }

    [Fact]
    public async Task A_post_that_is_not_answered_is_not_repeated()
    {
        Wire.Hangs();
        await Unavailable(Client.CreatePipelineAsync(Pipeline.Project, "main", [], CommitTo.Variables, Stop));
        Assert.Single(Wire.Seen);
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_trouble_of_GitLabs()
    {
        Wire.Hangs();
        using var caller = new CancellationTokenSource();
        Task<PipelineShown?> call = Client.GetPipelineAsync(Pipeline, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_page_of_a_proxy_instead_of_GitLabs_JSON_is_unavailable()
    {
        Wire.Answers(200, "<html>sign in to the network</html>");
        Assert.StartsWith(
            $"GitLab GET {Root}/pipelines/1000: answer 200 is not what GitLab sends: ", (await Unavailable(Client.GetPipelineAsync(Pipeline, Stop))).Message);
    }

    [Fact]
    public async Task Unreadable_secrets_pass_through_and_nothing_is_asked()
    {
        Secrets.Unreadable = true;
        await Assert.ThrowsAsync<SecretsUnavailableException>(() => Patiently(Client.GetPipelineAsync(Pipeline, Stop)));
        Assert.Empty(Wire.Seen);
    }

    [Fact]
    public async Task A_host_that_is_not_configured_is_refused_and_named()
    {
        string message = (await Refused(Client.GetPipelineAsync(new PipelineRef(new ProjectRef("other.example", "a/b"), 1), Stop))).Message;
        Assert.Equal("GitLab host 'other.example' (of project other.example/a/b) is not configured in trees.yaml", message);
    }
}
