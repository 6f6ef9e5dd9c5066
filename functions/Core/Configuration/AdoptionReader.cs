namespace Cki;

/// <summary>A tree's <c>merge_requests</c> and <c>adopt</c>.</summary>
internal sealed class AdoptionReader(EntryReader tree, IReadOnlyList<GitLabHost> hosts)
{
    private const int LabelsMax = 100;
    private const int GlobsMax = 100;
    private const int RulesMax = 50;
    private static readonly string[] Acts = ["watch", "trigger", "ignore"];

    /// <summary>The tree with both; they need <see cref="TreeConfig.Project"/>.</summary>
    public TreeConfig Read(TreeConfig with) => with with { MergeRequests = MergeRequests(with.Project), Adopt = tree.Entries("adopt", RulesMax, (node, path) => Rule(node, path, with.Project)) };

    private MergeRequestRules MergeRequests(ProjectRef? project)
    {
        if (tree.Field("merge_requests") is not { } node)
            return MergeRequestRules.Ignored;
        MergeRequestRules rules = node is ConfigNode.Scalar ? new(Act(tree, "merge_requests")) : Mapping(node);
        if (project is null && rules.Act != MergeRequestAct.Ignore)
            tree.Wrong("merge_requests", "are a GitLab project's, but the tree names no project");
        return rules;
    }

    private MergeRequestRules Mapping(ConfigNode node)
    {
        var entry = new EntryReader(node, tree.PathOf("merge_requests"), ConfigFields.MergeRequests, tree.Errors);
        entry.Required("do");
        string[] labels = [.. (entry.Scalars("labels", LabelsMax) ?? []).Select(l => l.Text)];
        if (labels.Any(l => l is "" or "!"))
            entry.Wrong("labels", "must not hold an empty label");
        return new MergeRequestRules(Act(entry, "do"))
        {
            Drafts = entry.Flag("drafts", otherwise: false),
            Labels = [.. labels.Where(l => !l.StartsWith('!'))],
            LabelsNot = [.. labels.Where(l => l.StartsWith('!')).Select(l => l[1..])],
            Targets = Globs(entry, "targets"),
            Overrides = OverrideRoles.Read(entry),
        };
    }

    private static MergeRequestAct Act(EntryReader entry, string field) => entry.Choice(field, Acts, "ignore") switch
    {
        "watch" => MergeRequestAct.Watch,
        "trigger" => MergeRequestAct.Trigger,
        _ => MergeRequestAct.Ignore,
    };

    private AdoptRule Rule(ConfigNode node, string path, ProjectRef? project)
    {
        var entry = new EntryReader(node, path, ConfigFields.Adopt, tree.Errors);
        if (!entry.Has("project") && project is null)
            entry.Wrong("project", "is missing, and the tree names none either");
        IReadOnlyList<ConfigNode.Scalar> sources = entry.Scalars("sources", AdoptRule.KnownSources.Length) ?? [];
        if (sources.Count == 0)
            entry.Wrong("sources", $"must name at least one of {string.Join(", ", AdoptRule.KnownSources)}");
        foreach (ConfigNode.Scalar source in sources.Where(s => !AdoptRule.KnownSources.Contains(s.Text)))
            entry.Errors.Add(source.Place, entry.PathOf("sources"), Unknown(source.Text));
        return new AdoptRule(entry.Project("project", hosts) ?? project ?? new ProjectRef("", ""), [.. sources.Select(s => s.Text).Distinct()])
        {
            Refs = Globs(entry, "refs") ?? ["**"],
            ShaVariable = entry.Text("sha_variable"),
            BranchVariable = entry.Text("branch_variable"),
        };
    }

    private static string Unknown(string source) => source switch
    {
        "merge_request_event" => "'merge_request_event' is what the tree's merge_requests: watch is for",
        "parent_pipeline" => "'parent_pipeline' belongs to its parent's run",
        _ => $"'{source}' is none of {string.Join(", ", AdoptRule.KnownSources)}{ConfigErrors.Suggestion(source, AdoptRule.KnownSources)}",
    };

    private static IReadOnlyList<string>? Globs(EntryReader entry, string field)
    {
        IReadOnlyList<ConfigNode.Scalar>? globs = entry.Scalars(field, GlobsMax);
        foreach (ConfigNode.Scalar glob in globs ?? [])
        {
            if (RefGlobs.Fault(glob.Text) is { } fault)
                entry.Errors.Add(glob.Place, entry.PathOf(field), $"'{glob.Text}' {fault}");
        }
        return globs is null ? null : [.. globs.Select(g => g.Text)];
    }
}
