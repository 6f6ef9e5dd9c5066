using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Cki.Adapters;

/// <summary>One event that a function has to answer.</summary>
/// <param name="RequestId">Lambda's id of it.</param>
/// <param name="Deadline">When Lambda ends the process.</param>
/// <param name="TraceId">X-Ray's header; null where the caller is not traced.</param>
/// <param name="FunctionArn">As it was called: with its alias, if any.</param>
/// <param name="Event">The JSON as it came.</param>
public sealed record Invocation(string RequestId, DateTimeOffset Deadline, string? TraceId, string? FunctionArn, ReadOnlyMemory<byte> Event);

/// <summary>What the Runtime API said to an answer.</summary>
public enum AnswerTaken
{
    Taken,

    /// <summary>413: it is above Lambda's limit (6 MB); an error must be posted in its place.</summary>
    TooLarge,

    /// <summary>Lambda no longer waits for this answer, e.g. because its deadline is over.</summary>
    TooLate,
}

/// <summary>The Runtime API is broken or gone; the process must end.</summary>
public sealed class RuntimeApiException(string message) : Exception(message);

/// <summary>
/// Client of the Lambda Runtime API, version 2018-06-01: what Amazon.Lambda.RuntimeSupport does, for executables on <c>provided.al2023</c>.
/// </summary>
/// <param name="http">Without a time limit of its own: <c>next</c> waits as long as nothing happens.</param>
/// <param name="address">Value of <c>AWS_LAMBDA_RUNTIME_API</c>: host and port.</param>
public sealed class RuntimeApiClient(HttpClient http, string address)
{
    private const string ErrorTypeHeader = "Lambda-Runtime-Function-Error-Type";
    private static readonly MediaTypeHeaderValue s_errorType = new("application/vnd.aws.lambda.error+json");
    private static readonly MediaTypeHeaderValue s_jsonType = new("application/json");

    private readonly string _base = $"http://{address}/2018-06-01/runtime/";

    /// <summary>A client made for it: no proxy, no limit, no headers of its own.</summary>
    public static HttpClient CreateHttp() =>
        new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <summary>Waits for the next event, however long. Throws <see cref="RuntimeApiException"/> for anything but an event.</summary>
    public async Task<Invocation> NextAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http.GetAsync($"{_base}invocation/next", cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new RuntimeApiException($"The Runtime API answers 'next' with {(int)response.StatusCode}");
        string requestId = Header(response, "Lambda-Runtime-Aws-Request-Id")
            ?? throw new RuntimeApiException("The Runtime API gave an event without Lambda-Runtime-Aws-Request-Id");
        string? deadline = Header(response, "Lambda-Runtime-Deadline-Ms");
        if (!long.TryParse(deadline, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds))
            throw new RuntimeApiException($"The Runtime API gave event {requestId} with the deadline '{deadline}'");
        byte[] content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new Invocation(
            requestId,
            DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
            Header(response, "Lambda-Runtime-Trace-Id"),
            Header(response, "Lambda-Runtime-Invoked-Function-Arn"),
            content);
    }

    /// <summary>Throws <see cref="RuntimeApiException"/> where the API says that the process must end.</summary>
    public async Task<AnswerTaken> AnswerAsync(string requestId, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(answer);
        content.Headers.ContentType = s_jsonType;
        using HttpResponseMessage response = await http.PostAsync($"{_base}invocation/{requestId}/response", content, cancellationToken);
        return Taken(response, "response");
    }

    /// <inheritdoc cref="AnswerAsync"/>
    public Task<AnswerTaken> FailAsync(string requestId, LambdaError error, CancellationToken cancellationToken) =>
        PostErrorAsync($"invocation/{requestId}/error", error, cancellationToken);

    /// <summary>The function cannot be composed: told before the first event, then the process ends.</summary>
    public Task<AnswerTaken> FailInitAsync(LambdaError error, CancellationToken cancellationToken) =>
        PostErrorAsync("init/error", error, cancellationToken);

    private async Task<AnswerTaken> PostErrorAsync(string path, LambdaError error, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(error, LambdaJson.Default.LambdaError));
        content.Headers.ContentType = s_errorType;
        using var request = new HttpRequestMessage(HttpMethod.Post, _base + path) { Content = content };
        request.Headers.TryAddWithoutValidation(ErrorTypeHeader, error.HeaderValue);
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
        return Taken(response, path);
    }

    private static AnswerTaken Taken(HttpResponseMessage response, string what) => response.StatusCode switch
    {
        HttpStatusCode.RequestEntityTooLarge => AnswerTaken.TooLarge,
        >= HttpStatusCode.InternalServerError => throw new RuntimeApiException($"The Runtime API answers '{what}' with {(int)response.StatusCode}"),
        >= HttpStatusCode.BadRequest => AnswerTaken.TooLate,
        _ => AnswerTaken.Taken,
    };

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
}
