using System.Net.Http.Headers;
using System.Text;

namespace Cki.Adapters;

/// <summary>A whole answer.</summary>
/// <param name="Location">Where it sends us; null: nowhere.</param>
internal sealed record Fetched(int Status, string Body, TimeSpan Took, Uri? Location)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public string Said => $"answered {Status}{(Location is null ? "" : $" to {Location}")} after {Took.TotalMilliseconds:0} ms";
}

/// <summary>One GET for a check. Redirects are answers, not ways.</summary>
internal sealed class Fetching(HttpClient http, ISecrets secrets, TimeProvider clock)
{
    private const int BodyBytesMax = 4 << 20;

    public async Task<Fetched> GetAsync(Uri url, AuthenticationHeaderValue? who, CancellationToken cancellationToken)
    {
        long began = clock.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.UserAgent.ParseAdd("cki-serverless");
        request.Headers.Authorization = who;
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        byte[] body = await BoundedBody.ReadAsync(response.Content, BodyBytesMax, cancellationToken);
        return new Fetched((int)response.StatusCode, Encoding.UTF8.GetString(body), clock.GetElapsedTime(began), response.Headers.Location);
    }

    public async Task<AuthenticationHeaderValue?> BearerAsync(string? secret, CancellationToken cancellationToken) =>
        secret is null ? null : new AuthenticationHeaderValue("Bearer", await secrets.NeededAsync(secret, cancellationToken));

    public async Task<AuthenticationHeaderValue> BasicAsync(string user, string password, CancellationToken cancellationToken) =>
        CheckSecrets.Basic(await secrets.NeededAsync(user, cancellationToken), await secrets.NeededAsync(password, cancellationToken));
}

internal static class CheckSecrets
{
    public static AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    public static async Task<string> NeededAsync(this ISecrets secrets, string name, CancellationToken cancellationToken) =>
        await secrets.GetAsync(name, cancellationToken) ?? throw new SecretsUnavailableException($"there is no secret '{name}'");
}
