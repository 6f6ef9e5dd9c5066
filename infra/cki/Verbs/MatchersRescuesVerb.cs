using System.CommandLine;
using System.Text.Json.Nodes;

namespace Cki.Tool;

/// <summary><c>cki matchers rescues</c>: do retries pay? Per matcher, delay and architecture, with machine time; and who should go, or has gone, into shadow.</summary>
internal static class MatchersRescuesVerb
{
    private const int KeysMax = 100_000;

    public static Command Command()
    {
        Option<bool> json = Common.Json();
        Option<int> days = new("--days") { Description = "How far back", DefaultValueFactory = _ => 90 };
        return new Command("rescues", "What retries rescued and what they cost, per matcher, delay and architecture") { json, days }.On(async (store, parsed, cancellationToken) =>
        {
            if (parsed.GetValue(days) is < 1 or > 3650)
                throw new BadInputException($"--days {parsed.GetValue(days)}: 1 to 3650");
            string from = RescueDay.Text(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(parsed.GetValue(days)));
            IEnumerable<string> keys = (await store.Documents.KeysAsync(RescueEvent.Prefix, KeysMax, cancellationToken))
                .Where(k => k.Contains("/days/", StringComparison.Ordinal) && string.CompareOrdinal(RescueDay.DayOf(k), from) >= 0);
            IReadOnlyList<RescueRow> rows = Learning.Sum((await Stored.AllAsync(store, keys, OutageJson.Default.RescueDay, cancellationToken)).SelectMany(d => d.Rows));
            Demotions demotions = await Stored.DemotionsAsync(store, cancellationToken);
            if (parsed.GetValue(json))
                Common.Print(ToJson(rows, demotions));
            else
                Tell(rows, demotions);
            return Exit.Good;
        });
    }

    private static void Tell(IReadOnlyList<RescueRow> rows, Demotions demotions)
    {
        if (rows.Count == 0)
            Console.Out.WriteLine("No retry has been counted.");
        foreach (RescueRow r in rows)
            Console.Out.WriteLine($"{r.Matcher,-24} after {r.Delay} {r.Architecture,-8} {r.Rescued} of {r.Counted} rescued, {r.SameAgain} the same again, {r.OtherTrouble} other trouble, {r.RealFailure} the commit's, {r.SetAside} set aside, {r.MachineSeconds / 3600:0.0} machine hours");
        foreach (DemotionProposal proposal in Learning.Propose(rows).Where(p => !demotions.Stands(p.Matcher)))
            Console.Out.WriteLine($"Proposed for shadow: {proposal.Matcher}, {proposal.Reason}.");
        foreach (Demotion demotion in demotions.Entries)
            Console.Out.WriteLine($"In shadow since {demotion.At:yyyy-MM-dd}: {demotion.Matcher}, {demotion.Reason}{(demotion.LiftedAt is { } at ? $"; live again since {at:yyyy-MM-dd} by {Common.Plain(demotion.LiftedBy)}" : "")}.");
    }

    private static JsonObject ToJson(IReadOnlyList<RescueRow> rows, Demotions demotions) => new()
    {
        ["rows"] = new JsonArray([.. rows.Select(r => (JsonNode)new JsonObject
        {
            ["matcher"] = r.Matcher, ["delaySeconds"] = r.Delay.TotalSeconds, ["architecture"] = r.Architecture, ["counted"] = r.Counted, ["rescued"] = r.Rescued,
            ["sameAgain"] = r.SameAgain, ["otherTrouble"] = r.OtherTrouble, ["realFailure"] = r.RealFailure, ["setAside"] = r.SetAside, ["machineSeconds"] = r.MachineSeconds,
        })]),
        ["proposals"] = new JsonArray([.. Learning.Propose(rows).Where(p => !demotions.Stands(p.Matcher)).Select(p => (JsonNode)new JsonObject
        {
            ["matcher"] = p.Matcher, ["retries"] = p.Retries, ["machineSeconds"] = p.MachineSeconds, ["reason"] = p.Reason,
        })]),
        ["demotions"] = new JsonArray([.. demotions.Entries.Select(d => (JsonNode)new JsonObject
        {
            ["matcher"] = d.Matcher, ["at"] = d.At, ["retries"] = d.Retries, ["machineSeconds"] = d.MachineSeconds, ["reason"] = d.Reason, ["liftedAt"] = d.LiftedAt, ["liftedBy"] = d.LiftedBy,
        })]),
    };
}
