using System.Net;
using Cki.Adapters;
using Cki.EndToEnd.Tests;
using Cki.Kestrel;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.LambdaRooms;

/// <summary>A peer behind a certificate authority of its own, on loopback.</summary>
public sealed class ExtraRootsTests
{
    private readonly MemorySecrets _secrets = new();

    [Fact]
    public async Task A_peer_behind_the_extra_authority_is_trusted() =>
        Assert.Equal(HttpStatusCode.NoContent, await AskAsync(pem => pem));

    [Fact]
    public async Task Without_it_the_same_peer_is_not_trusted() =>
        Assert.Equal(HttpRequestError.SecureConnectionError, (await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(_ => null))).HttpRequestError);

    [Fact]
    public async Task A_secret_that_is_no_certificate_is_named()
    {
        string words = (await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(_ => "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----"))).Message;
        Assert.StartsWith("Secret extra-ca is not PEM text with certificates: ", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreadable_secrets_fail_one_request_and_the_next_one_looks_again()
    {
        await using WebServer plain = await WebServer.StartAsync(NoContent);
        _secrets.Unreadable = true;
        using HttpClient http = OutboundHttp.Create(_secrets);
        await Assert.ThrowsAsync<SecretsUnavailableException>(() => http.GetAsync(plain.Address));
        _secrets.Unreadable = false;
        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync(plain.Address)).StatusCode);
    }

    private async Task<HttpStatusCode> AskAsync(Func<string, string?> secret)
    {
        await using WebServer plain = await WebServer.StartAsync(NoContent);
        await using var tls = new TlsFront(plain.Address);
        if (secret(tls.RootPem) is { } pem)
            _secrets.Values[OutboundHttp.ExtraRootsSecret] = pem;
        using HttpClient http = OutboundHttp.Create(_secrets);
        return (await http.GetAsync(new Uri(tls.Address))).StatusCode;
    }

    private static Task<HttpResponseMessage> NoContent(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent));
}
