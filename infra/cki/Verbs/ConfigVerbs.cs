using System.CommandLine;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary><c>cki config check</c>: every error of all files at once.</summary>
internal static class ConfigVerbs
{
    private const string OnlyLocal = "; seen only where cki up runs: on AWS it is not reachable and stays unknown";

    public static Command Command() => new("config", "The configuration files") { Check(), ConfigPushVerbs.Push(), ConfigPushVerbs.Rollback(), ConfigPushVerbs.Show() };

    private static Command Check()
    {
        Option<string> config = Common.Config();
        Option<bool> json = Common.Json();
        return new Command("check", "Validate trees.yaml, sources.yaml, channels.yaml, matchers.yaml and checks.yaml") { config, json }.Doing((parsed, _) =>
        {
            IReadOnlyList<ConfigError> errors = [];
            SuiteConfig? read = null;
            try
            {
                read = ConfigDirectory.Load(parsed.GetValue(config)!);
            }
            catch (ConfigRefusedException e)
            {
                errors = e.Errors;
            }
            if (parsed.GetValue(json))
                Common.Print(ToJson(read, errors));
            else if (read is not null)
                Say(read);
            else
                foreach (ConfigError error in errors)
                    Console.Error.WriteLine(error);
            return Task.FromResult(read is null ? Exit.BadInput : Exit.Good);
        });
    }

    private static void Say(SuiteConfig read)
    {
        Console.Out.WriteLine($"Good: {read.Trees.Count} tree(s), {read.Sources.Count} source(s), {read.Channels.Count} channel(s), {read.Matchers.Matchers.Count} matcher(s), {read.Checks.Checks.Count} check(s). Hash {read.Hash[..12]}.");
        foreach (CheckConfig check in read.Checks.Checks)
            Console.Out.WriteLine($"  check {check.Name}: {check.Target.Kind}, each {ConfigDuration.Write(check.Interval)}{(check.Target.IsLocal ? OnlyLocal : "")}");
    }

    private static JsonObject ToJson(SuiteConfig? read, IReadOnlyList<ConfigError> errors) => new()
    {
        ["good"] = read is not null,
        ["hash"] = read?.Hash,
        ["checks"] = new JsonArray([.. (read?.Checks.Checks ?? []).Select(c => (JsonNode)new JsonObject { ["name"] = c.Name, ["kind"] = c.Target.Kind, ["reachable_on_aws"] = !c.Target.IsLocal })]),
        ["errors"] = new JsonArray([.. errors.Select(e => (JsonNode)new JsonObject
        {
            ["file"] = e.Place.File, ["line"] = e.Place.Line, ["column"] = e.Place.Column, ["field"] = e.Field, ["message"] = e.Message,
        })]),
    };
}
