using System.Text.Json.Nodes;
using Cki.Tool.Telemetry;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>What a whole demo logged.</summary>
public sealed class LogStoryTests
{
    [Fact]
    public async Task One_directory_tells_a_run_s_story_in_the_order_of_time_and_no_secret()
    {
        using var scratch = new Scratch();
        await using var demo = new ChildProcess("dotnet", [Repository.Tool, "demo", "--keep", scratch.In("demo")]);
        Assert.True(await demo.ExitAsync(TimeSpan.FromMinutes(5)) == 0, demo.Output);
        string[] raw = [.. LogFiles.In(scratch.In("demo", "data", "logs")).SelectMany(File.ReadAllLines)];
        HumanLine[] lines = [.. raw.Select(line => HumanLine.Parse(line) ?? throw new InvalidOperationException($"no log line: {line}"))];

        Assert.Equal(lines.Select(l => l.Time).Order(), lines.Select(l => l.Time));
        string[] secrets = [.. Directory.GetFiles(scratch.In("demo", "secrets")).Select(file => File.ReadAllText(file).Trim())];
        Assert.NotEmpty(secrets);
        Assert.All(secrets, secret => Assert.DoesNotContain(raw, line => line.Contains(secret, StringComparison.Ordinal)));

        HumanLine found = lines.First(l => l.Logger == "cki.detection" && l.Message.Contains("is a new head", StringComparison.Ordinal) && l.Field("delivery") is not null);
        string run = found.Field("run_id")!;
        AssertInOrder(
            [.. raw.Where(line => line.Contains(run, StringComparison.Ordinal))],
            "is a new head", "the flow of attempt 1 is started", "attempt 1 is pipeline", "Retry by runner-system-failure", "Retry of", "Retry by registry-timeout", "Retry of",
            "looks settled", "attempt 1 is Passed", "final-1 sent on reports", "all wanted channels of attempt 1 are served");
        Assert.All(lines.Where(l => l.Field("run_id") == run), l => Assert.Equal((found.Field("sha"), "demo"), (l.Field("sha"), l.Field("tree"))));

        // One id from the door to the report.
        Assert.Equal(
            ["cki.detection", "cki.herding", "cki.intake", "cki.reporting", "cki.trigger"],
            lines.Where(l => l.Field("correlation_id") == found.Field("delivery") || l.Field("announced_by") == found.Field("delivery")).Select(l => l.Logger).Distinct().Order(StringComparer.Ordinal));
        // Whoever is told of trouble is told of what.
        Assert.All(lines.Where(l => l.Level is "WARN" or "ERROR" or "FATAL"), l => Assert.NotEmpty(l.Fields));

        (int code, string output) = await CkiUp.VerbAsync("logs", "--data", scratch.In("demo", "data"), "--run", run[..20], "--json");
        Assert.Equal(0, code);
        Assert.Equal(
            lines.Where(l => l.Field("run_id") == run).Select(l => l.Message), output.Split('\n').Select(line => (string)JsonNode.Parse(line)!["message"]!));
        Assert.Equal((1, ""), await CkiUp.VerbAsync("logs", "--data", scratch.In("demo", "data"), "--grep", "no line says this"));
        Assert.Equal((2, "cki: --since x: not a duration such as 90s, 5m, 2h or 3d"), await CkiUp.VerbAsync("logs", "--data", scratch.In("demo", "data"), "--since", "x"));
    }

    private static void AssertInOrder(string[] lines, params string[] wanted)
    {
        int at = 0;
        foreach (string line in lines)
        {
            if (at < wanted.Length && line.Contains(wanted[at], StringComparison.Ordinal))
                at++;
        }
        Assert.True(at == wanted.Length, $"'{wanted[Math.Min(at, wanted.Length - 1)]}' does not come in its place:\n{string.Join('\n', lines)}");
    }
}
