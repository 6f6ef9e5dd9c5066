using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Tool;

/// <summary><c>cki checks list|look</c>: what checks.yaml has looked at, and how it stands.</summary>
internal static class ChecksVerbs
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static Command Command() => new("checks", "Checks of checks.yaml: how they stand, and a look now") { List(), Look() };

    private static Command List()
    {
        Option<bool> json = Common.Json();
        var command = new Command("list", "Every check with its status, since when, what was seen, and its availability this month") { json };
        return On(command, async (opened, config, parsed, cancellationToken) =>
        {
            var states = new List<CheckState>();
            foreach (CheckConfig check in config.Checks)
                states.Add(await StateAsync(opened, check.Name, cancellationToken) ?? CheckJudgement.New(check, DateTimeOffset.MinValue));
            if (parsed.GetValue(json))
                Common.Print(new JsonArray([.. states.Select(ToJson)]));
            else if (states.Count == 0)
                Console.Out.WriteLine("checks.yaml has no checks.");
            else
                foreach (CheckState state in states)
                    Console.Out.WriteLine(Line(state));
            return states.Any(s => s.Status is CheckStatus.Down or CheckStatus.Degraded) ? Exit.Found : Exit.Good;
        });
    }

    private static Command Look()
    {
        Argument<string> name = new("name") { Description = "Name of the check" };
        Option<bool> json = Common.Json();
        var command = new Command("look", "Have Watch look once more, now, and print what it saw") { name, json };
        return On(command, async (opened, config, parsed, cancellationToken) =>
        {
            string wanted = parsed.GetValue(name)!;
            if (config.Check(wanted) is null)
                throw new BadInputException($"checks.yaml has no check '{Common.Plain(wanted)}'; see cki checks list");
            CheckState? before = await StateAsync(opened, wanted, cancellationToken);
            await opened.Post.SendAsync(new LookAtCheck(wanted, TimeProvider.System.GetUtcNow()) { IsAsked = true }, cancellationToken);
            CheckState? after = await UntilLookedAsync(opened, wanted, before?.LookedAt, cancellationToken);
            if (after is null)
                throw new BadInputException($"nobody has looked at {wanted} within {s_patience.TotalMinutes:0} minutes: is Watch running? See cki doctor");
            if (parsed.GetValue(json))
                Common.Print(ToJson(after)!);
            else
                Console.Out.WriteLine(Line(after));
            return after.Status is CheckStatus.Down or CheckStatus.Degraded ? Exit.Found : Exit.Good;
        });
    }

    private static async Task<CheckState?> UntilLookedAsync(OpenedInstallation opened, string name, DateTimeOffset? before, CancellationToken cancellationToken)
    {
        DateTimeOffset end = TimeProvider.System.GetUtcNow() + s_patience;
        while (TimeProvider.System.GetUtcNow() < end)
        {
            if (await StateAsync(opened, name, cancellationToken) is { } state && state.LookedAt > (before ?? DateTimeOffset.MinValue))
                return state;
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
        return null;
    }

    private static Command On(Command command, Func<OpenedInstallation, ChecksConfig, ParseResult, CancellationToken, Task<int>> act)
    {
        var where = new WhereWithFiles(command);
        return command.Doing(async (parsed, cancellationToken) =>
        {
            await using OpenedInstallation opened = await where.OpenAsync(parsed, cancellationToken);
            return await act(opened, (await opened.ConfigAsync(cancellationToken)).Checks, parsed, cancellationToken);
        });
    }

    private static async Task<CheckState?> StateAsync(OpenedInstallation opened, string name, CancellationToken cancellationToken) =>
        (await opened.Documents.GetAsync(CheckState.KeyOf(name), DocumentJson.Default.CheckState, cancellationToken))?.Value;

    private static JsonNode? ToJson(CheckState state)
    {
        JsonNode node = JsonSerializer.SerializeToNode(state, DocumentJson.Default.CheckState)!;
        node["availability"] = CheckMonths.Availability(state);
        return node;
    }

    private static string Line(CheckState s)
    {
        if (s.Status == CheckStatus.Pending && s.Said.Length == 0)
            return $"{s.Name,-24} {s.Kind,-12} waits for its first look";
        string share = CheckMonths.Availability(s) is { } part ? string.Create(CultureInfo.InvariantCulture, $", {part:P2} this month") : "";
        string maintenance = s.Maintenance is null ? "" : $", in maintenance ({s.Maintenance})";
        return $"{s.Name,-24} {s.Kind,-12} {s.Status.ToString().ToLowerInvariant()} since {ReportWords.Time(s.Since)}: {Common.Plain(s.Said)}{share}{maintenance}";
    }
}
