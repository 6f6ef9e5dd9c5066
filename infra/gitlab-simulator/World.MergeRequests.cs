using System.Security.Cryptography;
using System.Text;

namespace Cki.GitLabSimulator;

// Merge requests and the pipelines that GitLab starts for them.
public sealed partial class GitLabWorld
{
    public GitLabMergeRequest AddMergeRequest(GitLabProject project, string title, string sourceBranch, Action<GitLabMergeRequest>? with = null) => Locked(() =>
    {
        var request = new GitLabMergeRequest(NextId("merge-request", 501), project.MergeRequests.Count + 1, title)
        {
            SourceBranch = sourceBranch, TargetBranch = project.DefaultBranch, UpdatedAt = Now,
            Sha = project.Branches.GetValueOrDefault(sourceBranch, NoSha), BaseSha = project.Branches.GetValueOrDefault(project.DefaultBranch, ""),
        };
        with?.Invoke(request);
        project.MergeRequests.Add(request);
        project.MergeRequestRefs[Ref(request, "head")] = request.Sha;
        AnnounceMergeRequest(project, request, "open", _users.FirstOrDefault());
        return request;
    });

    /// <summary>What a person changes on it: state, draft, labels, target. The event is sent with GitLab's word for it.</summary>
    public void Change(GitLabProject project, GitLabMergeRequest request, Action<GitLabMergeRequest> change) => Locked(() =>
    {
        string before = request.State;
        change(request);
        request.UpdatedAt = Now;
        string action = request.State == before ? "update" : request.State switch { "closed" => "close", "merged" => "merge", _ => "reopen" };
        AnnounceMergeRequest(project, request, action, _users.FirstOrDefault());
        return request;
    });

    /// <summary>
    /// A merge request pipeline; with <paramref name="isMergedResult"/> on a commit that GitLab makes of the target's head and the request's.
    /// </summary>
    public PipelineCreation StartPipeline(GitLabProject project, GitLabMergeRequest request, GitLabUser user, bool isMergedResult) => Locked(() =>
    {
        string reference = Ref(request, isMergedResult ? "merge" : "head");
        if (isMergedResult)
        {
            string target = project.Branches[request.TargetBranch];
            string sha = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes($"{project.Path}\n{target}\n{request.Sha}")));
            project.Commits[sha] = new GitLabCommit(sha, $"Merge branch '{request.SourceBranch}' into {request.TargetBranch}", Now) { Parents = [target, request.Sha] };
            project.MergeRequestRefs[reference] = sha;
        }
        return Create(project, reference, "merge_request_event", (user, new PipelineExtras { MergeRequest = request }));
    });

    private static string Ref(GitLabMergeRequest request, string kind) => $"refs/merge-requests/{request.Iid}/{kind}";

    private void MoveMergeRequests(GitLabProject project, string branch, string? after, GitLabUser user)
    {
        foreach (GitLabMergeRequest request in project.MergeRequests.Where(found => found.State == "opened" && found.SourceBranch == branch && after is not null))
        {
            request.Sha = after!;
            request.UpdatedAt = Now;
            project.MergeRequestRefs[Ref(request, "head")] = after!;
            AnnounceMergeRequest(project, request, "update", user);
        }
    }

    private void AnnounceMergeRequest(GitLabProject project, GitLabMergeRequest request, string action, GitLabUser? user)
    {
        if (project.Hooks.Any(hook => hook.MergeRequestsEvents))
            Announce(project, "Merge Request Hook", MergeRequestJson.Payload(this, project, (request, action), user ?? new GitLabUser(0, "ghost", "Ghost User", "ghost@example.com")));
    }
}
