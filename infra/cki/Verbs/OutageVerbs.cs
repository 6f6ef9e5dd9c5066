using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Tool;

/// <summary><c>cki outage list|open|close|probe|release</c>: a person's hand on a failure class. What it changes, the herder carries out at Watch's next tick.</summary>
internal static class OutageVerbs
{
    private const int ClassesMax = 1000;

    public static Command Command() => new("outage", "Failure classes that hit many pipelines: held, probed and released")
    {
        List(),
        Change("open", "Hold the retries of a class until it is closed by hand", (by, _) => (s, reason, now) => OutageDecisions.OpenedBy(s, s.Class, by, reason, now)),
        Change("close", "Declare a class well: its held jobs go, at a pace, each looked at again", (by, _) => (s, reason, now) => s.Holds ? OutageDecisions.Closed(s, now) with { Reason = reason, By = by } : s),
        Change("probe", "Let the oldest held job go now, to see whether it is over", (_, _) => (s, _, now) => s.Phase == OutagePhase.Open ? s with { NextProbeAt = now } : s),
        Change("release", "Let held jobs go although the class stays held", (_, count) => (s, _, _) => s.Holds ? s with { ReleaseAsked = s.ReleaseAsked + count } : s, hasCount: true),
    };

    private static Command List()
    {
        Option<bool> json = Common.Json();
        return new Command("list", "Every class that is or was in outage, with what it holds") { json }.On(async (store, parsed, cancellationToken) =>
        {
            var states = new List<(OutageState State, int Held)>();
            IReadOnlyList<string> keys = await store.Documents.KeysAsync(OutageState.Prefix, 100_000, cancellationToken);
            foreach (string key in keys.Where(k => k.LastIndexOf('/') == OutageState.Prefix.Length - 1).Take(ClassesMax))
            {
                if (await store.Documents.GetAsync(key, OutageJson.Default.OutageState, cancellationToken) is { Value: var state })
                    states.Add((state, keys.Count(k => k.StartsWith(HeldJob.PrefixOf(state.Class), StringComparison.Ordinal))));
            }
            if (parsed.GetValue(json))
                Common.Print(new JsonArray([.. states.Select(s => ToJson(s.State, s.Held))]));
            else if (states.Count == 0)
                Console.Out.WriteLine("No class was ever in outage.");
            else
                foreach ((OutageState state, int held) in states)
                    Console.Out.WriteLine(Line(state, held));
            return Exit.Good;
        });
    }

    private static Command Change(
        string name, string description, Func<string, int, Func<OutageState, string, DateTimeOffset, OutageState>> how, bool hasCount = false)
    {
        Argument<string> failureClass = new("class") { Description = "Failure class as in matchers.yaml, such as registry" };
        Option<string?> reason = new("--reason") { Description = "Why: kept, and shown with everything that is held" };
        Option<int> count = new("--count") { Description = "How many, the oldest first", DefaultValueFactory = _ => 1 };
        var command = new Command(name, description) { failureClass, reason };
        if (hasCount)
            command.Add(count);
        return command.On(async (store, parsed, cancellationToken) =>
        {
            string of = Named(parsed.GetValue(failureClass)!);
            string why = parsed.GetValue(reason) ?? throw new BadInputException($"outage {name} needs --reason: people will ask");
            int jobs = hasCount ? parsed.GetValue(count) : 0;
            if (hasCount && jobs < 1)
                throw new BadInputException($"--count {jobs}: must be at least 1");
            await store.AuditAsync($"outage {name}", of, why, cancellationToken);
            var hand = new OutageHand(store.Documents, store.Post, Environment.UserName);
            (OutageState state, bool changed) = await hand.ChangeAsync(of, name, why, how(Environment.UserName, jobs), TimeProvider.System.GetUtcNow(), cancellationToken);
            Console.Out.WriteLine(changed ? $"{Line(state, null)}. Carried out at the next tick." : $"{of} is {state.Phase}: nothing to {name}.");
            return Exit.Good;
        });
    }

    private static string Named(string failureClass) =>
        failureClass.Length is > 0 and <= 40 && failureClass.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-')
            ? failureClass
            : throw new BadInputException($"'{Common.Plain(failureClass)}' is no failure class: 1 to 40 characters of a-z, 0-9, '.', '_' and '-'");

    private static string Line(OutageState s, int? held)
    {
        string phase = s.Phase switch { OutagePhase.Open => "held", OutagePhase.HalfOpen => "held, probing", _ => "well" };
        string since = s is { Holds: true, OpenedAt: { } opened } ? $" since {opened:yyyy-MM-dd HH:mm}Z" : s.ClosedAt is { } closed ? $" since {closed:yyyy-MM-dd HH:mm}Z" : "";
        string jobs = held is { } n ? $", {n} jobs wait" : "";
        string probe = s is { Holds: true, NextProbeAt: { } at } ? $", next probe {at:yyyy-MM-dd HH:mm}Z" : "";
        string by = s.By is null ? $", {s.Pipelines} pipelines hit" : $", by {Common.Plain(s.By)}: {Common.Plain(s.Reason)}";
        return $"{s.Class,-20} {phase}{since}{jobs}{probe}{by}, {s.Probes} probes";
    }

    private static JsonNode ToJson(OutageState state, int held)
    {
        JsonNode node = JsonSerializer.SerializeToNode(state, OutageJson.Default.OutageState)!;
        node["held"] = held;
        return node;
    }
}
