using System.CommandLine;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Engine;

namespace Cki.Tool;

/// <summary>
/// <c>cki rebuild</c>: fills an empty or restored store from GitLab and the archive. Runs whose pipelines are over are written down as over and reported,
/// running ones are taken on, heads are known. The installation observes until <c>cki arm</c>.
/// </summary>
internal static class RebuildVerb
{
    public static Command Command()
    {
        Option<string?> data = new("--data") { Description = "Directory of an installation on one machine; made where absent. cki up must not run on it" };
        Option<string?> stack = new("--stack") { Description = "Name of the stack on AWS, with your own credentials and region" };
        Option<string?> config = new("--config") { Description = "With --data: directory of the configuration files; default as cki up was started" };
        Option<string?> secrets = new("--secrets") { Description = "With --data: directory with a file per secret; default as cki up was started" };
        Option<string?> archive = new("--archive") { Description = "A backup, or another data directory, with the archived deliveries; default the installation's own" };
        Option<string> since = new("--since") { Description = "How far back pipelines and deliveries are looked at", DefaultValueFactory = _ => "14d" };
        Option<bool> test = new("--test-unknown") { Description = "Have heads tested that no pipeline is known of; default they are a baseline" };
        Option<bool> json = Common.Json();
        return new Command("rebuild", "Fill an empty or restored store from GitLab and the archive: starts nothing, tells nobody") { data, stack, config, secrets, archive, since, test, json }.Doing(async (parsed, cancellationToken) =>
        {
            var facts = new LocalFacts { Config = parsed.GetValue(config), Secrets = parsed.GetValue(secrets) };
            using DataDirectory? held = parsed.GetValue(data) is { } directory ? Take(directory) : null;
            await using OpenedInstallation opened = (parsed.GetValue(data), parsed.GetValue(stack)) switch
            {
                ({ } at, null) => LocalInstallation.At(at, facts),
                (null, { } name) => await StackInstallation.OpenAsync(name, cancellationToken),
                _ => throw new BadInputException("rebuild what? Say --data DIR or --stack NAME, one of them"),
            };
            var rebuild = new Rebuild(opened, Common.Duration(parsed.GetValue(since)!, "--since"), parsed.GetValue(test));
            RebuildResult result = await rebuild.RunAsync(parsed.GetValue(archive), cancellationToken);
            Say(result, opened.Name, parsed.GetValue(json));
            return result.Troubles.Count > 0 ? Exit.Found : Exit.Good;
        });
    }

    /// <summary>Held until the end: a suite that starts meanwhile would take half a store for a whole one.</summary>
    private static DataDirectory Take(string directory)
    {
        DataDirectory held = DataDirectory.Take(directory);
        if (held.IsNew)
            EmbeddedEngine.Open(held.Database, new EngineOptions(), TimeProvider.System, new SystemDice()).Dispose();
        return held;
    }

    private static void Say(RebuildResult result, string installation, bool asJson)
    {
        if (asJson)
        {
            Common.Print(new JsonObject
            {
                ["runs"] = result.Over + result.Running, ["running"] = result.Running, ["deliveries"] = result.Deliveries,
                ["heads"] = new JsonArray([.. result.Heads.Select(h => (JsonNode)new JsonObject { ["tree"] = h.Tree.Value, ["branch"] = h.Branch, ["sha"] = h.Sha.Value, ["standing"] = h.Standing })]),
                ["troubles"] = new JsonArray([.. result.Troubles.Select(t => (JsonNode)t)]),
            });
            return;
        }
        foreach (RebuiltHead head in result.Heads)
            Console.Out.WriteLine($"{head.Tree}/{Common.Plain(head.Branch)} {head.Sha.Short}  {head.Standing}");
        foreach (string trouble in result.Troubles)
            Console.Out.WriteLine($"not known: {Common.Plain(trouble)}");
        Console.Out.WriteLine($"{result.Over} run(s) that are over, {result.Running} that go on, from GitLab and {result.Deliveries} archived delivery(s).");
        Console.Out.WriteLine($"Observing: nothing is posted until 'cki arm {installation}'.");
    }
}
