using System.Net.Http.Headers;

namespace Cki.Adapters;

/// <summary>
/// Lists the wanted branches and tags of any git server over smart HTTP(S), without a clone: protocol 2's <c>ls-refs</c> with ref prefixes, or
/// the whole list of protocol 0 and 1 where the server knows no other. Tries once; the next poll is the retry.
/// </summary>
/// <param name="http">See <see cref="OutboundHttp"/>: redirects are followed here, and only to http and https.</param>
public sealed partial class GitRefs(HttpClient http, TimeProvider clock)
{
    /// <summary>For everything that one listing asks, the bodies included.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private const int RedirectsMax = 3;
    private const string Discovery = "/info/refs";
    private const string Service = "?service=git-upload-pack";
    private const string ResultType = "application/x-git-upload-pack-result";

    /// <summary>By name, ordinal order. Throws <see cref="GitUnavailableException"/>; a list cut short never passes for a whole one.</summary>
    public async Task<IReadOnlyList<RemoteRef>> ListAsync(Uri repository, RefGlobs branches, RefGlobs tags, CancellationToken cancellationToken)
    {
        var wanted = new WantedRefs(branches, tags);
        if (wanted.Prefixes.Count == 0)
            return [];
        using var deadline = new Deadline(Limit, clock, cancellationToken);
        try
        {
            return await AskAsync(repository, wanted, deadline.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or FormatException)
        {
            throw new GitUnavailableException($"Cannot list the refs of {Shown(repository)}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (deadline.IsOver)
        {
            throw new GitUnavailableException($"Cannot list the refs of {Shown(repository)}: no whole answer within {Limit.TotalSeconds:0} s", e);
        }
    }

    private async Task<IReadOnlyList<RemoteRef>> AskAsync(Uri repository, WantedRefs wanted, CancellationToken cancellationToken)
    {
        (Uri? root, Advertisement advertisement) = await AnnouncedAsync(repository, wanted, cancellationToken);
        return advertisement is Advertisement.Refs refs
            ? refs.Wanted
            : await LsRefsAsync(new Uri(root!, "git-upload-pack"), ((Advertisement.Capabilities)advertisement).Lines, wanted, cancellationToken);
    }

    /// <summary>The server's first answer, and where its services are; that is null with old servers, which have said all.</summary>
    private async Task<(Uri? Root, Advertisement Said)> AnnouncedAsync(Uri repository, WantedRefs wanted, CancellationToken cancellationToken)
    {
        var discovery = new Uri(Shown(repository).TrimEnd('/') + Discovery + Service);
        using HttpResponseMessage response = await DiscoverAsync(discovery, cancellationToken);
        Uri answered = response.RequestMessage!.RequestUri!;
        Advertisement advertisement = await RefAdvertisement.ReadAsync(
            await LinesAsync(response, "application/x-git-upload-pack-advertisement", cancellationToken), wanted, cancellationToken);
        if (advertisement is Advertisement.Refs)
            return (null, advertisement);
        if (!answered.AbsoluteUri.EndsWith(Discovery + Service, StringComparison.Ordinal))
            throw new FormatException($"it was redirected to {Shown(answered)}, which is no repository");
        return (new Uri(answered.AbsoluteUri[..^(Discovery.Length + Service.Length)] + "/"), advertisement);
    }

    private async Task<IReadOnlyList<RemoteRef>> LsRefsAsync(
        Uri url, IReadOnlySet<string> capabilities, WantedRefs wanted, CancellationToken cancellationToken)
    {
        if (!capabilities.Any(c => c == "ls-refs" || c.StartsWith("ls-refs=", StringComparison.Ordinal)))
            throw new FormatException("it speaks protocol 2 but knows no ls-refs");
        PktWriter lines = new PktWriter().Line("command=ls-refs");
        foreach (string format in capabilities.Where(c => c.StartsWith("object-format=", StringComparison.Ordinal)))
            lines.Line(format);
        lines.Delimiter().Line("peel");
        foreach (string prefix in wanted.Prefixes)
            lines.Line($"ref-prefix {prefix}");
        using HttpResponseMessage response = await PostAsync(url, lines.Flush(), cancellationToken);
        return await RefAdvertisement.ReadLsRefsAsync(await LinesAsync(response, ResultType, cancellationToken), wanted, cancellationToken);
    }

    private async Task<HttpResponseMessage> PostAsync(Uri url, byte[] lines, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Post, url);
        request.Content = new ByteArrayContent(lines)
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/x-git-upload-pack-request") },
        };
        request.Headers.Accept.ParseAdd(ResultType);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private async Task<HttpResponseMessage> DiscoverAsync(Uri url, CancellationToken cancellationToken)
    {
        for (int redirects = 0; ; redirects++)
        {
            if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
                throw new FormatException($"only http and https are spoken, not {url.Scheme}");
            HttpResponseMessage response = await http.SendAsync(Request(HttpMethod.Get, url), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if ((int)response.StatusCode is < 300 or >= 400 || response.Headers.Location is not { } location)
                return response;
            using (response)
            {
                var to = new Uri(url, location);
                if (redirects == RedirectsMax)
                    throw new FormatException($"more than {RedirectsMax} redirects");
                if (url.Scheme == Uri.UriSchemeHttps && to.Scheme != Uri.UriSchemeHttps)
                    throw new FormatException($"it was redirected from https to {to.Scheme}");
                if (NearAddresses.Fault(url, to) is { } near)
                    throw new FormatException(near);
                url = to;
            }
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri url)
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.UserAgent.ParseAdd("git/2.39 cki-serverless");
        request.Headers.Add("Git-Protocol", "version=2");
        return request;
    }

    private static async Task<PktReader> LinesAsync(HttpResponseMessage response, string type, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        if (status is 401 or 403)
            throw new FormatException($"{status}, it wants credentials: only repositories open to everybody are polled this way");
        if (!response.IsSuccessStatusCode)
            throw new FormatException($"it answers {status} {response.ReasonPhrase}");
        string? got = response.Content.Headers.ContentType?.MediaType;
        if (got != type)
            throw new FormatException($"it answers {got ?? "without a content type"} instead of {type}: no git server with the smart protocol");
        return new PktReader(await response.Content.ReadAsStreamAsync(cancellationToken));
    }

    /// <summary>Without user, password and query.</summary>
    private static string Shown(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
