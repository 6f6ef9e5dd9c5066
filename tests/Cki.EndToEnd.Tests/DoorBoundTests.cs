using System.Text;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>Headers and nesting beyond what the door takes, through the real web server: the sender lives to read why.</summary>
public sealed class DoorBoundTests
{
    [Fact]
    public async Task Too_many_headers_too_large_ones_and_too_deep_a_body_are_refused_with_their_reason()
    {
        using var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        await using CkiUp cki = await CkiUp.StartAsync(scratch);

        Assert.Equal((431, "The request has more than 100 headers, the most that are taken.\n"), await PostAsync(cki, "{}", headers: 150));
        Assert.Equal((431, "The request's headers have more than 32768 characters (32 K), the most that are taken.\n"), await PostAsync(cki, "{}", headers: 40, length: 1000));
        Assert.Equal((400, "The body nests more than 32 levels deep, the most that are taken.\n"), await PostAsync(cki, new string('[', 33) + new string(']', 33)));
        // Beyond twice the bound the web server does not read on.
        Assert.Equal(431, (await PostAsync(cki, "{}", headers: 300)).Status);
        Assert.Equal(202, (await PostAsync(cki, "{}")).Status);
        Assert.Single(await Store.KeysAsync(scratch, "deliveries/"));
    }

    private static async Task<(int Status, string Body)> PostAsync(CkiUp cki, string body, int headers = 0, int length = 1)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/gitlab") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Gitlab-Token", SuiteFiles.HookToken);
        for (int n = 0; n < headers; n++)
            request.Headers.Add($"X-Many-{n}", new string('x', length));
        using HttpResponseMessage response = await cki.Http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
