namespace Cki;

/// <summary>The fields of a tree that say which new heads are tested, and when.</summary>
internal static class TreeRulesReader
{
    private const int PathsMost = 100;
    private const int WindowsMost = 20;
    private const int AtOnceMost = 200;

    /// <param name="tree">Read so far: its project decides what can be known about commits.</param>
    public static TreeRules Read(EntryReader entry, TreeConfig tree)
    {
        var rules = new TreeRules
        {
            OncePerTree = entry.Choice("once_per", ["branch", "tree"], "branch") == "tree",
            EveryCommit = entry.Choice("every_commit", ["tip", "all"], "tip") == "all",
            Paths = Paths(entry),
            AtMost = AtMost(entry),
            Quiet = Quiet(entry),
            AtOnce = (int)entry.Number("new_heads_at_once", TreeRules.Default.AtOnce, 1, AtOnceMost),
        };
        const string noProject = "needs the tree's project: other git servers do not tell what lies between two heads";
        if (rules.EveryCommit && tree.Project is null && !entry.Has("project"))
            entry.Wrong("every_commit", $"all {noProject}");
        if (rules.Paths.Count > 0 && tree.Project is null && !entry.Has("project"))
            entry.Wrong("paths", noProject);
        if (rules is { EveryCommit: true, AtMost: not null })
            entry.Wrong("at_most", "leaves commits out, every_commit: all leaves none out: choose one");
        if (rules.EveryCommit && tree.CancelWhenNewer)
            entry.Wrong("when_newer", "cancel would end the runs of all commits but the last; with every_commit: all it must be keep");
        return rules;
    }

    private static IReadOnlyList<string> Paths(EntryReader entry)
    {
        IReadOnlyList<ConfigNode.Scalar> globs = entry.Scalars("paths", PathsMost) ?? [];
        foreach (ConfigNode.Scalar glob in globs)
        {
            string pattern = glob.Text.StartsWith('!') ? glob.Text[1..] : glob.Text;
            if (pattern.Length == 0 || pattern.StartsWith('/') || pattern.Contains("***"))
                entry.Errors.Add(glob.Place, entry.PathOf("paths"), $"'{glob.Text}' must be a glob such as drivers/net/** or !Documentation/**, without a leading slash");
        }
        if (globs.Count > 0 && globs.All(g => g.Text.StartsWith('!')))
            entry.Wrong("paths", "only exclude, so that nothing would ever be tested; begin with \"**\" to exclude from everything");
        return globs.Count == 0 ? [] : [.. globs.Select(g => g.Text)];
    }

    private static Frequency? AtMost(EntryReader entry)
    {
        if (entry.Text("at_most") is not { } text)
            return null;
        Frequency? frequency = Frequency.Parse(text);
        if (frequency is null)
            entry.Wrong("at_most", $"must be such as '1 per 6h': 1 to {Frequency.CountMost} heads of a branch per 1m to 30d, not '{text}'");
        return frequency;
    }

    private static IReadOnlyList<QuietHours> Quiet(EntryReader entry)
    {
        var windows = new List<QuietHours>();
        foreach (ConfigNode.Scalar text in entry.Scalars("quiet_hours", WindowsMost) ?? [])
        {
            if (QuietHours.Parse(text.Text) is { } window)
                windows.Add(window);
            else
                entry.Errors.Add(text.Place, entry.PathOf("quiet_hours"), $"must be such as '22:00-06:00', 'sat,sun 00:00-24:00' or 'mon-fri 08:00-18:00' (UTC), not '{text.Text}'");
        }
        if (windows.Count == 0)
            return [];
        return windows;
    }
}
