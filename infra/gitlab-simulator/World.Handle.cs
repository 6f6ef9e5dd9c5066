using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

// The API as a function of a request.
public sealed partial class GitLabWorld
{
    /// <summary>A late effect comes within GitLab's own request limit.</summary>
    private static readonly TimeSpan s_lateMax = TimeSpan.FromSeconds(60);
    private readonly RateLimits _limits = new();

    /// <summary>
    /// Answers one API request. A connection that a fault refuses or drops is an <see cref="HttpRequestException"/>: the handler skin
    /// passes it on, the Kestrel skin aborts the connection. Cancelling ends a hang, but never undoes what was done.
    /// </summary>
    public async Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri uri = request.RequestUri ?? throw new ArgumentException("A request needs its address.", nameof(request));
        string text = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        JsonObject? body = Forms.Read(text, request.Content?.Headers.ContentType?.MediaType);
        var call = new ApiRequest(request.Method.Method, uri, body ?? []);
        string? token = TokenOf(request);
        (Answer? answer, ApiFault? fault) = Locked(() => Take(call, token, readable: body is not null));
        if (answer is not null)
            return answer.ToResponse(request);
        if (fault == ApiFault.Hang)
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        throw fault == ApiFault.Refused
            ? new HttpRequestException(HttpRequestError.ConnectionError, $"Connection refused ({uri.Authority})")
            : new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
    }

    private (Answer? Answer, ApiFault? Fault) Take(ApiRequest call, string? token, bool readable)
    {
        Route route = Routes.Find(call);
        string name = route == Routes.Unknown ? $"{call.Method} (unknown)" : route.Name;
        ApiFault? fault = Faults.TakeApi(name);
        Answer Act() => readable ? Perform(route, call, token) : Answer.Invalid("400 Bad request - body is not JSON");
        Answer? answer = fault switch
        {
            null => Act(),
            ApiFault.TooManyRequests => RateLimits.Front(Now, limit: 2000),
            ApiFault.TooManyRequestsWithoutHeaders => RateLimits.Application(),
            ApiFault.InternalServerError => Answer.Refuse(500, "500 Internal Server Error"),
            ApiFault.BadGateway => Answer.Html(502, "Bad Gateway"),
            ApiFault.ServiceUnavailable => Answer.Html(503, "Service Unavailable"),
            _ => null,
        };
        if (fault == ApiFault.LostAfter)
            Act();
        if (fault == ApiFault.LateEffect)
            After(s_lateMax * Roll("gitlab.api.late"), () => Act());
        Note(new ApiCall(Now, name, call.Uri.PathAndQuery, call.User?.Username, answer?.Status ?? 0, fault?.ToString()));
        return (answer, fault);
    }

    private Answer Perform(Route route, ApiRequest call, string? token)
    {
        if (Door.Check(this, route, call, token) is { } refusal)
            return refusal;
        if (Settings.RequestsPerMinute is not { } limit)
            return route.Act(this, call);
        (int observed, bool over) = _limits.Count(Now, call.User?.Username ?? "", limit);
        if (over)
            return RateLimits.Front(Now, limit);
        Answer answer = route.Act(this, call);
        return answer with { Headers = [.. answer.Headers, .. RateLimits.Headers(Now, limit, observed)] };
    }

    private static string? TokenOf(HttpRequestMessage request)
    {
        if (request.Headers.TryGetValues("PRIVATE-TOKEN", out IEnumerable<string>? values))
            return values.First();
        return request.Headers.Authorization is { Scheme: "Bearer", Parameter: { } bearer } ? bearer : null;
    }
}
