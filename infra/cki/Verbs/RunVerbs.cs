using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Tool;

/// <summary><c>cki run list|show</c>: what was detected and what became of it. The acts are in <see cref="RunActs"/>.</summary>
internal static class RunVerbs
{
    public static Command Command() => new("run", "Runs: everything done for one commit under test") { List(), Show(), RunActs.Cancel(), RunActs.Retest(), RunActs.Resume() };

    private static Command List()
    {
        Option<bool> json = Common.Json();
        Option<int> most = new("--most") { Description = "How many runs, newest first", DefaultValueFactory = _ => 50 };
        Option<string?> tree = new("--tree") { Description = "Only this tree's runs" };
        return new Command("list", "List runs, newest first") { json, most, tree }.On(async (store, parsed, cancellationToken) =>
        {
            IReadOnlyList<RunFacts> runs = await RunFacts.ListAsync(store.Documents, parsed.GetValue(tree), parsed.GetValue(most), cancellationToken);
            if (parsed.GetValue(json))
                Common.Print(new JsonArray([.. runs.Select(r => r.ToJson())]));
            else if (runs.Count == 0)
                Console.Out.WriteLine("No runs yet.");
            else
                foreach (RunFacts run in runs)
                    Console.Out.WriteLine(run.Line());
            return Exit.Good;
        });
    }

    private static Command Show()
    {
        Argument<string> id = Id();
        Option<bool> json = Common.Json();
        return new Command("show", "Show one run: pipeline attempts, jobs, decisions, reports") { id, json }.On(async (store, parsed, cancellationToken) =>
        {
            RunFacts run = await RunFacts.FindAsync(store.Documents, parsed.GetValue(id)!, cancellationToken);
            IReadOnlyList<JobRecord> jobs = await run.JobsAsync(store.Documents, cancellationToken);
            IReadOnlyList<ReportDelivery> reports = await run.ReportsAsync(store.Documents, cancellationToken);
            if (parsed.GetValue(json))
            {
                JsonObject shown = run.ToJson();
                shown["jobs"] = new JsonArray([.. jobs.Select(j => JsonSerializer.SerializeToNode(j, DocumentJson.Default.JobRecord))]);
                shown["reports"] = new JsonArray([.. reports.Select(r => JsonSerializer.SerializeToNode(r, DocumentJson.Default.ReportDelivery))]);
                Common.Print(shown);
            }
            else
            {
                foreach (string line in RunText.Lines(run, jobs, reports))
                    Console.Out.WriteLine(line);
            }
            return Exit.Good;
        });
    }

    internal static Argument<string> Id() => new("run") { Description = "A run id, or the beginning of one" };
}
