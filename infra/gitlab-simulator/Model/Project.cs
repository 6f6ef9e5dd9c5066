namespace Cki.GitLabSimulator;

/// <summary>A commit as the repository holds it.</summary>
public sealed record GitLabCommit(string Sha, string Title, DateTimeOffset At)
{
    public string Message { get; init; } = Title + "\n";
    public string AuthorName { get; init; } = "Jane Hacker";
    public string AuthorEmail { get; init; } = "jane@example.com";

    /// <summary>First parent first; empty for a root commit.</summary>
    public IReadOnlyList<string> Parents { get; init; } = [];
    public IReadOnlyList<string> Modified { get; init; } = ["Makefile"];
}

/// <summary>A project with its repository, members, hooks and merge requests.</summary>
public sealed class GitLabProject(long id, string path, string defaultBranch)
{
    public long Id { get; } = id;

    /// <summary>Namespace and name, <c>group/sub/name</c>.</summary>
    public string Path { get; } = path;
    public string DefaultBranch { get; } = defaultBranch;
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
    public string Namespace => Path[..Math.Max(0, Path.LastIndexOf('/'))];

    /// <summary>Anybody may read a public project, without a token too.</summary>
    public bool Public { get; set; }

    /// <summary>False answers a pipeline with variables by GitLab's refusal.</summary>
    public bool VariablesAllowed { get; set; } = true;

    /// <summary>A push starts a pipeline of source <c>push</c>; default off.</summary>
    public bool PipelinesOnPush { get; set; }

    /// <summary>What pipelines of this project do; null uses the world's <see cref="GitLabWorld.Script"/>.</summary>
    public Func<PipelineRequest, PipelineScript>? Script { get; set; }

    /// <summary>Tokens for <c>trigger/pipeline</c> with the user they act for.</summary>
    public SortedDictionary<string, GitLabUser> TriggerTokens { get; } = new(StringComparer.Ordinal);
    public SortedDictionary<long, GitLabRole> Members { get; } = [];

    /// <summary>Branch name to head sha.</summary>
    public SortedDictionary<string, string> Branches { get; } = new(StringComparer.Ordinal);

    /// <summary>Branch name or pattern to the least role that may push and merge.</summary>
    public SortedDictionary<string, GitLabRole> ProtectedBranches { get; } = new(StringComparer.Ordinal);
    public SortedDictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);
    public SortedDictionary<string, GitLabCommit> Commits { get; } = new(StringComparer.Ordinal);

    /// <summary>What GitLab keeps for merge requests: <c>refs/merge-requests/1/head</c> and <c>/merge</c>.</summary>
    public SortedDictionary<string, string> MergeRequestRefs { get; } = new(StringComparer.Ordinal);
    public List<GitLabHook> Hooks { get; } = [];
    public List<GitLabPipeline> Pipelines { get; } = [];
    public List<GitLabMergeRequest> MergeRequests { get; } = [];
    public List<GitLabCommitStatus> Statuses { get; } = [];

    internal string? Resolve(string reference) =>
        Branches.GetValueOrDefault(Short(reference)) ?? Tags.GetValueOrDefault(Short(reference)) ?? MergeRequestRefs.GetValueOrDefault(reference);

    internal bool IsTag(string reference) =>
        !Branches.ContainsKey(Short(reference)) && Tags.ContainsKey(Short(reference));

    internal static string Short(string reference) =>
        reference.StartsWith("refs/heads/", StringComparison.Ordinal) ? reference["refs/heads/".Length..]
        : reference.StartsWith("refs/tags/", StringComparison.Ordinal) ? reference["refs/tags/".Length..]
        : reference;
}

/// <summary>A merge request and its notes.</summary>
public sealed class GitLabMergeRequest(long id, int iid, string title)
{
    public long Id { get; } = id;
    public int Iid { get; } = iid;
    public string Title { get; } = title;
    public string SourceBranch { get; init; } = "feature";
    public string TargetBranch { get; set; } = "main";
    public bool Draft { get; set; }
    public List<string> Labels { get; } = [];
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Where it left the target branch; empty where that is not known.</summary>
    public string BaseSha { get; init; } = "";

    /// <summary>opened, closed or merged.</summary>
    public string State { get; set; } = "opened";
    public string Sha { get; set; } = "";
    public List<GitLabNote> Notes { get; } = [];
}

/// <summary>A comment on a merge request.</summary>
public sealed class GitLabNote(long id, GitLabUser author, DateTimeOffset createdAt)
{
    public long Id { get; } = id;
    public GitLabUser Author { get; } = author;
    public DateTimeOffset CreatedAt { get; } = createdAt;
    public DateTimeOffset UpdatedAt { get; set; } = createdAt;
    public string Body { get; set; } = "";

    /// <summary>Its thread; a note that nobody answered is one of its own. 40 hexadecimal digits.</summary>
    public string Discussion { get; init; } = $"d15c{id:x36}";

    /// <summary>It answers another.</summary>
    public bool IsReply { get; init; }

    /// <summary>GitLab's own words: who changed what.</summary>
    public bool IsSystem { get; init; }
}

/// <summary>An external commit status, as <c>POST statuses/:sha</c> set it.</summary>
public sealed class GitLabCommitStatus(long id, GitLabProject project, string sha, string name)
{
    public long Id { get; } = id;
    public GitLabProject Project { get; } = project;
    public string Sha { get; } = sha;
    public string Name { get; } = name;
    public string State { get; set; } = "";
    public string? Ref { get; set; }
    public string? TargetUrl { get; set; }
    public string? Description { get; set; }
    public long? PipelineId { get; set; }
    public GitLabUser? Author { get; set; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Every state this status went through, oldest first.</summary>
    public List<string> History { get; } = [];
}
