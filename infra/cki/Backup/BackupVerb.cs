using System.CommandLine;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Engine;

namespace Cki.Tool;

/// <summary><c>cki backup FILE</c>: one file with an installation's whole memory, taken while it runs. It holds no secret.</summary>
internal static class BackupVerb
{
    public static Command Command()
    {
        Argument<string> file = new("file") { Description = "The backup; a directory gets a file named by the time" };
        Option<bool> force = new("--force") { Description = "Replace a backup that is there" };
        Option<bool> archive = new("--archive") { Description = "With --stack: the archived deliveries as well (with --data they are in the database)" };
        Option<bool> json = Common.Json();
        var command = new Command("backup", "Copy an installation's whole memory into one file, while it runs") { file, force, archive, json };
        var where = new WhereWithFiles(command);
        return command.Doing(async (parsed, cancellationToken) =>
        {
            await using OpenedInstallation opened = await where.OpenAsync(parsed, cancellationToken);
            string to = Name(parsed.GetValue(file)!);
            await opened.AuditAsync("backup", to, null, cancellationToken);
            EngineContents contents = await BackupFile.MakeAsync(to, parsed.GetValue(force), part => WriteAsync(opened, part, parsed.GetValue(archive), cancellationToken));
            if (parsed.GetValue(json))
                Common.Print(new JsonObject { ["file"] = to, ["objects"] = contents.Objects, ["messages"] = contents.Messages, ["flows"] = contents.Flows });
            else
                Console.Out.WriteLine($"{to}: {contents.Objects} objects, {contents.Messages} messages, {contents.Flows} running flows. Secrets are not in it.");
            return Exit.Good;
        });
    }

    private static string Name(string asked) =>
        Directory.Exists(asked) ? Path.Combine(asked, $"cki-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}.backup") : asked;

    private static async Task WriteAsync(OpenedInstallation opened, string part, bool withArchive, CancellationToken cancellationToken)
    {
        if (opened is LocalInstallation local)
            EngineSnapshot.Take(local.Database, part);
        using EmbeddedEngine copy = BackupFile.Open(part);
        Documents documents = BackupFile.DocumentsOf(copy.Store);
        if (opened is StackInstallation stack)
            await ObjectCopy.RunAsync(withArchive ? stack.Store : stack.State, copy.Store, _ => true, cancellationToken);
        else
            await KeepConfigAsync(opened, documents, cancellationToken);
        var note = new BackupNote(opened.Name, TimeProvider.System.GetUtcNow(), Environment.UserName, withArchive || opened is LocalInstallation);
        await documents.PutAsync(BackupNote.Key, note, BackupJson.Default.BackupNote, cancellationToken);
    }

    /// <summary>On one machine the configuration lies in files beside the database: the copy gets it as a stack has it.</summary>
    private static async Task KeepConfigAsync(OpenedInstallation opened, Documents copy, CancellationToken cancellationToken)
    {
        try
        {
            if (await opened.BundleInForceAsync(cancellationToken) is { } bundle)
                await new ConfigBundles(copy, TimeProvider.System).PushAsync(bundle, "cki backup", arm: true, cancellationToken);
        }
        catch (Exception e) when (e is BadInputException or ConfigRefusedException)
        {
            await Console.Error.WriteLineAsync($"cki: without its configuration: {Common.Plain(e.Message)}");
        }
    }
}
