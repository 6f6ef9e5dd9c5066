using System.CommandLine;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Engine;

namespace Cki.Tool;

/// <summary>
/// <c>cki restore FILE</c>: an installation as a backup holds it. It observes until <c>cki arm</c>, and what heads show at its first look is a baseline:
/// what happened since the backup is not known to it, and must become no storm. <c>cki rebuild</c> fills that in from GitLab.
/// </summary>
internal static class RestoreVerb
{
    public static Command Command()
    {
        Argument<string> file = new("file") { Description = "A file of cki backup" };
        Option<string?> data = new("--data") { Description = "Directory of a new installation on one machine" };
        Option<string?> stack = new("--stack") { Description = "A stack on AWS that was deployed and has no runs yet" };
        Option<string?> config = new("--config") { Description = "With --data: write the backup's configuration into this directory, which must be empty or new" };
        Option<bool> json = Common.Json();
        return new Command("restore", "Make an installation as a backup holds it; it observes until cki arm") { file, data, stack, config, json }.Doing(async (parsed, cancellationToken) =>
        {
            string from = parsed.GetValue(file)!;
            EngineContents contents = BackupFile.Check(from);
            string to = (parsed.GetValue(data), parsed.GetValue(stack)) switch
            {
                ({ } directory, null) => await ToDataAsync(from, directory, parsed.GetValue(config), cancellationToken),
                (null, { } name) => await ToStackAsync(from, name, cancellationToken),
                _ => throw new BadInputException("restore where? Say --data DIR or --stack NAME, one of them"),
            };
            if (parsed.GetValue(json))
                Common.Print(new JsonObject { ["restored"] = to, ["objects"] = contents.Objects, ["messages"] = contents.Messages, ["flows"] = contents.Flows });
            else
                Console.Out.WriteLine($"{to} is restored: {contents.Objects} objects. It observes. What happened since the backup: cki rebuild {to}; then cki arm {to}.");
            return Exit.Good;
        });
    }

    private static async Task<string> ToDataAsync(string file, string directory, string? config, CancellationToken cancellationToken)
    {
        using DataDirectory taken = DataDirectory.Take(directory);
        if (!taken.IsNew)
            throw new BadInputException($"--data {directory}: there is an installation in it; restore into a new directory");
        string part = taken.Database + ".part";
        File.Copy(file, part, overwrite: true);
        using (EmbeddedEngine engine = EmbeddedEngine.Open(part, new EngineOptions(), TimeProvider.System, new SystemDice()))
        {
            await RestoredStore.SettleAsync(engine.Store, Path.GetFileName(file), cancellationToken);
            if (config is not null)
                await WriteConfigAsync(BackupFile.DocumentsOf(engine.Store), config, cancellationToken);
        }
        File.Move(part, taken.Database);
        return $"--data {directory}";
    }

    private static async Task<string> ToStackAsync(string file, string name, CancellationToken cancellationToken)
    {
        await using OpenedInstallation stack = await StackInstallation.OpenAsync(name, cancellationToken);
        if ((await stack.Documents.KeysAsync("runs/", 1, cancellationToken)).Count > 0)
            throw new BadInputException($"{stack.Name} has runs of its own: restore into one that has none");
        await stack.AuditAsync("restore", file, null, cancellationToken);
        string copy = Path.GetTempFileName();
        try
        {
            // Prepared before anything is written: the stack runs, and must never see a head or an unobserved moment of the old one.
            File.Copy(file, copy, overwrite: true);
            using EmbeddedEngine engine = EmbeddedEngine.Open(copy, new EngineOptions(), TimeProvider.System, new SystemDice());
            await RestoredStore.SettleAsync(engine.Store, Path.GetFileName(file), cancellationToken);
            foreach (Func<string, bool> part in RestoredStore.InOrder)
                await ObjectCopy.RunAsync(engine.Store, stack.Store, part, cancellationToken);
        }
        finally
        {
            foreach (string suffix in new[] { "", "-wal", "-shm" })
                File.Delete(copy + suffix);
        }
        return stack.Name;
    }

    private static async Task WriteConfigAsync(Documents documents, string directory, CancellationToken cancellationToken)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
            throw new BadInputException($"--config {directory}: is not empty");
        var bundles = new ConfigBundles(documents, TimeProvider.System);
        ConfigBundle bundle = await bundles.CurrentAsync(cancellationToken) is { } current && await bundles.BundleAsync(current.Hash, cancellationToken) is { } found
            ? found
            : throw new BadInputException("the backup holds no configuration: leave --config out");
        Directory.CreateDirectory(directory);
        foreach (ConfigBundleFile file in bundle.Files)
            await File.WriteAllTextAsync(Path.Combine(directory, file.Name), file.Text, cancellationToken);
    }
}
