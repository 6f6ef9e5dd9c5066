using System.Text;
using Cki.Adapters;

namespace Cki.WebhookIntake;

/// <summary>The door behind an HTTP API: its requests as the door's, the door's answers as its.</summary>
public sealed class HttpApiDoor(WebhookDoor door)
{
    /// <summary>
    /// Lambda takes 6 MB (6 x 1024 x 1024 bytes) an event, the request's headers and JSON's escapes included, base64 where the body is no text: so a JSON
    /// body of a little less than 6 MB passes, a binary one of 4.5 MB. What is larger is answered 413 by the HTTP API itself and never gets here. Four
    /// waits (secrets, archive, queue, spill) of 1.1 s and 1.5 s for the configuration stay below the 6 s in which the door answers.
    /// </summary>
    public static readonly IntakeOptions Options = new() { BodyBytesMax = 6 * 1024 * 1024, PortLimit = TimeSpan.FromSeconds(1.1) };

    public async Task<APIGatewayHttpApiV2ProxyResponse> AnswerAsync(APIGatewayHttpApiV2ProxyRequest request, CancellationToken cancellationToken)
    {
        DoorAnswer answer = Body(request) is { } body
            ? await door.ReceiveAsync(
                new DoorRequest(request.RequestContext?.Http?.Method ?? "", request.RawPath ?? "", request.Headers ?? DoorAnswer.NoHeaders, body), cancellationToken)
            : DoorAnswers.NotBase64;
        var headers = new Dictionary<string, string> { ["content-type"] = "text/plain; charset=utf-8" };
        foreach ((string name, string value) in answer.Headers)
            headers[name.ToLowerInvariant()] = value;
        return new APIGatewayHttpApiV2ProxyResponse { StatusCode = answer.Status, Headers = headers, Body = answer.Body + "\n" };
    }

    /// <summary>The bytes as they were sent: signatures are made over them. Null: they cannot be told.</summary>
    private static byte[]? Body(APIGatewayHttpApiV2ProxyRequest request)
    {
        if (request.Body is not { } text)
            return [];
        if (!request.IsBase64Encoded)
            return Encoding.UTF8.GetBytes(text);
        byte[] bytes = new byte[(text.Length * 3L / 4) + 3];
        return Convert.TryFromBase64String(text, bytes, out int written) ? bytes[..written] : null;
    }
}
