using System.CommandLine;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary><c>cki hooks status|install|repair</c>: GitLab's webhooks of all projects in trees.yaml.</summary>
internal static class HooksVerbs
{
    public static Command Command() => new("hooks", "Webhooks in GitLab of all projects in trees.yaml") { Status(), Install(), Repair() };

    private static Command Status() => Verb(
        "status", "Compare the hooks that are there with those that the configuration asks for", async (work, config, said, cancellationToken) =>
        {
            IReadOnlyList<HookStanding> standings = await work.LookAsync(config, cancellationToken);
            said([.. standings.Select(s => new HookDeed(s, s.Faults.Count == 0 ? "fine" : "wrong", string.Join("; ", s.Faults)))]);
            return standings.All(s => s.Faults.Count == 0) ? Exit.Good : Exit.Found;
        });

    private static Command Install() => Verb(
        "install", "Create the hooks that are missing and mend those that are wrong; what is right is not touched", (work, config, said, cancellationToken) =>
            MakeAsync(work, config, evenIfFine: false, said, cancellationToken));

    private static Command Repair() => Verb(
        "repair", "As install; also writes every hook's token anew and enables disabled hooks by a test request", (work, config, said, cancellationToken) =>
            MakeAsync(work, config, evenIfFine: true, said, cancellationToken));

    private static async Task<int> MakeAsync(
        HookWork work, SuiteConfig config, bool evenIfFine, Action<IReadOnlyList<HookDeed>> said, CancellationToken cancellationToken)
    {
        var deeds = new List<HookDeed>();
        foreach (HookStanding standing in await work.LookAsync(config, cancellationToken))
            deeds.Add(await work.MakeAsync(standing, evenIfFine, cancellationToken));
        said(deeds);
        return deeds.All(d => d.Done != "failed" && d.Standing.Doubles == 0) ? Exit.Good : Exit.Found;
    }

    private static Command Verb(
        string name, string description, Func<HookWork, SuiteConfig, Action<IReadOnlyList<HookDeed>>, CancellationToken, Task<int>> act)
    {
        Option<Uri?> url = Common.Url("How GitLab reaches the front door; default as the installation says");
        Option<string?> signing = new("--signing-secret") { Description = "Name of a secret with a signing token (whsec_...) to set as well" };
        Option<bool> json = Common.Json();
        var command = new Command(name, description) { url, signing, json };
        var where = new WhereWithFiles(command);
        return command.Doing(async (parsed, cancellationToken) =>
        {
            await using OpenedInstallation opened = await where.OpenAsync(parsed, cancellationToken);
            SuiteConfig config = await opened.ConfigAsync(cancellationToken);
            Uri door = parsed.GetValue(url) ?? opened.FrontDoor
                ?? throw new BadInputException($"{opened.Name} does not know how GitLab reaches it: say --url (or start cki up with it)");
            using HttpClient http = OutboundHttp.Create();
            var gitLab = new GitLabClient(http, new ReadConfig(config), opened.Secrets, new GitLabRetries(TimeProvider.System, new SystemDice()));
            if (name != "status")
                await opened.AuditAsync($"hooks {name}", door.ToString(), null, cancellationToken);
            foreach (ProjectRef project in HookPlan.WithoutSource(config))
                await Console.Error.WriteLineAsync($"cki: {project} gets no hook: no source in sources.yaml speaks for {project.Host}; polling finds its commits");
            var work = new HookWork(gitLab, opened.Secrets, door) { SigningSecret = parsed.GetValue(signing) };
            return await act(work, config, deeds => Say(deeds, parsed.GetValue(json)), cancellationToken);
        });
    }

    private static void Say(IReadOnlyList<HookDeed> deeds, bool asJson)
    {
        if (asJson)
            Common.Print(new JsonArray([.. deeds.Select(ToJson)]));
        else if (deeds.Count == 0)
            Console.Out.WriteLine("The configuration asks for no hooks.");
        else
            foreach (HookDeed deed in deeds)
                Console.Out.WriteLine($"{deed.Standing.Wanted.Project}  {deed.Done}{(string.IsNullOrEmpty(deed.Why) ? "" : $": {Common.Plain(deed.Why)}")}");
    }

    private static JsonObject ToJson(HookDeed deed) => new()
    {
        ["project"] = deed.Standing.Wanted.Project.ToString(),
        ["address"] = deed.Standing.Address,
        ["events"] = new JsonArray([.. deed.Standing.Wanted.Events.Select(e => (JsonNode)e)]),
        ["hook"] = deed.Standing.Hook?.Id,
        ["alertStatus"] = deed.Standing.Hook?.AlertStatus,
        ["disabledUntil"] = deed.Standing.Hook?.DisabledUntil,
        ["done"] = deed.Done,
        ["why"] = deed.Why,
    };
}
