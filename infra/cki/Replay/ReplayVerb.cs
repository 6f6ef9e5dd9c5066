using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary><c>cki replay</c>: posts archived deliveries again, to a front door or a consumer.</summary>
internal static class ReplayVerb
{
    private const double RateDefault = 10;
    private const double RateMax = 1000;

    public static Command Command()
    {
        var asked = new ReplayOptions();
        var command = new Command("replay", "Send archived deliveries again: resumable, paced, safe to run twice")
        {
            asked.From, asked.To, asked.Source, asked.Kind, asked.Project, asked.Target, asked.As, asked.Key, asked.Rate, asked.Progress, asked.DryRun, asked.Json,
        };
        var where = new WhereWithFiles(command);
        return command.Doing(async (parsed, cancellationToken) =>
        {
            await using OpenedInstallation opened = await where.OpenAsync(parsed, cancellationToken);
            return await ReplayAsync(opened, asked.Of(parsed), cancellationToken);
        });
    }

    private static async Task<int> ReplayAsync(OpenedInstallation opened, ReplayAsked asked, CancellationToken cancellationToken)
    {
        var reading = new ArchiveReading(opened.Documents, what => Console.Error.WriteLine($"cki: {Common.Plain(what)}: left out"));
        var progress = new ReplayProgress(asked.Progress);
        ArchivePlace? place = progress.Read();
        if (place is not null)
            await Console.Error.WriteLineAsync($"cki: goes on behind {place.Key} ({asked.Progress})");
        IAsyncEnumerable<ArchivedDelivery> deliveries = reading.ReadAsync(asked.Window, place, cancellationToken);
        if (asked.IsDryRun)
            return await ListAsync(deliveries);
        using HttpClient http = OutboundHttp.Create();
        IReplayTarget target = Target(asked, await opened.ConfigAsync(cancellationToken), opened.Secrets, http);
        await opened.AuditAsync("replay", $"{asked.Window.From:O} to {asked.Window.To:O} to {asked.Target}", null, cancellationToken);
        ReplayResult result = await new ReplayRun(target, progress, asked.PerSecond, TimeProvider.System).RunAsync(deliveries, cancellationToken);
        Say(result, asked);
        if (result.Stopped is not null)
            return Exit.Unavailable;
        return result.Refused.Count > 0 ? Exit.Found : Exit.Good;
    }

    private static IReplayTarget Target(ReplayAsked asked, SuiteConfig config, ISecrets secrets, HttpClient http)
    {
        if (Uri.TryCreate(asked.Target, UriKind.Absolute, out Uri? door) && door.Scheme is "http" or "https")
            return new DoorTarget(door, http, new ReplayKeys(config, secrets, TimeProvider.System) { As = asked.As, Key = asked.Key });
        ConsumerConfig consumer = config.Consumers.FirstOrDefault(c => c.Name == asked.Target)
            ?? throw new BadInputException($"--target {asked.Target}: neither a front door's address (https://...) nor a consumer in sources.yaml");
        if (asked.As is not null || asked.Key is not null)
            throw new BadInputException("--as and --key go with a front door as target: a consumer has its own key in sources.yaml");
        var consumers = new DeliveryConsumers(
            http, secrets, TimeProvider.System, region => new AwsSession(Environment.GetEnvironmentVariable, TimeProvider.System, new SystemDice(), region));
        return new ConsumerTarget(consumers.Open(consumer), config);
    }

    private static async Task<int> ListAsync(IAsyncEnumerable<ArchivedDelivery> deliveries)
    {
        int count = 0;
        await foreach (ArchivedDelivery delivery in deliveries)
        {
            count++;
            Console.Out.WriteLine($"{delivery.ReceivedAt:yyyy-MM-dd HH:mm:ss}Z  {delivery.Source}  {Common.Plain(delivery.RoutingKey ?? delivery.Reading)}  {delivery.Delivery}");
        }
        Console.Out.WriteLine($"{count} delivery(s) would be sent.");
        return Exit.Good;
    }

