using System.Net;

namespace Cki.Simulation.Tests;

/// <summary>Poster's care undone: a POST without an answer is sent again at once.</summary>
public sealed class BlindPoster(HttpMessageHandler sound, TimeProvider clock) : DelegatingHandler(sound)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[]? body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException) when (request.Method == HttpMethod.Post && request.RequestUri!.Host == Town.GitLabHost)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            return await base.SendAsync(Again(request, body), cancellationToken);
        }
    }

    private static HttpRequestMessage Again(HttpRequestMessage request, byte[]? body)
    {
        var again = new HttpRequestMessage(request.Method, request.RequestUri);
        foreach ((string name, IEnumerable<string> values) in request.Headers)
            again.Headers.TryAddWithoutValidation(name, values);
        if (body is null)
            return again;
        again.Content = new ByteArrayContent(body);
        again.Content.Headers.ContentType = request.Content!.Headers.ContentType;
        return again;
    }
}

/// <summary>Looking before posting undone: no list of pipelines shows any.</summary>
public sealed class HiddenPipelines(HttpMessageHandler sound) : DelegatingHandler(sound)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
        bool isList = request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.EndsWith("/pipelines", StringComparison.Ordinal);
        return isList && answer.IsSuccessStatusCode
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("[]", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")), RequestMessage = request }
            : answer;
    }
}

/// <summary>Strong evidence unread: a compiler's error looks like a registry that did not answer.</summary>
public sealed class HiddenEvidence(HttpMessageHandler sound) : DelegatingHandler(sound)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
        if (!request.RequestUri!.AbsolutePath.EndsWith("/trace", StringComparison.Ordinal) || !answer.IsSuccessStatusCode)
            return answer;
        string trace = await answer.Content.ReadAsStringAsync(cancellationToken);
        string told = trace.Contains("error: implicit declaration", StringComparison.Ordinal)
            ? "ERROR: Job failed (system failure): pods \"runner-1\" not found\n"
            : trace;
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(told), RequestMessage = request };
    }
}

/// <summary>A channel that says yes and delivers nothing.</summary>
public sealed class SilentReceiver(HttpMessageHandler sound) : DelegatingHandler(sound)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.RequestUri!.Host == ChannelPeer.Host
            ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request })
            : base.SendAsync(request, cancellationToken);
}
