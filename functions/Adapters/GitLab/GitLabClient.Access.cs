using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>The token we speak with, as GitLab sees it (<c>/personal_access_tokens/self</c>).</summary>
/// <param name="ExpiresAt">Null: never.</param>
public sealed record GitLabToken(string Name, IReadOnlyList<string> Scopes, bool IsActive, DateOnly? ExpiresAt);

/// <summary>Who we are, and what time it is there.</summary>
/// <param name="Date">GitLab's <c>Date</c> header, to the second.</param>
public sealed record GitLabSelf(long UserId, string Username, DateTimeOffset? Date)
{
    /// <summary>Null: this GitLab sets no limit, or does not tell of it.</summary>
    public GitLabRate? Rate { get; init; }
}

/// <summary>A project as far as it bears on what we may do in it.</summary>
/// <param name="AccessLevel">Our own, inherited included: 10 guest, 20 reporter, 30 developer, 40 maintainer, 50 owner. Null: not to be read.</param>
/// <param name="VariablesRole">Least role that may start pipelines with variables: <c>developer</c>, <c>maintainer</c>, <c>owner</c> or <c>no_one_allowed</c>; null where GitLab does not say.</param>
public sealed record GitLabProjectAccess(long Id, int? AccessLevel, string? VariablesRole, bool IsArchived);

/// <summary>A protected branch or pattern. Levels that may push or merge; 0 is nobody.</summary>
public sealed record GitLabProtectedBranch(string Name, IReadOnlyList<int> PushLevels, IReadOnlyList<int> MergeLevels)
{
    /// <summary>People (by id) who may push or merge whatever their level.</summary>
    public IReadOnlyList<long> Users { get; init; } = [];
}

/// <summary>How long a job's artifacts lived: from its end to their expiry. Null: kept.</summary>
public sealed record GitLabArtifactLife(string Job, TimeSpan? Life);

public sealed partial class GitLabClient
{
    public async Task<GitLabSelf> GetSelfAsync(string host, CancellationToken cancellationToken)
    {
        GitLabCall call = OnHost(host, "/user");
        GitLabAnswer answer = await retries.SafelyAsync(token => _wire.AskAsync(call, token), cancellationToken);
        JsonObject json = answer.Read(call, GitLabJson.Default.JsonObject);
        return new GitLabSelf(Field(json, "id", v => v.GetValue<long>()), Field(json, "username", v => v.GetValue<string>()) ?? "", answer.Date) { Rate = answer.Rate };
    }

    /// <summary>Null where this GitLab does not tell about itself (404).</summary>
    public async Task<GitLabToken?> GetTokenAsync(string host, CancellationToken cancellationToken)
    {
        JsonObject? json = await AskAsync(OnHost(host, "/personal_access_tokens/self"), GitLabJson.Default.JsonObject, cancellationToken);
        return json is null
            ? null
            : new GitLabToken(
                Field(json, "name", v => v.GetValue<string>()) ?? "",
                Field(json, "scopes", v => v.AsArray().Select(s => s!.GetValue<string>()).ToArray()) ?? [],
                IsTrue(json["active"]) && !IsTrue(json["revoked"]),
                DateOnly.TryParse(Field(json, "expires_at", v => v.GetValue<string>()), out DateOnly expires) ? expires : null);
    }

    /// <summary>Null: no such project, or not for our eyes.</summary>
    public async Task<GitLabProjectAccess?> GetProjectAccessAsync(ProjectRef project, long userId, CancellationToken cancellationToken)
    {
        JsonObject? json = await GetAsync(project, "", GitLabJson.Default.JsonObject, cancellationToken);
        if (json is null)
            return null;
        JsonObject? member = await GetAsync(project, $"/members/all/{userId}", GitLabJson.Default.JsonObject, cancellationToken);
        return new GitLabProjectAccess(
            Field(json, "id", v => v.GetValue<long>()),
            member is null ? null : Field(member, "access_level", v => v.GetValue<int>()),
            Field(json, "ci_pipeline_variables_minimum_override_role", v => v.GetValue<string>()),
            IsTrue(json["archived"]));
    }

    public async Task<IReadOnlyList<GitLabProtectedBranch>> ListProtectedBranchesAsync(ProjectRef project, CancellationToken cancellationToken)
    {
        List<JsonObject> found = await ListAsync(project, "/protected_branches?per_page=100", GitLabJson.Default.JsonObjectArray, cancellationToken);
        return
        [
            .. found.Select(b => new GitLabProtectedBranch(Field(b, "name", v => v.GetValue<string>()) ?? "", Levels(b, "push_access_levels"), Levels(b, "merge_access_levels"))
            {
                Users = [.. Rules(b, "push_access_levels").Concat(Rules(b, "merge_access_levels")).Select(r => Field(r, "user_id", v => v.GetValue<long>())).Where(id => id != 0)],
            }),
        ];
    }

    /// <summary>Of the newest finished jobs that left artifacts; one page is looked at.</summary>
    public async Task<IReadOnlyList<GitLabArtifactLife>> ListArtifactLivesAsync(ProjectRef project, CancellationToken cancellationToken)
    {
        JsonObject[]? jobs = await GetAsync(project, "/jobs?per_page=100&scope[]=success&scope[]=failed", GitLabJson.Default.JsonObjectArray, cancellationToken);
        return [.. (jobs ?? []).Where(LeftArtifacts).Select(Life)];
    }

    private GitLabCall OnHost(string host, string path) => HostCall(new ProjectRef(host, ""), path);

    private static bool LeftArtifacts(JsonObject job) =>
        job["artifacts"] is JsonArray files && files.OfType<JsonObject>().Any(f => Field(f, "file_type", v => v.GetValue<string>()) == "archive");

    private static GitLabArtifactLife Life(JsonObject job)
    {
        string name = Field(job, "name", v => v.GetValue<string>()) ?? "";
        bool isKnown = GitLabTime.TryParse(Field(job, "artifacts_expire_at", v => v.GetValue<string>()), out DateTimeOffset expires)
            & GitLabTime.TryParse(Field(job, "finished_at", v => v.GetValue<string>()), out DateTimeOffset finished);
        return new GitLabArtifactLife(name, isKnown ? expires - finished : null);
    }

    // A rule for one user, group or key shows a level too, which opens it to nobody else.
    private static int[] Levels(JsonObject branch, string field) =>
        [.. Rules(branch, field).Where(r => r["access_level"] is not null && r["user_id"] is null && r["group_id"] is null && r["deploy_key_id"] is null).Select(r => Field(r, "access_level", v => v.GetValue<int>()))];

    private static IEnumerable<JsonObject> Rules(JsonObject branch, string field) => (branch[field] as JsonArray ?? []).OfType<JsonObject>();
}