    private static void Say(ReplayResult result, ReplayAsked asked)
    {
        if (asked.IsJson)
        {
            Common.Print(new JsonObject
            {
                ["taken"] = result.Taken, ["refused"] = new JsonArray([.. result.Refused.Select(r => (JsonNode)r)]), ["stopped"] = result.Stopped,
                ["progress"] = result.Stopped is null ? null : asked.Progress,
            });
            return;
        }
        foreach (string refused in result.Refused)
            Console.Out.WriteLine($"refused  {Common.Plain(refused)}");
        Console.Out.WriteLine($"{result.Taken} delivery(s) taken, {result.Refused.Count} refused.");
        if (result.Stopped is { } why)
            Console.Error.WriteLine($"cki: stopped: {Common.Plain(why)}. The same command goes on from here ({asked.Progress}).");
    }

    /// <summary>The command line's words.</summary>
    private sealed class ReplayOptions
    {
        public Option<string> From { get; } = new("--from") { Description = "First moment, UTC: 2026-11-22 or 2026-11-22T10:30", Required = true };

        public Option<string?> To { get; } = new("--to") { Description = "End, not included; default now" };

        public Option<string?> Source { get; } = new("--source") { Description = "Only deliveries that this source took" };

        public Option<string?> Kind { get; } = new("--kind") { Description = "Only events of this kind: push, build, pipeline, issue, ..." };

        public Option<string?> Project { get; } = new("--project") { Description = "Only of this project, such as group/project" };

        public Option<string> Target { get; } = new("--target") { Description = "A front door's address (https://staging.example/), or a consumer of sources.yaml", Required = true };

        public Option<string?> As { get; } = new("--as") { Description = "The source's name at the target; default the same" };

        public Option<string?> Key { get; } = new("--key") { Description = "Secret with the target's replay key; default the source's own" };

        public Option<double> Rate { get; } = new("--rate") { Description = "Most deliveries a second", DefaultValueFactory = _ => RateDefault };

        public Option<string?> Progress { get; } = new("--progress") { Description = "File that remembers how far it is; default cki-replay-<digest>.json here" };

        public Option<bool> DryRun { get; } = new("--dry-run") { Description = "List what would be sent" };

        public Option<bool> Json { get; } = Common.Json();

        public ReplayAsked Of(ParseResult parsed)
        {
            DateTimeOffset from = Moment(parsed.GetValue(From)!, "--from");
            DateTimeOffset to = parsed.GetValue(To) is { } end ? Moment(end, "--to") : TimeProvider.System.GetUtcNow();
            double rate = parsed.GetValue(Rate);
            if (to <= from)
                throw new BadInputException($"--to {to:O} is not after --from {from:O}");
            if (rate is not (> 0 and <= RateMax))
                throw new BadInputException($"--rate {rate}: above 0, at most {RateMax} a second");
            var window = new ArchiveWindow(from, to) { Source = parsed.GetValue(Source), Kind = parsed.GetValue(Kind), Project = parsed.GetValue(Project) };
            string target = parsed.GetValue(Target)!;
            string progress = parsed.GetValue(Progress)
                ?? ReplayProgress.NameFor(parsed.GetValue(From), parsed.GetValue(To), window.Source, window.Kind, window.Project, target, parsed.GetValue(As));
            return new ReplayAsked(window, target, rate, progress)
            {
                As = parsed.GetValue(As), Key = parsed.GetValue(Key), IsDryRun = parsed.GetValue(DryRun), IsJson = parsed.GetValue(Json),
            };
        }

        private static DateTimeOffset Moment(string text, string option) =>
            DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at)
                ? at
                : throw new BadInputException($"{option} {text}: not a time such as 2026-11-22 or 2026-11-22T10:30");
    }

    private sealed record ReplayAsked(ArchiveWindow Window, string Target, double PerSecond, string Progress)
    {
        public string? As { get; init; }

        public string? Key { get; init; }

        public bool IsDryRun { get; init; }

        public bool IsJson { get; init; }
    }
}
