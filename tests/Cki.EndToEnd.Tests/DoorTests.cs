using System.Net;
using System.Text;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>The front door of the real process.</summary>
public sealed class DoorTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public async Task The_door_takes_25_MB_and_says_413_above_and_404_405_401_where_they_belong()
    {
        using var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        await using CkiUp cki = await CkiUp.StartAsync(scratch);

        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(cki, Padded(25 * Megabyte))).Status);
        (HttpStatusCode status, string body) = await PostAsync(cki, Padded(25 * Megabyte + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains("26214400", body);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(cki, "{}", token: "wrong")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(cki, "{}", token: null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(cki, "{}", path: "/webhooks/nobody")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(cki, "{}", path: "/webhooks/")).Status);
        HttpResponseMessage got = await cki.Http.GetAsync("/webhooks/gitlab");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, got.StatusCode);
        Assert.Equal(["POST"], got.Content.Headers.Allow);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(cki, "{ this is no JSON")).Status);
        Assert.Equal(HttpStatusCode.OK, (await cki.Http.GetAsync("/healthz")).StatusCode);

        Assert.Equal(2, (await Store.KeysAsync(scratch, "deliveries/")).Count);
        string metrics = await cki.Http.GetStringAsync("/metrics");
        Assert.Matches("(?m)^cki_deliveries_total\\{.*outcome=\"unauthorized\".*\\} 2$", metrics);
        Assert.Matches("(?m)^cki_queue_depth\\{.*queue=\"detect\".*\\} 0$", metrics);
    }

    [Fact]
    public async Task Unreadable_secrets_are_503_and_never_401()
    {
        using var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        File.Delete(scratch.In("secrets", "gitlab-hook"));
        Directory.CreateDirectory(scratch.In("secrets", "gitlab-hook"));
        await using CkiUp cki = await CkiUp.StartAsync(scratch);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PostAsync(cki, "{}")).Status);
    }

    internal static async Task<(HttpStatusCode Status, string Body)> PostAsync(
        CkiUp cki, string body, string? token = SuiteFiles.HookToken, string path = "/webhooks/gitlab", string kind = "Emoji Hook")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Gitlab-Event", kind);
        if (token is not null)
            request.Headers.Add("X-Gitlab-Token", token);
        using HttpResponseMessage response = await cki.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static string Padded(int bytes)
    {
        const string head = "{\"object_kind\":\"emoji\",\"padding\":\"";
        return head + new string('x', bytes - head.Length - 2) + "\"}";
    }
}
