using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

public sealed class AccessTests
{
    private readonly World _world = new();

    [Fact]
    public async Task An_unknown_token_is_not_authorised() =>
        Assert.Equal((401, """{"message":"401 Unauthorized"}"""), await AsAsync("glpat-nobody", "GET", "user"));

    [Fact]
    public async Task A_revoked_token_is_invalid()
    {
        _world.GitLab.AddToken(_world.Bot, "glpat-old").Revoked = true;
        Assert.Equal((401, """{"error":"invalid_token","error_description":"Token was revoked. You have to re-authorize from the user."}"""),
            await AsAsync("glpat-old", "GET", "user"));
    }

    [Fact]
    public async Task An_expired_token_is_invalid()
    {
        _world.GitLab.AddToken(_world.Bot, "glpat-old").ExpiresAt = _world.Clock.GetUtcNow();
        Assert.Equal((401, """{"error":"invalid_token","error_description":"Token is expired. You can either do re-authorization or token refresh."}"""),
            await AsAsync("glpat-old", "GET", "user"));
    }

    [Fact]
    public async Task A_reading_token_reads_and_does_not_write()
    {
        _world.GitLab.AddToken(_world.Bot, "glpat-read", "read_api");
        Assert.Equal(200, (await AsAsync("glpat-read", "GET", "projects/11/pipelines")).Status);
        Assert.Equal((403, """{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":"api"}"""),
            await AsAsync("glpat-read", "POST", "projects/11/pipeline"));
    }

    [Fact]
    public async Task A_project_one_may_not_see_does_not_exist()
    {
        ATokenFor(GitLabRole.None);
        Assert.Equal((404, """{"message":"404 Project Not Found"}"""), await AsAsync("glpat-other", "GET", "projects/11/pipelines"));
    }

    [Fact]
    public async Task A_reporter_reads_and_does_not_act()
    {
        ATokenFor(GitLabRole.Reporter);
        Assert.Equal(200, (await AsAsync("glpat-other", "GET", "projects/11/pipelines")).Status);
        Assert.Equal((403, """{"message":"403 Forbidden"}"""), await AsAsync("glpat-other", "POST", "projects/11/pipeline"));
        Assert.Equal(403, (await AsAsync("glpat-other", "GET", "projects/11/hooks")).Status);
    }

    [Fact]
    public async Task A_public_project_is_read_by_anybody_and_changed_by_nobody_unknown()
    {
        _world.Project.Public = true;
        using var http = new HttpClient(new GitLabMessageHandler(_world.GitLab));
        Assert.Equal(200, (int)(await http.GetAsync("https://gitlab.example/api/v4/projects/11", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(401, (int)(await http.PostAsync("https://gitlab.example/api/v4/projects/11/pipeline", null, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task An_unknown_path_is_not_found() =>
        Assert.Equal((404, """{"error":"404 Not Found"}"""), await AsAsync("glpat-bot", "GET", "no/such/thing"));

    [Fact]
    public async Task A_body_that_is_not_JSON_is_refused() =>
        Assert.Equal(400, (await _world.SendAsync("POST", "projects/11/pipeline", "{")).Status);

    private void ATokenFor(GitLabRole role)
    {
        GitLabUser other = _world.GitLab.AddUser("other");
        _world.GitLab.AddToken(other, "glpat-other");
        if (role > GitLabRole.None)
            _world.GitLab.AddMember(_world.Project, other, role);
    }

    /// <summary>As a bearer: the other way to show a token.</summary>
    private async Task<(int Status, string Body)> AsAsync(string token, string method, string path)
    {
        using var http = new HttpClient(new GitLabMessageHandler(_world.GitLab));
        using var request = new HttpRequestMessage(new HttpMethod(method), "https://gitlab.example/api/v4/" + path);
        request.Headers.Authorization = new("Bearer", token);
        using HttpResponseMessage answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
