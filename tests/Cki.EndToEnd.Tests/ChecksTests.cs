using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>checks.yaml in the real process, on this machine.</summary>
public sealed class ChecksTests
{
    [Fact]
    public async Task A_machine_its_ports_and_its_heartbeats_are_looked_at_and_operators_are_told()
    {
        using var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        scratch.Write("config/checks.yaml", """
            checks:
              - {name: disk, kind: filesystem, path: /, free_percent_least: 0, inodes_percent_least: 0}
              - {name: proc, kind: mount, path: /proc, type: proc}
              - {name: nobody, kind: tcp, host: 127.0.0.1, port: 9, looks: 1, do: Look at the port.}
              - {name: own, kind: sqs, queue: herd, depth_most: 1000}
              - {name: mirror, kind: heartbeat, token_secret: mirror-token, interval: 1h}
            """);
        scratch.Write("secrets/mirror-token", "e2e-beat");
        await using CkiUp cki = await CkiUp.StartAsync(scratch);

        Assert.Equal(HttpStatusCode.Unauthorized, await BeatAsync(cki, "mirror", "wrong"));
        Assert.Equal(HttpStatusCode.NotFound, await BeatAsync(cki, "nobody", "e2e-beat"));
        Assert.Equal(HttpStatusCode.Accepted, await BeatAsync(cki, "mirror", "e2e-beat"));
        await Waiting.UntilAsync(
            () => Directory.Exists(scratch.In("notices")) && Directory.EnumerateFiles(scratch.In("notices"), "*.txt").Any(f => File.ReadAllText(f).Contains("Look at the port.", StringComparison.Ordinal)),
            TimeSpan.FromMinutes(2), () => cki.Process.Output);

        (int code, string output) = await CkiUp.VerbAsync("checks", "list", "--json", "--data", scratch.In("data"));
        JsonArray states = JsonNode.Parse(output)!.AsArray();
        Assert.Equal(1, code);
        Assert.Equal(["disk Up", "proc Up", "nobody Down", "own Up", "mirror Up"], states.Select(s => $"{s!["name"]} {s["status"]}"));
        (code, output) = await CkiUp.VerbAsync("checks", "look", "proc", "--data", scratch.In("data"));
        Assert.Equal(0, code);
        Assert.Contains("up since", output);
        Assert.Contains("proc answers", output);
        string metrics = await cki.Http.GetStringAsync("/metrics");
        Assert.Matches("(?m)^cki_check_status\\{.*check=\"nobody\".*\\} 2$", metrics);
    }

    private static async Task<HttpStatusCode> BeatAsync(CkiUp cki, string name, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/heartbeats/{name}");
        request.Headers.Authorization = new("Bearer", token);
        using HttpResponseMessage answer = await cki.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
