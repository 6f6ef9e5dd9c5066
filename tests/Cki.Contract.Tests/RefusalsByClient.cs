using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Contract.Tests;

/// <summary>How the simulator says no, and what python-gitlab makes of it.</summary>
public sealed class RefusalsByClient
{
    [Fact]
    public async Task Strangers_and_missing_projects_are_told_apart_and_hidden_ones_are_missing()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        JsonText.Same("""
            {
              "me": "cki-bot",
              "missing": { "type": "GitlabGetError", "status": 404, "message": "404 Project Not Found" },
              "hidden": { "type": "GitlabGetError", "status": 404, "message": "404 Project Not Found" },
              "stranger": { "type": "GitlabAuthenticationError", "status": 401, "message": "401 Unauthorized" },
              "stranger_auth": { "type": "GitlabAuthenticationError", "status": 401, "message": "401 Unauthorized" },
              "no_ref": { "type": "GitlabCreateError", "status": 400, "message": { "base": ["Reference not found"] } }
            }
            """, await gitLab.AskAsync("refusals"));
        Assert.Empty(gitLab.World.Pipelines);
    }

    [Fact]
    public async Task The_client_waits_as_long_as_Retry_After_says_and_no_longer()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync(new GitLabSettings { RequestsPerMinute = 3 }, new ClockAtSecond(55));
        JsonNode told = await gitLab.AskAsync("limits", new JsonObject { ["times"] = 5 });
        double[] seconds = [.. told["seconds"]!.AsArray().Select(s => (double)s!)];
        Assert.Equal([200, 200, 200, 429, 200, 200], gitLab.Answers.Select(answer => answer.Status));
        TimeSpan wait = gitLab.Answers[3].RetryAfter ?? throw new InvalidOperationException("429 without Retry-After");
        Assert.InRange(wait.TotalSeconds, 1, 5);
        Assert.True(seconds[3] >= wait.TotalSeconds, $"{seconds[3]} s, told {wait}");
        Assert.True(seconds[4] < 1, $"the next request took {seconds[4]} s");
    }

    [Fact]
    public async Task The_applications_429_has_no_headers_and_the_client_backs_off_by_itself()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        gitLab.World.Faults.Api(ApiFault.TooManyRequestsWithoutHeaders, new FaultWhen { Times = 2 });
        await gitLab.AskAsync("limits", new JsonObject { ["times"] = 1 });
        Assert.Equal([(429, null), (429, null), (200, null)], gitLab.Answers.Select(answer => (answer.Status, answer.RetryAfter)));
    }

    [Fact]
    public async Task A_bad_gateway_is_no_answer_and_is_asked_again_only_by_a_client_that_wants_to()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        gitLab.World.Faults.Api(ApiFault.BadGateway, new FaultWhen { Times = 3 });
        JsonNode told = await gitLab.AskAsync("outage");
        Assert.Equal((502, "GitlabGetError"), ((int)told["first"]!["status"]!, (string)told["first"]!["type"]!));
        Assert.Equal(ServedGitLab.Path, (string)told["then"]!);
        Assert.Equal([502, 502, 502, 200], gitLab.Answers.Select(answer => answer.Status));
    }
}
