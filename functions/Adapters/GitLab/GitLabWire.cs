using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cki.Adapters;

/// <summary>One request to make.</summary>
internal sealed record GitLabCall(HttpMethod Method, GitLabHost Host, Uri Url, TimeSpan Limit)
{
    /// <summary>JSON.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Without the query: it may hold names, and it is long.</summary>
    public override string ToString() => $"GitLab {Method} {Url.GetLeftPart(UriPartial.Path)}";
}

/// <summary>A complete answer: 2xx, or a 4xx that the call may want to name.</summary>
internal sealed record GitLabAnswer(int Status, byte[] Body, string? ReasonPhrase, Uri? NextPage)
{
    /// <summary>GitLab's clock, to the second.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>Null: it told none.</summary>
    public GitLabRate? Rate { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    public string Message => ErrorText.Read(Encoding.UTF8.GetString(Body), ReasonPhrase);

    public GitLabRefusedException Refusal(GitLabCall call) => new(Status, $"{call}: {Status} {Message}");

    /// <summary>Throws <see cref="GitLabRefusedException"/> for a 4xx, and <see cref="GitLabUnavailableException"/> for what is not GitLab's
    /// JSON: a proxy's page, or an answer cut short.</summary>
    public T Read<T>(GitLabCall call, JsonTypeInfo<T> shape)
    {
        if (!IsSuccess)
            throw Refusal(call);
        try
        {
            return JsonSerializer.Deserialize(Body, shape) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new GitLabUnavailableException($"{call}: answer {Status} is not what GitLab sends: {e.Message}", e);
        }
    }
}

/// <summary>Sends one call, once: token, time limit, redirects, bounded body, metric.</summary>
internal sealed class GitLabWire(HttpClient http, ISecrets secrets, TimeProvider clock)
{
    /// <summary>A page of 100 jobs is about 300 KB.</summary>
    private const int BodyBytesMax = 32 << 20;

    private const int RedirectsMax = 3;

    /// <summary>How far GitLab's clock was ahead of ours in the newest answer that told its time; null: none did.</summary>
    public TimeSpan? ClockAhead { get; private set; }

    /// <summary>2xx, and 4xx other than 408 and 429; everything else throws.</summary>
    public async Task<GitLabAnswer> AskAsync(GitLabCall call, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(call.Limit, clock, cancellationToken);
        try
        {
            using HttpResponseMessage response = await SendAsync(call, deadline.Token);
            ClockAhead = response.Headers.Date - clock.GetUtcNow() ?? ClockAhead;
            byte[] body = await BoundedBody.ReadAsync(response.Content, BodyBytesMax, deadline.Token);
            return new GitLabAnswer((int)response.StatusCode, body, response.ReasonPhrase, GitLabPaging.Next(response.Headers, call.Url))
            {
                Date = response.Headers.Date,
                Rate = GitLabRate.Of(response.Headers),
            };
        }
        catch (Exception e) when (IsNetwork(e, deadline))
        {
            throw Lost(call, e, deadline);
        }
    }

    /// <summary>As <see cref="AskAsync"/>, but the body is left to be read from the response, which the caller disposes.</summary>
    public async Task<HttpResponseMessage> OpenAsync(GitLabCall call, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(call.Limit, clock, cancellationToken);
        try
        {
            return await SendAsync(call, deadline.Token);
        }
        catch (Exception e) when (IsNetwork(e, deadline))
        {
            throw Lost(call, e, deadline);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(GitLabCall call, CancellationToken cancellationToken)
    {
        string token = await secrets.GetAsync(call.Host.TokenSecret, cancellationToken)
            ?? throw new SecretsUnavailableException($"There is no secret '{call.Host.TokenSecret}' (token of GitLab host {call.Host.Name})");
        Uri url = call.Url;
        for (int redirects = 0; ; redirects++)
        {
            long asked = clock.GetTimestamp();
            HttpResponseMessage response = await http.SendAsync(Request(call, url, token), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            Count(call, Outcome(response.StatusCode));
            SuiteMetrics.ApiSeconds.Record(clock.GetElapsedTime(asked).TotalSeconds, new("host", call.Host.Name), new("method", call.Method.Method));
            if ((int)response.StatusCode is >= 200 and < 300 or (>= 400 and < 500 and not 408 and not 429))
                return response;
            using (response)
            {
                if ((int)response.StatusCode is < 300 or >= 400)
                    throw await UnavailableAsync(call, response, cancellationToken);
                url = Redirected(call, url, response, redirects);
            }
        }
    }

    private static HttpRequestMessage Request(GitLabCall call, Uri url, string token)
    {
        var request = new HttpRequestMessage(call.Method, url);
        request.Headers.UserAgent.ParseAdd("cki-serverless");
        // A trace may be redirected to object storage: the token is for GitLab alone.
        if (Uri.Compare(url, call.Url, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0)
            request.Headers.Add("PRIVATE-TOKEN", token);
        if (call.Body is not null)
            request.Content = new ByteArrayContent(call.Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return request;
    }

    /// <summary>GETs follow; a POST to a moved project would become a GET or act twice, so it is refused with the new address.</summary>
    private static Uri Redirected(GitLabCall call, Uri from, HttpResponseMessage response, int redirects)
    {
        Uri? to = response.Headers.Location is { } location ? new Uri(from, location) : null;
        int status = (int)response.StatusCode;
        if (to is null || redirects == RedirectsMax)
            throw new GitLabRefusedException(status, $"{call}: {status} without an end ({redirects} redirects)");
        if (call.Method != HttpMethod.Get)
            throw new GitLabRefusedException(status, $"{call}: {status}, the project has moved to {to.GetLeftPart(UriPartial.Path)}: correct trees.yaml");
        if (to.Scheme != Uri.UriSchemeHttps && to.Scheme != from.Scheme || to.Scheme != Uri.UriSchemeHttp && to.Scheme != Uri.UriSchemeHttps)
            throw new GitLabRefusedException(status, $"{call}: {status} leads from {from.Scheme} to {to.Scheme}");
        return to;
    }

    private async Task<GitLabUnavailableException> UnavailableAsync(GitLabCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] body = await BoundedBody.ReadAsync(response.Content, BodyBytesMax, cancellationToken);
        RetryConditionHeaderValue? after = response.Headers.RetryAfter;
        TimeSpan? wait = after?.Delta ?? (after?.Date - clock.GetUtcNow());
        string message = ErrorText.Read(Encoding.UTF8.GetString(body), response.ReasonPhrase);
        return new GitLabUnavailableException($"{call}: {(int)response.StatusCode} {message}") { RetryAfter = wait > TimeSpan.Zero ? wait : null };
    }

    private static bool IsNetwork(Exception e, Deadline deadline) =>
        e is HttpRequestException or IOException || (e is OperationCanceledException && deadline.IsOver);

    private static GitLabUnavailableException Lost(GitLabCall call, Exception e, Deadline deadline)
    {
        Count(call, "network");
        return new GitLabUnavailableException(deadline.IsOver ? $"{call}: no answer within {call.Limit.TotalSeconds:0} s" : $"{call}: {e.Message}", e);
    }

    private static string Outcome(HttpStatusCode status) => status == HttpStatusCode.TooManyRequests ? "429" : $"{(int)status / 100}xx";

    private static void Count(GitLabCall call, string outcome) => SuiteMetrics.ApiCalls.Add(
        1, new("host", call.Host.Name), new("method", call.Method.Method), new("outcome", outcome));
}
