using System.CommandLine;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary><c>cki matchers promote</c>: a matcher goes live that was in shadow, by its file or by a demotion, if its record speaks for it.</summary>
internal static class MatchersPromoteVerb
{
    private const int KeysMax = 100_000;

    public static Command Command()
    {
        Argument<string> name = new("matcher") { Description = "Name of a matcher in shadow" };
        Option<string> config = Common.Config();
        Option<bool> force = new("--force") { Description = "Promote it against its record" };
        Option<bool> json = Common.Json();
        return new Command("promote", "Set a matcher live that was in shadow, if its record speaks for it") { name, config, force, json }.On(async (store, parsed, cancellationToken) =>
        {
            string directory = parsed.GetValue(config)!;
            MatcherConfig matcher = Shadowed(directory, parsed.GetValue(name)!, await Stored.DemotionsAsync(store, cancellationToken));
            string[] keys = [.. (await store.Documents.KeysAsync("pipelines/", KeysMax, cancellationToken)).Where(k => k.Contains("/jobs/", StringComparison.Ordinal))];
            var record = ShadowRecord.Of(matcher.Name, await Stored.AllAsync(store, keys, DocumentJson.Default.JobRecord, cancellationToken));
            bool goes = record.WhyNot is null || parsed.GetValue(force);
            string where = Path.Combine(directory, matcher.Place.File);
            if (goes)
                await PromoteAsync(store, matcher, where, record, cancellationToken);
            if (parsed.GetValue(json))
                Common.Print(ToJson(record, goes));
            else
                Tell(record, goes, $"{where}, line {matcher.Place.Line}");
            return goes ? Exit.Good : Exit.Found;
        });
    }

    private static MatcherConfig Shadowed(string directory, string wanted, Demotions demotions)
    {
        SuiteConfig suite = ConfigDirectory.Load(directory);
        MatcherConfig matcher = suite.AllMatchers.FirstOrDefault(m => m.Name == wanted) ?? throw new BadInputException($"{wanted}: there is no such matcher in {directory}");
        return matcher.IsShadow || (matcher.DemotesItself && demotions.Stands(wanted)) ? matcher : throw new BadInputException($"{wanted} is live already");
    }

    private static async Task PromoteAsync(OpenedInstallation store, MatcherConfig matcher, string file, ShadowRecord record, CancellationToken cancellationToken)
    {
        await store.AuditAsync("matchers promote", matcher.Name, $"seen {record.Seen}, passed later {record.Passed}, the commit's {record.Real}", cancellationToken);
        if (matcher.IsShadow)
            await File.WriteAllTextAsync(file, MatcherFile.Live(await File.ReadAllTextAsync(file, cancellationToken), matcher.Place.Line), cancellationToken);
        await store.Documents.UpdateAsync(
            Demotions.Key, OutageJson.Default.Demotions, current => current?.Lifted(matcher.Name, Environment.UserName, TimeProvider.System.GetUtcNow()), cancellationToken);
    }

    private static void Tell(ShadowRecord record, bool goes, string where)
    {
        Console.Out.WriteLine($"{record.Matcher}: would have retried {record.Seen} failure(s); {record.Passed} passed later, {record.Real} were the commit's.");
        Console.Out.WriteLine(goes ? $"It is live ({where})." : $"It stays in shadow: {record.WhyNot}.");
    }

    private static JsonObject ToJson(ShadowRecord record, bool goes) => new()
    {
        ["matcher"] = record.Matcher, ["seen"] = record.Seen, ["passed"] = record.Passed, ["real"] = record.Real, ["promoted"] = goes, ["whyNot"] = record.WhyNot,
    };
}
