using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cki.Adapters;

/// <summary>Which image a tag means: the digest of its manifest by a registry's HTTP API, version 2. The digest is kept; another one is news.</summary>
internal sealed partial class ImageProbe(HttpClient http, ISecrets secrets)
{
    private const int TokenBytesMax = 64 << 10;
    private const string DigestHeader = "Docker-Content-Digest";

    private static readonly string[] s_manifests =
    [
        "application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json",
    ];

    public async Task<CheckSight> LookAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Image)check.Target;
        Uri manifest = new($"{(IsLoopback(target.Name.Registry) ? "http" : "https")}://{target.Name.Registry}/v2/{target.Name.Repository}/manifests/{target.Name.Tag}");
        AuthenticationHeaderValue? basic = await BasicAsync(target, cancellationToken);
        HttpResponseMessage first = await HeadAsync(manifest, null, cancellationToken);
        using HttpResponseMessage answer = first.StatusCode == HttpStatusCode.Unauthorized ? await AgainAsync(first, manifest, basic, cancellationToken) : first;
        if (!answer.IsSuccessStatusCode)
            return CheckSight.Down($"the registry answered {(int)answer.StatusCode} for {target.Name}");
        if (!answer.Headers.TryGetValues(DigestHeader, out IEnumerable<string>? digests) || digests.FirstOrDefault() is not { Length: > 12 and <= 200 } digest)
            return CheckSight.Down($"the registry tells no digest of {target.Name}");
        return CheckSight.Up($"{target.Name} is {digest}") with
        {
            Memory = digest,
            News = memory is null || memory == digest ? null : CheckNotices.Changed(check, target.Name, memory, digest),
        };
    }

    private async Task<HttpResponseMessage> AgainAsync(HttpResponseMessage refused, Uri manifest, AuthenticationHeaderValue? basic, CancellationToken cancellationToken)
    {
        using HttpResponseMessage _ = refused;
        AuthenticationHeaderValue? challenge = refused.Headers.WwwAuthenticate.FirstOrDefault(c => c.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase));
        AuthenticationHeaderValue? who = challenge?.Parameter is { } parameter ? await TokenAsync(manifest, parameter, basic, cancellationToken) : basic;
        return await HeadAsync(manifest, who, cancellationToken);
    }

    /// <summary>As the registry's challenge says: from its realm, for its service and scope.</summary>
    private async Task<AuthenticationHeaderValue> TokenAsync(Uri manifest, string challenge, AuthenticationHeaderValue? basic, CancellationToken cancellationToken)
    {
        Dictionary<string, string> asked = ChallengeField().Matches(challenge).DistinctBy(m => m.Groups[1].Value).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        if (!Uri.TryCreate(asked.GetValueOrDefault("realm"), UriKind.Absolute, out Uri? realm) || (realm.Scheme != Uri.UriSchemeHttps && !manifest.IsLoopback))
            throw new FormatException("the registry names no https address for its tokens");
        string query = string.Join('&', ((string[])["service", "scope"]).Where(asked.ContainsKey).Select(f => $"{f}={Uri.EscapeDataString(asked[f])}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{realm.GetLeftPart(UriPartial.Path)}?{query}"));
        request.Headers.Authorization = basic;
        using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new FormatException($"the registry's token service answered {(int)answer.StatusCode}");
        JsonNode? body = WebProbes.Parsed(System.Text.Encoding.UTF8.GetString(await BoundedBody.ReadAsync(answer.Content, TokenBytesMax, cancellationToken)));
        string? token = Text(body, "token") ?? Text(body, "access_token");
        return new AuthenticationHeaderValue("Bearer", token ?? throw new FormatException("the registry's token service gave no token"));
    }

    private async Task<HttpResponseMessage> HeadAsync(Uri manifest, AuthenticationHeaderValue? who, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, manifest);
        foreach (string type in s_manifests)
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        request.Headers.Authorization = who;
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private async Task<AuthenticationHeaderValue?> BasicAsync(CheckTarget.Image target, CancellationToken cancellationToken) =>
        target is { UserSecret: { } user, PasswordSecret: { } password }
            ? CheckSecrets.Basic(await secrets.NeededAsync(user, cancellationToken), await secrets.NeededAsync(password, cancellationToken))
            : null;

    private static string? Text(JsonNode? body, string field) => body is JsonObject o && o[field] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static bool IsLoopback(string registry) => new Uri($"http://{registry}/").IsLoopback;

    [GeneratedRegex("""([a-z_]+)="([^"]*)"[ ,]*""")]
    private static partial Regex ChallengeField();
}
