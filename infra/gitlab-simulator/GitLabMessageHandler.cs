namespace Cki.GitLabSimulator;

/// <summary>The skin for an <see cref="HttpClient"/> in the same process.</summary>
public sealed class GitLabMessageHandler(GitLabWorld world) : HttpMessageHandler
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        world.HandleAsync(request, cancellationToken);
}
