using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary>
/// <c>cki config push|rollback|show</c>: the configuration as it is kept in an installation's store, with its history. On AWS the pointer decides what is
/// in force; on one machine the files do that <c>cki up</c> watches, and these verbs write them.
/// </summary>
internal static class ConfigPushVerbs
{
    public static Command Push()
    {
        Option<string> config = Common.Config();
        Option<bool> dryRun = new("--dry-run") { Description = "Validate and show what would change; change nothing" };
        Option<bool> arm = new("--arm") { Description = "Let a new installation act at once instead of observing first" };
        return new Command("push", "Validate the files, show what changes, and put them in force") { config, dryRun, arm }.On(async (opened, parsed, cancellationToken) =>
        {
            ConfigBundle bundle = ConfigDirectory.Bundle(parsed.GetValue(config)!);
            ConfigBundle? inForce = await opened.BundleInForceAsync(cancellationToken);
            foreach (string line in ConfigChanges.Lines(inForce, bundle))
                Console.Out.WriteLine(Common.Plain(line));
            if (parsed.GetValue(dryRun))
            {
                Console.Out.WriteLine(inForce?.Hash == bundle.Hash ? $"Nothing would change: {bundle.Hash[..12]} is in force." : $"{bundle.Hash[..12]} is good; it was not pushed.");
                return Exit.Good;
            }
            await StagingGuard.RefuseWritersAsync(opened, bundle, cancellationToken);
            await opened.AuditAsync("config push", bundle.Hash, null, cancellationToken);
            return Say(opened, await opened.PushConfigAsync(bundle, parsed.GetValue(arm), cancellationToken));
        });
    }

    public static Command Rollback()
    {
        Argument<string?> hash = new("hash") { Description = "Digest as 'cki config show' prints it, or its first 6 digits; default the one before", Arity = ArgumentArity.ZeroOrOne };
        return new Command("rollback", "Put an earlier configuration in force again") { hash }.On(async (opened, parsed, cancellationToken) =>
        {
            await opened.AuditAsync("config rollback", parsed.GetValue(hash) ?? "the one before", null, cancellationToken);
            return Say(opened, await opened.RollbackConfigAsync(parsed.GetValue(hash), cancellationToken));
        });
    }

    public static Command Show()
    {
        Option<bool> json = Common.Json();
        Option<string?> file = new("--file") { Description = "Print this file of the configuration in force, e.g. trees.yaml" };
        return new Command("show", "Show which configuration is in force, and what was before") { json, file }.On(async (opened, parsed, cancellationToken) =>
        {
            ConfigBundle? inForce = await opened.BundleInForceAsync(cancellationToken);
            ConfigPointer? pointer = await opened.Bundles.CurrentAsync(cancellationToken);
            if (parsed.GetValue(file) is { } name)
                Console.Out.Write(inForce?.Files.FirstOrDefault(f => f.Name == name)?.Text ?? throw new BadInputException($"{opened.Name} has no {name} in force; there are {string.Join(", ", SuiteConfig.FileNames)}"));
            else if (parsed.GetValue(json))
                Common.Print(new JsonObject { ["hash"] = inForce?.Hash, ["pushed"] = pointer is null ? null : JsonSerializer.SerializeToNode(pointer, ConfigBundleJson.Default.ConfigPointer) });
            else
                foreach (string line in Lines(opened, inForce, pointer))
                    Console.Out.WriteLine(line);
            return Exit.Good;
        });
    }

    private static IEnumerable<string> Lines(OpenedInstallation opened, ConfigBundle? inForce, ConfigPointer? pointer)
    {
        yield return inForce is null ? $"{opened.Name} has no configuration yet: cki config push." : $"In force  {inForce.Hash}";
        foreach (ConfigChange change in pointer?.History ?? [])
            yield return $"Pushed    {change.Hash} {change.At:yyyy-MM-dd HH:mm:ss}Z by {Common.Plain(change.By)}";
    }

    private static int Say(OpenedInstallation opened, ConfigPush push)
    {
        switch (push)
        {
            case ConfigPush.Done done:
                Console.Out.WriteLine($"{done.Hash[..12]} is in force within a minute{(done.Before is { } before ? $"; before it was {before[..12]}" : "")}.");
                if (done.Observes)
                    Console.Out.WriteLine($"Observing: nothing is posted until 'cki arm {opened.Name}'.");
                return Exit.Good;
            case ConfigPush.Unchanged same:
                Console.Out.WriteLine($"Nothing changes: {same.Hash[..12]} is in force.");
                return Exit.Good;
            case ConfigPush.Refused refused:
                throw new ConfigRefusedException(refused.Errors);
            case ConfigPush.Unknown unknown:
                throw new BadInputException(unknown.Reason);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
