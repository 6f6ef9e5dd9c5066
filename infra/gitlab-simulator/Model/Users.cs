namespace Cki.GitLabSimulator;

/// <summary>GitLab's access levels, by GitLab's numbers.</summary>
public enum GitLabRole { None = 0, Guest = 10, Reporter = 20, Developer = 30, Maintainer = 40, Owner = 50 }

/// <summary>A person or a bot.</summary>
public sealed record GitLabUser(long Id, string Username, string Name, string Email)
{
    /// <summary>Blocked users are answered 403.</summary>
    public bool Blocked { get; set; }
}

/// <summary>A personal access token.</summary>
public sealed class GitLabToken(string value, GitLabUser user, string scope)
{
    public string Value { get; } = value;
    public GitLabUser User { get; } = user;

    /// <summary><c>api</c> or <c>read_api</c>.</summary>
    public string Scope { get; } = scope;
    public bool Revoked { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }
}

/// <summary>A runner as an administrator registered it.</summary>
public sealed class GitLabRunner(long id, string description, IReadOnlyList<string> tags)
{
    public long Id { get; } = id;
    public string Description { get; } = description;
    public IReadOnlyList<string> Tags { get; } = tags;

    /// <summary>How many jobs at once; default unlimited.</summary>
    public int Slots { get; set; } = int.MaxValue;
    public bool RunUntagged { get; set; } = true;
    public bool Paused { get; set; }

    /// <summary>Project paths this runner is bound to; empty serves all (an instance runner).</summary>
    public IReadOnlyList<string> OnlyProjects { get; set; } = [];

    internal int Busy { get; set; }

    internal bool Takes(GitLabJob job) =>
        (OnlyProjects.Count == 0 || OnlyProjects.Contains(job.Pipeline.Project.Path)) &&
        (job.Script.Tags.Count == 0 ? RunUntagged : job.Script.Tags.All(Tags.Contains));
}
