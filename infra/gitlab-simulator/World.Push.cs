using System.Security.Cryptography;
using System.Text;

namespace Cki.GitLabSimulator;

/// <summary>One ref changed by a push. <paramref name="After"/> null deletes it; <paramref name="Commits"/> are what the push brings, oldest first.</summary>
public sealed record RefUpdate(string Ref, string? After, params IReadOnlyList<GitLabCommit> Commits);

// Commits and pushes.
public sealed partial class GitLabWorld
{
    /// <summary>A commit on top of the branch's head, with a sha of its own; not yet pushed.</summary>
    public GitLabCommit NewCommit(GitLabProject project, string branch, string title) => Locked(() =>
    {
        byte[] hash = SHA1.HashData(Encoding.UTF8.GetBytes($"{project.Path}\n{NextId("commit")}\n{title}"));
        string? parent = project.Branches.GetValueOrDefault(branch);
        return new GitLabCommit(Convert.ToHexStringLower(hash), title, Now) { Parents = parent is null ? [] : [parent] };
    });

    /// <summary>Commits a title to a branch and pushes it: what most tests want.</summary>
    public GitLabCommit Commit(string project, string branch, string title)
    {
        GitLabCommit commit = NewCommit(Project(project), branch, title);
        Push(project, branch, commit);
        return commit;
    }

    /// <summary>Moves one branch to the last of the commits.</summary>
    public void Push(string project, string branch, params GitLabCommit[] commits) =>
        Push(project, null, new RefUpdate(branch, commits[^1].Sha, commits));

    /// <summary>
    /// One push of several refs (<c>refs/heads/x</c>, <c>refs/tags/y</c> or a branch's name). GitLab sends an event for each ref,
    /// and none at all when more branches, or more tags, change than its limit.
    /// </summary>
    public void Push(string project, GitLabUser? by, params RefUpdate[] updates)
    {
        GitLabProject target = Project(project);
        lock (_gate)
        {
            GitLabUser user = by ?? _users.FirstOrDefault() ?? new GitLabUser(0, "ghost", "Ghost User", "ghost@example.com");
            var branches = updates.Where(update => !IsTagRef(update.Ref)).ToArray();
            var tags = updates.Where(update => IsTagRef(update.Ref)).ToArray();
            foreach (RefUpdate update in branches)
                MoveRef(target, update, user, announce: branches.Length <= Settings.PushHooksLimit);
            foreach (RefUpdate update in tags)
                MoveRef(target, update, user, announce: tags.Length <= Settings.PushHooksLimit);
        }
    }

    private static bool IsTagRef(string reference) => reference.StartsWith("refs/tags/", StringComparison.Ordinal);

    private void MoveRef(GitLabProject project, RefUpdate update, GitLabUser user, bool announce)
    {
        bool isTag = IsTagRef(update.Ref);
        SortedDictionary<string, string> refs = isTag ? project.Tags : project.Branches;
        string name = GitLabProject.Short(update.Ref);
        string before = refs.GetValueOrDefault(name, NoSha);
        foreach (GitLabCommit commit in update.Commits)
            project.Commits[commit.Sha] = commit;
        if (update.After is null)
            refs.Remove(name);
        else
            refs[name] = update.After;

        if (!isTag)
            MoveMergeRequests(project, name, update.After, user);
        if (announce)
            Announce(project, isTag ? "Tag Push Hook" : "Push Hook",
                PushJson.Payload(this, project, update, before, user), name);
        if (project.PipelinesOnPush && update.After is not null)
            StartPipeline(project, name, "push", user, new PipelineExtras { BeforeSha = before });
    }
}
