using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>An answer before it becomes a response: handlers make values, the skin makes messages.</summary>
internal sealed record Answer(int Status, string Body, string ContentType = "application/json")
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Set where the body is not text.</summary>
    public byte[]? Bytes { get; init; }

    public static Answer Ok(JsonNode body) => new(200, body.ToJsonString());

    public static Answer Created(JsonNode body) => new(201, body.ToJsonString());

    public static Answer NoContent() => new(204, "");

    /// <summary>GitLab's <c>{"message": ...}</c>.</summary>
    public static Answer Refuse(int status, JsonNode message) => new(status, new JsonObject { ["message"] = message }.ToJsonString());

    /// <summary>GitLab's <c>{"error": ...}</c> for a parameter it cannot take.</summary>
    public static Answer Invalid(string error) => new(400, new JsonObject { ["error"] = error }.ToJsonString());

    public static Answer NotFound(string what) => Refuse(404, $"404 {what} Not Found");

    public static Answer Forbidden(string? why = null) => Refuse(403, why is null ? "403 Forbidden" : $"403 Forbidden  - {why}");

    public static Answer Html(int status, string title) => new(status, $"""
        <!DOCTYPE html>
        <html>
        <head><title>GitLab: {title} ({status})</title></head>
        <body><h1>{status}</h1><h3>Whoops, GitLab is taking too much time to respond.</h3>
        <p>Try refreshing the page, or going back and attempting the action again.</p></body>
        </html>

        """, "text/html");

    public HttpResponseMessage ToResponse(HttpRequestMessage request)
    {
        var content = new ByteArrayContent(Status is 204 or 304 ? [] : Bytes ?? Encoding.UTF8.GetBytes(Body));
        content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        var response = new HttpResponseMessage((HttpStatusCode)Status) { Content = content, RequestMessage = request };
        foreach ((string name, string value) in Headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }
}
