namespace Cki;

/// <summary>What a tree does about merge requests into its project.</summary>
public enum MergeRequestAct
{
    /// <summary>Nothing; their pipelines are nobody's business of ours.</summary>
    Ignore,

    /// <summary>The pipelines that GitLab starts for them become runs.</summary>
    Watch,

    /// <summary>Each head gets a run and a pipeline of ours, as a branch's head does.</summary>
    Trigger,
}

/// <summary>trees.yaml, a tree's <c>merge_requests</c>: which merge requests of its project are wanted.</summary>
public sealed record MergeRequestRules(MergeRequestAct Act)
{
    public static readonly MergeRequestRules Ignored = new(MergeRequestAct.Ignore);

    /// <summary>Drafts are wanted as well; default false.</summary>
    public bool Drafts { get; init; }

    /// <summary>Labels as GitLab writes them; one of these must be there. Empty: any or none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Labels that forbid; written with a leading <c>!</c>.</summary>
    public IReadOnlyList<string> LabelsNot { get; init; } = [];

    /// <summary>Globs on target branches; null: the tree's own branches.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>Who may give our bot orders in notes.</summary>
    public OverrideRoles Overrides { get; init; } = OverrideRoles.Default;

    /// <summary>Null where the merge request is wanted, else why not.</summary>
    public string? WhyNot(TreeConfig tree, MergeRequestShown request)
    {
        if (MergeRequests.Ended(request) is { } ended)
            return ended;
        if (request.IsDraft && !Drafts)
            return $"merge request !{request.Iid} is a draft";
        if (!new RefGlobs(Targets ?? tree.Branches).Matches(request.TargetBranch))
            return $"no glob matches {request.TargetBranch}, the target of merge request !{request.Iid}";
        if (LabelsNot.FirstOrDefault(request.Labels.Contains) is { } forbidden)
            return $"merge request !{request.Iid} has the label {forbidden}";
        return Labels.Count == 0 || Labels.Any(request.Labels.Contains)
            ? null
            : $"merge request !{request.Iid} has none of the labels {string.Join(", ", Labels)}";
    }
}

/// <summary>trees.yaml, an entry of a tree's <c>adopt</c>: pipelines that others start there become runs of the tree.</summary>
/// <param name="Sources">GitLab's words: <c>schedule</c>, <c>web</c>, <c>push</c>, ...</param>
public sealed record AdoptRule(ProjectRef Project, IReadOnlyList<string> Sources)
{
    /// <summary>Globs on the pipeline's ref; default all.</summary>
    public IReadOnlyList<string> Refs { get; init; } = ["**"];

    /// <summary>The pipeline variable that names the commit under test, where it is not the pipeline's own (CKI's layout). Null: the pipeline's.</summary>
    public string? ShaVariable { get; init; }

    /// <summary>Likewise the branch; null: the pipeline's ref.</summary>
    public string? BranchVariable { get; init; }

    /// <summary>Sources that can be adopted. A child pipeline belongs to its parent's run; merge requests have rules of their own.</summary>
    public static readonly string[] KnownSources = ["api", "chat", "external_pull_request_event", "pipeline", "push", "schedule", "trigger", "web", "webide"];
}
