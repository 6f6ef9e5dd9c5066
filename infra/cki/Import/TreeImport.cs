using Cki.Adapters;

namespace Cki.Tool;

/// <summary>Reads trees out of another system's file: CKI's gitrepo_trigger and message_trigger, KernelCI's trees and build_configs.</summary>
internal static class TreeImport
{
    /// <summary>Null where the file is none of these. Throws <see cref="ConfigRefusedException"/> where it cannot be read.</summary>
    public static Imported? Read(string name, string text, ImportSurroundings around)
    {
        ConfigNode? node = YamlFile.Read(name, text, out IReadOnlyList<ConfigError> faults, mergesKeys: true);
        if (node is null || faults.Count > 0)
            throw new ConfigRefusedException(faults);
        if (node is not ConfigNode.Map file)
            return null;
        var imported = new Imported(name);
        if (KernelCiTrees.Is(file))
            KernelCiTrees.Read(file, around, imported);
        else if (GitRepoTriggers.Is(file))
            GitRepoTriggers.Read(Entries(file), around, imported);
        else if (MessageTriggers.Is(file))
            MessageTriggers.Read(Entries(file), around, imported);
        else
            return null;
        return imported;
    }

    private static IReadOnlyList<KeyValuePair<ConfigNode.Scalar, ConfigNode.Map>> Entries(ConfigNode.Map file)
    {
        IReadOnlyList<KeyValuePair<ConfigNode.Scalar, ConfigNode.Map>> entries = SuiteConfigReader.ReadTriggers(file, out IReadOnlyList<ConfigError> errors);
        return errors.Count > 0 ? throw new ConfigRefusedException(errors) : entries;
    }
}
