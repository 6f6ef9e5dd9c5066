namespace Cki.WebhookIntake;

/// <summary>An HTTP request, free of the web server that took it.</summary>
/// <param name="Path">Without query, e.g. <c>/webhooks/gitlab</c>.</param>
/// <param name="Headers">By lower-case name; values of a repeated header joined by commas.</param>
public sealed record DoorRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body);

/// <summary>The answer: plain text, one line.</summary>
public sealed record DoorAnswer(int Status, string Body)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = NoHeaders;

    internal static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();
}

/// <summary>Everything the door ever says.</summary>
internal static class DoorAnswers
{
    public static readonly DoorAnswer NoSuchPath = new(404, "There is nothing here. Webhooks go to POST /webhooks/{source}, heartbeats to POST /heartbeats/{name}.");

    public static readonly DoorAnswer NoSuchSource = new(404, "No source of this name is configured in sources.yaml.");

    public static readonly DoorAnswer NotPost = new(405, "Webhooks are posted: use POST.")
    {
        Headers = new Dictionary<string, string> { ["Allow"] = "POST" },
    };

    public static readonly DoorAnswer NoSuchHeartbeat = new(404, "No heartbeat of this name is configured in checks.yaml.");

    public static readonly DoorAnswer NotPostedHeartbeat = NotPost with { Body = "Heartbeats are posted: use POST." };

    public static readonly DoorAnswer Beaten = new(202, "Accepted.");

    public static DoorAnswer NotGenuine(string why) => new(401, why);

    public static DoorAnswer Accepted(string delivery) => new(202, $"Accepted as delivery {delivery}.");

    public static DoorAnswer TooLarge(int bytesMax) =>
        new(413, $"The body is larger than {bytesMax} bytes ({bytesMax / (1024 * 1024)} MB), the most that is taken.");

    public static DoorAnswer TooManyHeaders(int headersMax) => new(431, $"The request has more than {headersMax} headers, the most that are taken.");

    public static DoorAnswer HeadersTooLarge(int charactersMax) =>
        new(431, $"The request's headers have more than {charactersMax} characters ({charactersMax / 1024} K), the most that are taken.");

    public static readonly DoorAnswer TooDeep = new(400, $"The body nests more than {DeliveryBounds.JsonDepthMax} levels deep, the most that are taken.");

    public static readonly DoorAnswer NotBase64 = new(400, "The body is said to be base64, and is not.");

    public static DoorAnswer Unavailable(string why, TimeSpan retryAfter) => new(503, $"{why} Try again later.")
    {
        Headers = new Dictionary<string, string> { ["Retry-After"] = ((int)retryAfter.TotalSeconds).ToString() },
    };
}
