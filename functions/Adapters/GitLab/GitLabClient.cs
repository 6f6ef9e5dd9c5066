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

    private readonly GitLabWire _wire = new(http, secrets, retries.Clock);

    /// <summary>Null: 404, which GitLab also says where the token lacks permission.</summary>
    private Task<T?> GetAsync<T>(ProjectRef project, string path, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
        where T : class =>
        GetAsync(Call(HttpMethod.Get, project, path), shape, cancellationToken);

    /// <inheritdoc cref="GetAsync{T}(ProjectRef, string, JsonTypeInfo{T}, CancellationToken)"/>
    private async Task<T?> GetAsync<T>(GitLabCall call, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
        where T : class =>
        await retries.SafelyAsync(
            async token =>
            {
                GitLabAnswer answer = await _wire.AskAsync(call, token);
                return answer.Status == 404 ? null : answer.Read(call, shape);
            },
            cancellationToken);

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

    private GitLabCall Call(HttpMethod method, ProjectRef project, string path)
    {
        if (config.Current.Host(project.Host) is null)
            throw new GitLabRefusedException(0, $"GitLab host '{project.Host}' (of project {project}) is not configured in trees.yaml");
        return Call(method, project.Host, $"/projects/{Uri.EscapeDataString(project.Path)}{path}");
    }

    private GitLabCall Call(HttpMethod method, string hostName, string path)
    {
        GitLabHost host = config.Current.Host(hostName) ?? throw new GitLabRefusedException(0, $"GitLab host '{hostName}' is not configured in trees.yaml");
        var url = new Uri($"{host.Url.AbsoluteUri.TrimEnd('/')}/api/v4{path}");
        return new GitLabCall(method, host, url, method == HttpMethod.Get ? GitLabRetries.ReadLimit : GitLabRetries.PostLimit);
    }
}
