namespace Cki;

/// <summary><see cref="RunDetection.Adopted"/>: the pipeline that somebody else started and that is this run.</summary>
/// <param name="Source">GitLab's word for what started it.</param>
/// <param name="GitRef">The pipeline's own ref.</param>
/// <param name="Sha">The pipeline's own commit: for a merged result GitLab's merge commit, which cannot be fetched later.</param>
public sealed record AdoptedPipeline(PipelineRef Pipeline, string Source, string GitRef, CommitSha Sha);

/// <summary>What a pipeline that somebody started is to a tree.</summary>
public abstract record AdoptionDecision
{
    private AdoptionDecision() { }   // closed

    /// <summary>It becomes a run of its own.</summary>
    /// <param name="Branch">As in <see cref="RunDetection.Branch"/>.</param>
    /// <param name="Sha">The commit under test: a merge request's head, not the merged result.</param>
    public sealed record Adopt(string Branch, CommitSha Sha) : AdoptionDecision
    {
        public MergeRequestRef? MergeRequest { get; init; }

        /// <summary>What it is compared with, and the branch on which that was tested.</summary>
        public (string Branch, CommitSha Sha)? Base { get; init; }

        public string? Title { get; init; }
    }

    /// <summary>Seen and left alone; recorded with its reason.</summary>
    public sealed record Ignore(string Reason) : AdoptionDecision;

    /// <summary>It is part of a run already, or will be: not another one.</summary>
    public sealed record Belongs(string Reason) : AdoptionDecision;
}

/// <summary>What GitLab and our records add to a pipeline.</summary>
/// <param name="Bot">Our own user there: what it starts by API is ours.</param>
public sealed record AdoptionFacts(string? Bot)
{
    /// <summary>Of the pipeline's ref, where that is one's; null: gone.</summary>
    public MergeRequestShown? MergeRequest { get; init; }

    /// <summary>Of the pipeline's commit, first parent first; a merged result has target and head.</summary>
    public IReadOnlyList<CommitSha> Parents { get; init; } = [];

    /// <summary>The pipeline's variables, where they were to be seen.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; } = [];

    /// <summary>See <see cref="TreeOthers.FirstSeenAt"/>.</summary>
    public DateTimeOffset? FirstSeenAt { get; init; }
}

/// <summary>Which pipelines of others become runs. Nothing is started for them; what is retried in them are jobs.</summary>
public static class Adopting
{
    private const string MergeRequestEvent = "merge_request_event";

    /// <summary>Null where neither rule nor merge requests of the tree lie in that project.</summary>
    public static bool Concerns(TreeConfig tree, ProjectRef project) =>
        tree.Adopt.Any(r => r.Project == project) || (tree.MergeRequests.Act != MergeRequestAct.Ignore && tree.Project == project);

    /// <summary>The projects that are to be looked through, each once.</summary>
    public static IReadOnlyList<ProjectRef> Projects(TreeConfig tree)
    {
        IEnumerable<ProjectRef> all = tree.Adopt.Select(r => r.Project);
        if (tree is { Project: { } own, MergeRequests.Act: MergeRequestAct.Watch })
            all = all.Append(own);
        return [.. all.Distinct().OrderBy(p => p.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>True for trees that look at what others start, or at merge requests.</summary>
    public static bool Watches(TreeConfig tree) => tree.Adopt.Count > 0 || tree.MergeRequests.Act != MergeRequestAct.Ignore;

    /// <summary>Those that may name a run of ours, or the commit: a look at them is worth a request.</summary>
    public static bool WantsVariables(TreeConfig tree, PipelineShown pipeline) =>
        pipeline.Source is "api" or "pipeline" or "trigger" || Rule(tree, pipeline) is { ShaVariable: not null } or { BranchVariable: not null };

    public static AdoptionDecision Decide(TreeConfig tree, PipelineShown pipeline, AdoptionFacts facts)
    {
        if (pipeline.Source == "parent_pipeline")
            return new AdoptionDecision.Belongs("a child pipeline belongs to its parent's run");
        if (pipeline.Source == "api" && pipeline.User is not null && pipeline.User == facts.Bot)
            return new AdoptionDecision.Belongs("we started it");
        if (Variable(facts, PipelineValues.RunId) is { } run)
            return new AdoptionDecision.Belongs($"it carries run {run}");
        if (pipeline.CreatedAt < facts.FirstSeenAt)
            return new AdoptionDecision.Ignore($"it is older than the first look at {facts.FirstSeenAt:yyyy-MM-dd HH:mm}");
        if (pipeline.Source == MergeRequestEvent)
            return OfMergeRequest(tree, pipeline, facts);
        return Rule(tree, pipeline) is { } rule
            ? ByRule(rule, pipeline, facts)
            : new AdoptionDecision.Ignore($"no rule of tree {tree.Name} adopts pipelines of source {pipeline.Source} on {pipeline.GitRef}");
    }

    private static AdoptRule? Rule(TreeConfig tree, PipelineShown pipeline) => tree.Adopt.FirstOrDefault(r =>
        r.Project == pipeline.Ref.Project && r.Sources.Contains(pipeline.Source) && new RefGlobs(r.Refs).Matches(pipeline.GitRef));

    private static AdoptionDecision ByRule(AdoptRule rule, PipelineShown pipeline, AdoptionFacts facts)
    {
        string branch = rule.BranchVariable is { } named ? Variable(facts, named) ?? pipeline.GitRef : pipeline.GitRef;
        if (rule.ShaVariable is not { } carrier)
            return new AdoptionDecision.Adopt(branch, pipeline.Sha);
        return CommitSha.TryParse(Variable(facts, carrier), out CommitSha sha)
            ? new AdoptionDecision.Adopt(branch, sha)
            : new AdoptionDecision.Ignore($"its variable {carrier} names no commit");
    }

    private static AdoptionDecision OfMergeRequest(TreeConfig tree, PipelineShown pipeline, AdoptionFacts facts)
    {
        if (tree.MergeRequests.Act != MergeRequestAct.Watch || tree.Project != pipeline.Ref.Project)
        {
            return new AdoptionDecision.Ignore(tree.MergeRequests.Act == MergeRequestAct.Trigger
                ? "merge requests are tested by pipelines of our own"
                : $"tree {tree.Name} does not watch merge requests there");
        }
        if (MergeRequests.OfRef(pipeline.GitRef) is not { } named)
            return new AdoptionDecision.Ignore($"{pipeline.GitRef} is no merge request's ref");
        if (facts.MergeRequest is not { } request)
            return new AdoptionDecision.Ignore($"merge request !{named.Iid} is gone");
        if (tree.MergeRequests.WhyNot(tree, request) is { } whyNot)
            return new AdoptionDecision.Ignore(whyNot);
        bool isMerged = named.Kind != "head" && facts.Parents.Count == 2;
        CommitSha head = named.Kind == "head" ? pipeline.Sha : isMerged ? facts.Parents[1] : request.Sha;
        CommitSha? compared = isMerged ? facts.Parents[0] : request.BaseSha;
        return new AdoptionDecision.Adopt(MergeRequests.Branch(request.Iid), head)
        {
            MergeRequest = new MergeRequestRef(pipeline.Ref.Project, request.Iid),
            Base = compared is { } sha ? (request.TargetBranch, sha) : null,
            Title = request.Title,
        };
    }

    private static string? Variable(AdoptionFacts facts, string name) => facts.Variables.FirstOrDefault(v => v.Key == name).Value;
}
