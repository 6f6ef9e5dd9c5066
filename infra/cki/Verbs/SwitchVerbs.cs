using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Tool;

/// <summary><c>cki pause|resume|observe|arm</c>: the operators' switches. Intake goes on; acts are held with their reason.</summary>
internal static class SwitchVerbs
{
    private static readonly string[] s_acts = ["trigger", "retry", "mail", "forward", "all"];

    public static Command Pause()
    {
        Argument<string?> what = What();
        Option<bool> json = Common.Json();
        Option<string?> tree = Tree();
        Option<string?> failureClass = Class();
        Option<string?> until = new("--until") { Description = "How long: 90s, 5m, 2h, 3d; default until resumed" };
        Option<string?> reason = new("--reason") { Description = "Shown with everything that is held" };
        return new Command("pause", "Hold acts; without an argument, list what is held") { what, json, tree, failureClass, until, reason }.On(async (store, parsed, cancellationToken) =>
        {
            if (parsed.GetValue(what) is not { } held)
                return await ListAsync(store.Documents, parsed.GetValue(json), cancellationToken);
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            DateTimeOffset? end = parsed.GetValue(until) is { } duration ? now + Common.Duration(duration, "--until") : null;
            string why = parsed.GetValue(reason) ?? throw new BadInputException("pause needs --reason: people will ask");
            var placed = new Switch(Name(held, parsed.GetValue(tree), parsed.GetValue(failureClass)), why, Environment.UserName, now, end);
            await store.AuditAsync("pause", placed.What, why, cancellationToken);
            await store.Documents.PutAsync(placed.Key, placed, DocumentJson.Default.Switch, cancellationToken);
            Console.Out.WriteLine($"Held: {placed.What}{(end is null ? ", until resumed" : $", until {end:yyyy-MM-dd HH:mm:ss}Z")}. {Common.Plain(why)}");
            return Exit.Good;
        });
    }

    public static Command Resume()
    {
        Argument<string?> what = What();
        Option<string?> tree = Tree();
        Option<string?> failureClass = Class();
        return new Command("resume", "Let held acts go on; each is checked again before it acts") { what, tree, failureClass }.On(async (store, parsed, cancellationToken) =>
        {
            string name = Name(parsed.GetValue(what) ?? throw new BadInputException("resume what? See cki pause"), parsed.GetValue(tree), parsed.GetValue(failureClass));
            await store.AuditAsync("resume", name, null, cancellationToken);
            return await RemoveAsync(store.Documents, name, $"{name} goes on.", cancellationToken);
        });
    }

    public static Command Observe() =>
        new Command("observe", "Post nothing: every act is held until 'cki arm'").On(async (store, _, cancellationToken) =>
        {
            await store.AuditAsync("observe", store.Name, null, cancellationToken);
            var placed = new Switch(Switch.Observe, "observing: nothing is posted until 'cki arm'", Environment.UserName, TimeProvider.System.GetUtcNow(), null);
            await store.Documents.PutAsync(placed.Key, placed, DocumentJson.Default.Switch, cancellationToken);
            Console.Out.WriteLine("Observing: nothing is posted until 'cki arm'.");
            return Exit.Good;
        });

    public static Command Arm() =>
        new Command("arm", "Act for real: pipelines, retries and reports are posted").On(async (store, _, cancellationToken) =>
        {
            if (await store.Switches.IsStagingAsync(cancellationToken))
                throw new BadInputException($"{store.Name} is staging: it posts nothing, ever; cki staging unmark makes it an installation of its own");
            await store.AuditAsync("arm", store.Name, null, cancellationToken);
            return await RemoveAsync(store.Documents, Switch.Observe, "Armed: acts are posted.", cancellationToken);
        });

    private static Argument<string?> What() => new("what")
    {
        Description = "trigger, retry, mail, forward or all",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static Option<string?> Tree() => new("--tree") { Description = "Only this tree; with forward: only this consumer" };

    private static Option<string?> Class() => new("--class") { Description = "Only retries of this failure class, such as registry" };

    private static string Name(string what, string? tree, string? failureClass)
    {
        if (!s_acts.Contains(what))
            throw new BadInputException($"'{what}' cannot be held: one of {string.Join(", ", s_acts)}");
        if (failureClass is null)
            return tree is null ? what : $"{what}@{tree}";
        return what == "retry" && tree is null
            ? Switch.OfClass(failureClass)
            : throw new BadInputException("--class goes with retry alone, without --tree");
    }

    private static async Task<int> RemoveAsync(Documents documents, string name, string done, CancellationToken cancellationToken)
    {
        string key = $"{Switch.Prefix}{name}.json";
        if (await documents.GetAsync(key, DocumentJson.Default.Switch, cancellationToken) is null)
        {
            Console.Out.WriteLine($"{name} was not held.");
            return Exit.Good;
        }
        await documents.DeleteAsync(key, cancellationToken);
        Console.Out.WriteLine(done);
        return Exit.Good;
    }

    private static async Task<int> ListAsync(Documents documents, bool asJson, CancellationToken cancellationToken)
    {
        var held = new List<Switch>();
        foreach (string key in await documents.KeysAsync(Switch.Prefix, 1000, cancellationToken))
        {
            if (await documents.GetAsync(key, DocumentJson.Default.Switch, cancellationToken) is { } found)
                held.Add(found.Value);
        }
        if (asJson)
            Common.Print(new JsonArray([.. held.Select(s => JsonSerializer.SerializeToNode(s, DocumentJson.Default.Switch))]));
        else if (held.Count == 0)
            Console.Out.WriteLine("Nothing is held.");
        else
            foreach (Switch s in held)
                Console.Out.WriteLine($"{s.What,-20} since {s.Since:yyyy-MM-dd HH:mm}Z{(s.Until is null ? "" : $" until {s.Until:yyyy-MM-dd HH:mm}Z")} by {Common.Plain(s.By)}: {Common.Plain(s.Reason)}");
        return Exit.Good;
    }
}
