using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Cki.Kestrel;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

public sealed class KestrelSkinTests
{
    private readonly World _world = new();

    [Fact]
    public async Task The_simulator_answers_over_a_socket()
    {
        await using WebServer server = await ServeAsync(_world.GitLab.HandleAsync);
        using HttpClient http = ClientOf(server);
        Assert.Equal(11, (long)JsonNode.Parse(await http.GetStringAsync("projects/cki%2Fkernel-tests", TestContext.Current.CancellationToken))!["id"]!);
        using HttpResponseMessage made = await http.PostAsync("projects/11/pipeline", new StringContent("""{"ref":"main"}"""), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Single(_world.GitLab.Pipelines);
    }

    [Fact]
    public async Task A_lost_answer_drops_the_connection_after_the_act()
    {
        _world.GitLab.Faults.Api(ApiFault.LostAfter, new FaultWhen { On = "POST /projects/:id/pipeline" });
        await using WebServer server = await ServeAsync(_world.GitLab.HandleAsync);
        using HttpClient http = ClientOf(server);
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            http.PostAsync("projects/11/pipeline", new StringContent("""{"ref":"main"}"""), TestContext.Current.CancellationToken));
        Assert.Single(_world.GitLab.Pipelines);
    }

    [Theory]
    [InlineData(1000, HttpStatusCode.OK, false)]
    [InlineData(1001, HttpStatusCode.RequestEntityTooLarge, false)]
    [InlineData(1001, HttpStatusCode.RequestEntityTooLarge, true)]
    public async Task A_body_above_the_limit_is_refused_with_the_limit_named(int bytes, HttpStatusCode status, bool chunked)
    {
        await using WebServer server = await ServeAsync(EchoAsync, bodyBytesMax: 1000);
        using HttpClient http = ClientOf(server);
        using var request = new HttpRequestMessage(HttpMethod.Post, "echo") { Content = new ByteArrayContent(new byte[bytes]) };
        request.Headers.TransferEncodingChunked = chunked;
        using HttpResponseMessage answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK ? 1000 : "The body is larger than 1000 bytes.\n".Length, body.Length);
    }

    [Fact]
    public async Task An_answer_reaches_the_peer_while_it_is_still_being_written()
    {
        var pipe = new System.IO.Pipelines.Pipe();
        await using WebServer server = await ServeAsync((_, _) =>
            Task.FromResult(new HttpResponseMessage { Content = new StreamContent(pipe.Reader.AsStream()) }));
        using HttpClient http = ClientOf(server);
        await pipe.Writer.WriteAsync("first"u8.ToArray(), TestContext.Current.CancellationToken);
        using HttpResponseMessage answer = await http.GetAsync("stream", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using Stream body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        byte[] buffer = new byte[5];
        await body.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);
        Assert.Equal("first", Encoding.ASCII.GetString(buffer));
        await pipe.Writer.CompleteAsync();
        Assert.Equal(0, await body.ReadAsync(buffer, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Stopping_waits_for_the_request_in_flight()
    {
        var inside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebServer server = await ServeAsync(async (_, _) =>
        {
            inside.SetResult();
            await release.Task;
            return new HttpResponseMessage(HttpStatusCode.Accepted);
        });
        using HttpClient http = ClientOf(server);
        Task<HttpResponseMessage> answer = http.GetAsync("slow", TestContext.Current.CancellationToken);
        await inside.Task;
        Task stopping = server.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        Assert.Equal(HttpStatusCode.Accepted, (await answer).StatusCode);
        await stopping;
    }

    private static async Task<HttpResponseMessage> EchoAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        new() { Content = new ByteArrayContent(await request.Content!.ReadAsByteArrayAsync(cancellationToken)) };

    private static Task<WebServer> ServeAsync(HttpFunction function, long bodyBytesMax = 1_000_000) =>
        WebServer.StartAsync(function, new WebServerOptions { BodyBytesMax = bodyBytesMax }, TestContext.Current.CancellationToken);

    private static HttpClient ClientOf(WebServer server)
    {
        var http = new HttpClient { BaseAddress = new Uri(server.Address, "/api/v4/") };
        http.DefaultRequestHeaders.Add("PRIVATE-TOKEN", "glpat-bot");
        return http;
    }
}
