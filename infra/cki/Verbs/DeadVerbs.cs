using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Tool;

/// <summary><c>cki dead list|show|return|drop</c>: filed dead letters. All of it works on the store, on one machine and on AWS alike.</summary>
internal static class DeadVerbs
{
    private const string Prefix = "dead/";

    public static Command Command() => new("dead", "Dead letters: messages that exhausted their receives") { List(), Show(), Return(), Drop() };

    private static Command List()
    {
        Option<bool> json = Common.Json();
        return new Command("list", "List filed dead letters") { json }.On(async (store, parsed, cancellationToken) =>
        {
            var letters = new List<DeadLetter>();
            foreach (string key in await store.Documents.KeysAsync(Prefix, 10_000, cancellationToken))
            {
                if (await store.Documents.GetAsync(key, DocumentJson.Default.DeadLetter, cancellationToken) is { } letter)
                    letters.Add(letter.Value);
            }
            if (parsed.GetValue(json))
                Common.Print(new JsonArray([.. letters.Select(ToJson)]));
            else if (letters.Count == 0)
                Console.Out.WriteLine("No dead letters.");
            else
                foreach (DeadLetter l in letters)
                    Console.Out.WriteLine($"{l.Queue}/{l.Id}  filed {l.FiledAt:yyyy-MM-dd HH:mm}Z  round {l.Rounds}  {Next(l)}  {Type(l)}");
            return Exit.Good;
        });
    }

    private static Command Show()
    {
        Argument<string> id = Id();
        return new Command("show", "Print one dead letter with its history, as JSON") { id }.On(async (store, parsed, cancellationToken) =>
        {
            Common.Print(ToJson((await FindAsync(store.Documents, parsed.GetValue(id)!, cancellationToken)).Value)!);
            return Exit.Good;
        });
    }

    private static Command Return()
    {
        Argument<string> id = Id();
        return new Command("return", "Send one back to its queue at Watch's next tick") { id }.On(async (store, parsed, cancellationToken) =>
        {
            DeadLetter letter = (await FindAsync(store.Documents, parsed.GetValue(id)!, cancellationToken)).Value;
            await store.AuditAsync("dead return", $"{letter.Queue}/{letter.Id}", null, cancellationToken);
            if (!await DeadLetterReturn.AskAsync(
                store.Documents, store.Post, letter, Environment.UserName, TimeProvider.System.GetUtcNow(), cancellationToken))
                throw new BadInputException($"{letter.Queue}/{letter.Id} is no longer filed: it went back or was dropped meanwhile");
            Console.Out.WriteLine($"{letter.Queue}/{letter.Id} goes back at the next tick.");
            return Exit.Good;
        });
    }

    private static Command Drop()
    {
        Argument<string> id = Id();
        Option<bool> yes = new("--yes") { Description = "Really drop it: what it asked for will not happen" };
        return new Command("drop", "Drop one dead letter for good") { id, yes }.On(async (store, parsed, cancellationToken) =>
        {
            DeadLetter letter = (await FindAsync(store.Documents, parsed.GetValue(id)!, cancellationToken)).Value;
            if (!parsed.GetValue(yes))
                throw new BadInputException($"{letter.Queue}/{letter.Id} ({Type(letter)}) was not dropped: say --yes, what it asks for will not happen");
            await store.AuditAsync("dead drop", $"{letter.Queue}/{letter.Id}", Type(letter), cancellationToken);
            await store.Documents.DeleteAsync(letter.Key, cancellationToken);
            Console.Out.WriteLine($"Dropped {letter.Queue}/{letter.Id} ({Type(letter)}).");
            return Exit.Good;
        });
    }

    private static Argument<string> Id() => new("id") { Description = "queue/id as 'cki dead list' prints it" };

    private static async Task<Document<DeadLetter>> FindAsync(Documents documents, string id, CancellationToken cancellationToken)
    {
        string[] parts = id.Split('/', 2);
        if (parts.Length != 2)
            throw new BadInputException($"'{id}' is not queue/id; see cki dead list");
        return await documents.GetAsync($"{Prefix}{parts[0]}/{Uri.EscapeDataString(parts[1])}.json", DocumentJson.Default.DeadLetter, cancellationToken)
            ?? throw new BadInputException($"there is no dead letter {id}; see cki dead list");
    }

    private static JsonNode? ToJson(DeadLetter letter) => JsonSerializer.SerializeToNode(letter, DocumentJson.Default.DeadLetter);

    private static string Next(DeadLetter letter) =>
        letter.Parked ? "parked" : letter.ReturnAt is { } at ? $"returns {at:yyyy-MM-dd HH:mm}Z" : "waits";

    private static string Type(DeadLetter letter)
    {
        try
        {
            CloudEvent e = CloudEvent.Parse(letter.Body);
            return Common.Plain($"{e.Type} {e.Subject}");
        }
        catch (UnreadableMessageException e)
        {
            return $"unreadable: {Common.Plain(e.Message)}";
        }
    }
}
