using System.Text.Json.Nodes;
using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>What stands on merge requests, in KCIDB and in mailboxes, judged by the peers' own books.</summary>
public sealed class LetterPromises(Town town, LetterPeers peers, LetterPeople people)
{
    private const string ReportMark = "<!-- cki:report-";

    /// <summary>The last report of each run to developers, and all of them.</summary>
    private Receipt[] Finals =>
        [.. town.Receivers.Receipts.Where(r => r is { Channel: "developers", Run: not null } && r.Kind.StartsWith("final-", StringComparison.Ordinal)).DistinctBy(r => r.Id)];

    /// <returns>Figures for people.</returns>
    public string Check()
    {
        Receipt[] finals = Finals;
        Check(finals.Length >= people.Requests.Count, $"only {finals.Length} reports for developers: this proves nothing");
        foreach (GitLabMergeRequest request in people.Requests)
            CheckNote(request, finals);
        foreach ((GitLabMergeRequest on, GitLabNote note) in people.Orders)
            CheckAnswer(on, note);
        CheckKcidb(finals);
        CheckDigests(finals);
        return FormattableString.Invariant(
            $"{finals.Length} reports of {people.Requests.Count} merge requests, {people.Orders.Count} notes with orders answered, {peers.Submissions.Count} submissions, {peers.Mails.Count} mails");
    }

    /// <summary>One note, however often there was news; it tells of the newest head that has a report.</summary>
    private static void CheckNote(GitLabMergeRequest request, Receipt[] finals)
    {
        GitLabNote[] ours = [.. request.Notes.Where(n => n.Author.Username == Town.Bot && n.Body.StartsWith(ReportMark, StringComparison.Ordinal))];
        bool wasTold = finals.Any(f => f.Sha == request.Sha);
        Check(ours.Length <= 1, $"!{request.Iid} has {ours.Length} notes of ours");
        Check(!wasTold || ours.Length == 1, $"!{request.Iid} was reported on and has no note");
        if (wasTold)
            Check(ours[0].Body.Contains(request.Sha[..12], StringComparison.Ordinal), $"the note on !{request.Iid} does not tell of its head {request.Sha[..12]}: {ours[0].Body}");
    }

    private static void CheckAnswer(GitLabMergeRequest on, GitLabNote note)
    {
        GitLabNote[] answers = [.. on.Notes.Where(n => n.Author.Username == Town.Bot && n.Body.StartsWith($"<!-- cki:answer-{note.Id} -->", StringComparison.Ordinal))];
        Check(answers.Length == 1, $"note {note.Id} on !{on.Iid} was answered {answers.Length} times");
        Check(answers[0].Discussion == note.Discussion, $"note {note.Id} on !{on.Iid} was answered elsewhere");
        int orders = note.Body.Split($"@{Town.Bot} ").Length - 1;
        int told = orders == 1 ? 1 : answers[0].Body.Split('\n').Count(l => l.StartsWith("- `", StringComparison.Ordinal));
        Check(told == orders, $"of {orders} orders in note {note.Id}, {told} were answered: {answers[0].Body}");
    }

    /// <summary>Each run is there as its report says; what is ours never says FAIL.</summary>
    private void CheckKcidb(Receipt[] finals)
    {
        foreach (JsonObject document in peers.Submissions)
        {
            IReadOnlyList<string> faults = KcidbSchema.Faults(document);
            Check(faults.Count == 0, $"a submission does not follow the schema: {string.Join("; ", faults)}");
            string[] ids = [.. Objects(document).Select(o => (string)o["id"]!)];
            Check(ids.Distinct().Count() == ids.Length, "a submission has an object twice");
            Pushed? head = town.Commits.Heads.FirstOrDefault(h => h.Sha == (string?)Checkout(document)["git_commit_hash"]);
            bool isBlamed = Objects(document).Any(o => (string?)o["status"] == "FAIL");
            Check(head is null || head.Nature != Nature.Good || !isBlamed, $"KCIDB was told that {head?.Sha[..12]} fails, and it is good");
        }
        foreach (Receipt final in finals)
        {
            string attempt = final.Kind["final-".Length..];
            JsonObject[] told = [.. peers.Submissions.Where(d => (string?)Misc(d)["run"] == final.Run && $"{Misc(d)["attempt"]}" == attempt)];
            Check(told.Length > 0, $"KCIDB never got {final.Run} {final.Kind}");
            Check((string?)Checkout(told[0])["git_commit_hash"] == final.Sha, $"KCIDB got another commit for {final.Run}");
            string verdict = final.Verdict!.ToLowerInvariant();
            Check(told.Any(d => (string?)Misc(d)["verdict"] == verdict), $"{final.Run} {final.Kind} was reported {verdict}, and KCIDB was not told so");
            Check(told.Where(d => (string?)Misc(d)["verdict"] == "failed").All(d => Objects(d).Any(o => (string?)o["status"] == "FAIL")), $"KCIDB got {final.Run} {final.Kind} failed without a failure");
        }
    }

    /// <summary>Each report stands in one digest, and nothing that came after he muted it goes to the tired reader.</summary>
    private void CheckDigests(Receipt[] finals)
    {
        OutgoingReport[] mails = [.. peers.Mails.Select(m => m.Report).DistinctBy(r => r.MessageId)];
        string[] named = [.. mails.Where(m => m.Envelope!.All.Contains(LetterPeople.Faithful)).SelectMany(m => m.Gathered!).Select(e => $"{e.Run} {e.Kind}")];
        Check(named.Distinct().Count() == named.Length, $"{named.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1)?.Key} stands in two digests");
        foreach (Receipt final in finals)
        {
            // People who were told early hear nothing more where nothing changed.
            string early = final.Kind.Replace("final-", "early-", StringComparison.Ordinal);
            Check(named.Contains($"{final.Run} {final.Kind}") || named.Contains($"{final.Run} {early}"), $"{final.Run} {final.Kind} stands in no digest");
        }
        DigestEntry[] unwanted = [.. mails.Where(m => m.Envelope!.All.Contains(LetterPeople.Tired)).SelectMany(m => m.Gathered!).Where(e => e.GatheredAt > people.MutedAt)];
        Check(unwanted.Length == 0, $"{LetterPeople.Tired} muted everything and was told of {unwanted.FirstOrDefault()?.Subject}");
    }

    private static IEnumerable<JsonObject> Objects(JsonObject document) =>
        new[] { "builds", "tests" }.SelectMany(name => (document[name] as JsonArray ?? []).OfType<JsonObject>());

    private static JsonObject Checkout(JsonObject document) => (JsonObject)document["checkouts"]![0]!;

    private static JsonObject Misc(JsonObject document) => (JsonObject)Checkout(document)["misc"]!;

    private static void Check(bool holds, string broken)
    {
        if (!holds)
            throw new PromiseBrokenException(broken);
    }
}
