using System.CommandLine;
using System.Text.Json.Nodes;

namespace Cki.Tool;

/// <summary><c>cki staging mark|unmark|diff</c>: an installation that decides on production's deliveries, and how its decisions differ.</summary>
internal static class StagingVerbs
{
    public static Command Command() => new("staging", "Another installation that decides on production's deliveries and posts nothing") { Mark(), Unmark(), Diff() };

    private static Command Mark()
    {
        var command = new Command("mark", "Make this installation a staging: refused while a token of it can write");
        var where = new WhereWithFiles(command);
        return command.Doing(async (parsed, cancellationToken) =>
        {
            await using OpenedInstallation opened = await where.OpenAsync(parsed, cancellationToken);
            await StagingGuard.RefuseWritersAsync(opened, await opened.ConfigAsync(cancellationToken), cancellationToken);
            await opened.AuditAsync("staging mark", opened.Name, null, cancellationToken);
            await StagingGuard.MarkAsync(opened.Documents, Environment.UserName, cancellationToken);
            Console.Out.WriteLine($"{opened.Name} is staging: it decides on what it is sent and posts nothing. Compare: cki staging diff {opened.Name} --production-data DIR (or --production-stack NAME).");
            return Exit.Good;
        });
    }

    private static Command Unmark() =>
        new Command("unmark", "Make it an installation of its own again; it observes until cki arm").On(async (opened, _, cancellationToken) =>
        {
            await opened.AuditAsync("staging unmark", opened.Name, null, cancellationToken);
            // First what holds its hands from now on.
            await RestoredStore.ObserveAsync(opened.Documents, "was staging: nothing is posted until 'cki arm'", cancellationToken);
            await opened.Documents.DeleteAsync($"{Switch.Prefix}{Switch.Staging}.json", cancellationToken);
            Console.Out.WriteLine($"{opened.Name} is no staging any more. Observing: nothing is posted until 'cki arm {opened.Name}'.");
            return Exit.Good;
        });

    private static Command Diff()
    {
        Option<string?> data = new("--production-data") { Description = "Production's data directory" };
        Option<string?> stack = new("--production-stack") { Description = "Production's stack on AWS" };
        Option<string> since = new("--since") { Description = "Decisions of this time alone", DefaultValueFactory = _ => "7d" };
        Option<bool> json = Common.Json();
        return new Command("diff", "Compare decisions per job, production's against this staging's; exit 1 where they differ") { data, stack, since, json }.On(async (staging, parsed, cancellationToken) =>
        {
            DateTimeOffset from = TimeProvider.System.GetUtcNow() - Common.Duration(parsed.GetValue(since)!, "--since");
            await using OpenedInstallation production = (parsed.GetValue(data), parsed.GetValue(stack)) switch
            {
                ({ } directory, null) => LocalInstallation.At(directory),
                (null, { } name) => await StackInstallation.OpenAsync(name, cancellationToken),
                _ => throw new BadInputException("compare with which production? Say --production-data DIR or --production-stack NAME, one of them"),
            };
            void Unreadable(string what) => Console.Error.WriteLine($"cki: {Common.Plain(what)}: left out");
            DecisionDiff diff = DecisionDiff.Of(
                await DecisionDiff.ReadAsync(production.Documents, from, Unreadable, cancellationToken), await DecisionDiff.ReadAsync(staging.Documents, from, Unreadable, cancellationToken));
            if (parsed.GetValue(json))
                Common.Print(ToJson(diff));
            else
                foreach (string line in Lines(diff))
                    Console.Out.WriteLine(line);
            return diff.Differences.Count > 0 ? Exit.Found : Exit.Good;
        });
    }

    private static IEnumerable<string> Lines(DecisionDiff diff)
    {
        foreach (DecisionDifference d in diff.Differences)
        {
            yield return $"{d.Job}  {Common.Plain(d.Name)}  {Common.Plain(d.WebUrl)}";
            yield return $"    production  {d.Production?.Words ?? "decided nothing"}";
            yield return $"    staging     {d.Staging?.Words ?? "decided nothing"}";
        }
        yield return $"{diff.Compared} job(s) decided by both; {diff.Differences.Count} difference(s).";
    }

    private static JsonObject ToJson(DecisionDiff diff) => new()
    {
        ["compared"] = diff.Compared,
        ["differences"] = new JsonArray([.. diff.Differences.Select(d => (JsonNode)new JsonObject
        {
            ["job"] = d.Job.ToString(), ["name"] = d.Name, ["url"] = d.WebUrl, ["production"] = Side(d.Production), ["staging"] = Side(d.Staging),
        })]),
    };

    private static JsonObject? Side(DecidedJob? decided) => decided is null ? null : new JsonObject
    {
        ["act"] = decided.Decision.Act.ToString().ToLowerInvariant(), ["finding"] = decided.Decision.Finding.ToString().ToLowerInvariant(), ["matcher"] = decided.Decision.Matcher,
        ["class"] = decided.Decision.Class, ["delaySeconds"] = decided.Decision.Delay.TotalSeconds, ["reason"] = decided.Decision.Reason, ["decidedAt"] = decided.At,
    };
}
