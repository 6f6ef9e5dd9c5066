using System.Net;
using Cki.WebhookIntake;

namespace Cki.Simulation.Tests;

/// <summary>Between GitLab's HTTP and the door, in place of Kestrel or API Gateway.</summary>
internal static class FrontDoorSkin
{
    public static async Task<HttpResponseMessage> AnswerAsync(WebhookDoor door, HttpRequestMessage request)
    {
        byte[] body = await request.Content!.ReadAsByteArrayAsync();
        var headers = request.Headers.Concat(request.Content.Headers)
            .ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(',', header.Value), StringComparer.Ordinal);
        DoorAnswer answer = await door.ReceiveAsync(
            new DoorRequest(request.Method.Method, request.RequestUri!.AbsolutePath, headers, body), CancellationToken.None);
        return new HttpResponseMessage((HttpStatusCode)answer.Status) { Content = new StringContent(answer.Body) };
    }
}
