using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cki.Tool.Demo;
using Xunit;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>The story of <c>cki demo</c> through the published functions on moto, and what they asked of AWS meanwhile.</summary>
public sealed partial class StoryOnAws
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task It_ends_as_on_one_machine_and_no_function_does_more_than_its_role_allows()
    {
        await using DemoOnAws demo = await DemoOnAws.StartAsync();
        await TellAsync(demo);
        Assert.Equal(await OnOneMachineAsync(), demo.Facts.Reports().Select(report => Plain(report.Text)).Order(StringComparer.Ordinal));

        Grants grants = Grants.Of(demo.Suite.Deployment);
        Assert.Multiple(
            () => IsNone("forbidden calls", grants.Forbidden(demo.Suite.Calls).Distinct()),
            () => IsNone("unused grants", grants.Unused(demo.Suite.Calls).Where(grant => !UnusedGrants.IsReasoned(grant))),
            () => IsNone("reasons for no grant", UnusedGrants.Reasons.Keys.Where(reasoned => !grants.Names.Any(grant => Reasons(reasoned, grant)))),
            () => IsNone("other numbers of calls", demo.Suite.PerInvocation.Unexpected()));
    }

    /// <summary>Whole in the message: several are mended at once.</summary>
    private static void IsNone(string what, IEnumerable<string> found) =>
        Assert.False(found.Any(), $"{what}:\n{string.Join('\n', found.Order(StringComparer.Ordinal))}");

    private static async Task TellAsync(DemoOnAws demo)
    {
        demo.Suite.EachTick(TimeSpan.FromSeconds(2));
        await demo.BaselineAsync();
        string good = demo.World.Push(DemoWorld.GoodTitle);
        await demo.UntilAsync(() => Task.FromResult(demo.Facts.PipelinesOf(good).Count > 0), s_patience);
        demo.World.DropNextPushHook();
        string bad = demo.World.Push(DemoWorld.BadTitle);
        IReadOnlyList<Expectation> judged = [];
        await demo.UntilAsync(async () => (judged = await demo.Facts.JudgeAsync(good, bad, default)).All(one => one.Held), s_patience);
    }

    private static bool Reasons(string reasoned, string grant) =>
        reasoned.StartsWith('*') ? grant.EndsWith(reasoned[1..], StringComparison.Ordinal) : grant == reasoned;

    /// <summary>The reports of <c>cki demo</c> on the embedded engine.</summary>
    private static async Task<IEnumerable<string>> OnOneMachineAsync()
    {
        JsonNode told = JsonNode.Parse(await PublishedFunctions.OutputAsync("dotnet", Repository.Tool, "demo", "--json"))!;
        return told["reports"]!.AsArray().Select(report => Plain((string)report!)).Order(StringComparer.Ordinal);
    }

    /// <summary>Without what differs from run to run: commits, addresses, times, and the ids of retried jobs, which GitLab numbers in the order they come.</summary>
    private static string Plain(string report) =>
        NewJob().Replace(Times().Replace(Hex().Replace(Addresses().Replace(report, "<address>"), "<sha>"), "<time>"), "$1<job>");

    [GeneratedRegex(@"(\(job\s+\d+\s+to\s+)\d+")]
    private static partial Regex NewJob();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+[^\s""<>)]*")]
    private static partial Regex Addresses();

    [GeneratedRegex(@"\b[0-9a-f]{8,40}\b")]
    private static partial Regex Hex();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z?|\b\d+(\.\d+)? (s|seconds|min|minutes)\b")]
    private static partial Regex Times();
}
