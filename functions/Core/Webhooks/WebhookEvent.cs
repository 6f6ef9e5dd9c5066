namespace Cki;

/// <summary>What a genuine delivery tells us, free of the sender's JSON. Project paths are as the sender wrote them, without host.</summary>
public abstract record WebhookEvent
{
    private WebhookEvent() { }

    /// <summary>A ref moved. Tags carry the commit they point at, not the tag object.</summary>
    /// <param name="Ref">Full ref.</param>
    /// <param name="Before">Null when the ref was created.</param>
    /// <param name="After">Null when the ref was deleted.</param>
    /// <param name="Title">First line of the new head's message, at most 200 characters; null where the payload lacks it.</param>
    public sealed record Push(string ProjectPath, string Ref, CommitSha? Before, CommitSha? After, string? Title) : WebhookEvent;

    /// <summary>A job changed its status.</summary>
    public sealed record Job(string ProjectPath, long PipelineId, long JobId, string Name, string Status) : WebhookEvent
    {
        /// <summary>It is a retry, as far as GitLab tells.</summary>
        public bool IsRetry { get; init; }
    }

    /// <summary>A pipeline changed its status.</summary>
    public sealed record Pipeline(string ProjectPath, long PipelineId, string Status) : WebhookEvent;

    /// <summary>Something happened to a merge request.</summary>
    public sealed record MergeRequest(string ProjectPath, long Iid) : WebhookEvent;

    /// <summary>Somebody wrote or changed a note on a merge request.</summary>
    /// <param name="Text">What was written; null where it is too long to be kept.</param>
    public sealed record Note(string ProjectPath, long Iid, long NoteId, string? Text) : WebhookEvent;

    /// <summary>A ref moved on a forge of another kind: a hint to look at the trees that are read from there.</summary>
    /// <param name="CloneUrl">The repository's address for git.</param>
    public sealed record ElsewherePush(string ProjectPath, string CloneUrl, string Ref) : WebhookEvent;

    /// <summary>Another system's alerts changed their state.</summary>
    public sealed record Alerts(IReadOnlyList<AlertSeen> Seen) : WebhookEvent;

    /// <summary>Of a kind that this suite has no use for; consumers may have one.</summary>
    public sealed record NotOurs(string Kind, string? ProjectPath = null) : WebhookEvent;

    /// <summary>Not JSON, or of our kind without what it must have.</summary>
    public sealed record Unreadable(string Reason) : WebhookEvent;

    /// <summary>Last word of the routing key: GitLab's <c>object_kind</c>, GitHub's event, Sentry's resource.</summary>
    public string RoutingKind => this switch
    {
        Push push => push.Ref.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag_push" : "push",
        Job => "build",
        Pipeline => "pipeline",
        MergeRequest => "merge_request",
        Note => "note",
        ElsewherePush => "push",
        Alerts => "alerts",
        NotOurs other => other.Kind,
        Unreadable => "unreadable",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Null where the delivery names no project.</summary>
    public string? Project => this switch
    {
        Push push => push.ProjectPath,
        Job job => job.ProjectPath,
        Pipeline pipeline => pipeline.ProjectPath,
        MergeRequest request => request.ProjectPath,
        Note note => note.ProjectPath,
        ElsewherePush push => push.ProjectPath,
        NotOurs other => other.ProjectPath,
        Alerts or Unreadable => null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>For the archive, one line: see <see cref="ArchivedDelivery"/>.</summary>
    public string Reading => this switch
    {
        Push => "push",
        Job => "job",
        Pipeline => "pipeline",
        MergeRequest => "merge request",
        Note => "note",
        ElsewherePush => "push",
        Alerts alerts => $"{alerts.Seen.Count} alerts",
        NotOurs other => $"unknown kind: {other.Kind}",
        Unreadable bad => $"unreadable: {bad.Reason}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
