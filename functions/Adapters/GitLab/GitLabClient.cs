using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Cki.Adapters;

/// <summary>
/// Our thin client of GitLab's REST v4. Reads are repeated (<see cref="GitLabRetries"/>), POSTs are sent once: after an unanswered one the caller
/// looks before it posts again. Throws <see cref="GitLabUnavailableException"/> and <see cref="GitLabRefusedException"/>;
/// <see cref="SecretsUnavailableException"/> passes through.
/// </summary>
/// <param name="http">See <see cref="OutboundHttp"/>: no redirects of its own, no time-out of its own.</param>
public sealed partial class GitLabClient(HttpClient http, IConfigSource config, ISecrets secrets, GitLabRetries retries)
{
    /// <summary>100 records each; more than 100,000 of anything is a fault, not a list.</summary>
    private const int PagesMax = 1000;

    /// <summary>More runners than this are not looked through for standbys.</summary>
    private const int RunnersMax = 50;

    private readonly GitLabWire _wire = new(http, secrets, retries.Clock);

    /// <inheritdoc cref="GitLabWire.ClockAhead"/>
    public TimeSpan? ClockAhead => _wire.ClockAhead;

    /// <summary>Null: 404, which GitLab also says where the token lacks permission.</summary>
    private async Task<T?> GetAsync<T>(ProjectRef project, string path, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
        where T : class
    {
        return await AskAsync(Call(HttpMethod.Get, project, path), shape, cancellationToken);
    }

    private async Task<T?> AskAsync<T>(GitLabCall call, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
        where T : class
    {
        return await retries.SafelyAsync(
            async token =>
            {
                GitLabAnswer answer = await _wire.AskAsync(call, token);
                return answer.Status == 404 ? null : answer.Read(call, shape);
            },
            cancellationToken);
    }

    /// <summary>All pages. A missing project is <see cref="GitLabRefusedException"/> with status 404.</summary>
    private async Task<List<T>> ListAsync<T>(ProjectRef project, string path, JsonTypeInfo<T[]> shape, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        GitLabCall? call = Call(HttpMethod.Get, project, path);
        for (int page = 0; call is not null; page++)
        {
            if (page == PagesMax)
                throw new GitLabUnavailableException($"{call}: more than {PagesMax} pages");
            GitLabCall asked = call;
            (T[] items, Uri? next) = await retries.SafelyAsync(token => PageAsync(asked, shape, token), cancellationToken);
            all.AddRange(items);
            call = next is null ? null : asked with { Url = next };
        }
        return all;
    }

    private async Task<(T[] Items, Uri? Next)> PageAsync<T>(GitLabCall call, JsonTypeInfo<T[]> shape, CancellationToken cancellationToken)
    {
        GitLabAnswer answer = await _wire.AskAsync(call, cancellationToken);
        if (answer.Status == 404)
            throw answer.Refusal(call);
        return (answer.Read(call, shape), answer.NextPage);
    }

    /// <summary>Once, whatever happens.</summary>
    private async Task<GitLabAnswer> PostAsync(GitLabCall call, JsonObject? body, CancellationToken cancellationToken) =>
        await _wire.AskAsync(call with { Body = body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()) }, cancellationToken);

    private GitLabCall Call(HttpMethod method, ProjectRef project, string path) => Call(method, project, $"/projects/{Uri.EscapeDataString(project.Path)}", path);

    /// <summary>What lies outside of projects.</summary>
    private GitLabCall HostCall(ProjectRef asking, string path) => Call(HttpMethod.Get, asking, "", path);

    private GitLabCall Call(HttpMethod method, ProjectRef project, string room, string path)
    {
        GitLabHost host = config.Current.Host(project.Host)
            ?? throw new GitLabRefusedException(0, $"GitLab host '{project.Host}' (of project {project}) is not configured in trees.yaml");
        string root = host.Url.AbsoluteUri.TrimEnd('/');
        var url = new Uri($"{root}/api/v4{room}{path}");
        return new GitLabCall(method, host, url, method == HttpMethod.Get ? GitLabRetries.ReadLimit : GitLabRetries.PostLimit);
    }
}
