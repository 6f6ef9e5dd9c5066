namespace Cki.GitLabSimulator;

/// <summary>The filters and orders of <c>GET /projects/:id/pipelines</c>.</summary>
internal static class PipelineFilter
{
    public static IReadOnlyList<GitLabPipeline> Select(ApiRequest request)
    {
        IEnumerable<GitLabPipeline> chosen = request.Project.Pipelines.Where(pipeline => Matches(pipeline, request));
        bool ascending = request.Text("sort") == "asc";
        Func<GitLabPipeline, IComparable> key = Key(request.Text("order_by"));
        return ascending
            ? [.. chosen.OrderBy(key).ThenBy(pipeline => pipeline.Id)]
            : [.. chosen.OrderByDescending(key).ThenByDescending(pipeline => pipeline.Id)];
    }

    private static Func<GitLabPipeline, IComparable> Key(string? order) => order switch
    {
        "status" => pipeline => pipeline.Status,
        "ref" => pipeline => pipeline.Ref,
        "updated_at" => pipeline => pipeline.UpdatedAt,
        "user_id" => pipeline => pipeline.User.Id,
        _ => pipeline => pipeline.Id,
    };

    private static bool Matches(GitLabPipeline pipeline, ApiRequest request) =>
        IsSourceWanted(pipeline, request.Text("source")) &&
        Is(request.Text("ref"), pipeline.Ref) && Is(request.Text("sha"), pipeline.Sha) && Is(request.Text("status"), pipeline.Status) &&
        Is(request.Text("username"), pipeline.User.Username) && Is(request.Text("name"), pipeline.Script.Name) &&
        IsInScope(pipeline, request.Text("scope")) && !request.Flag("yaml_errors") &&
        !(pipeline.UpdatedAt <= request.Time("updated_after")) && !(pipeline.UpdatedAt >= request.Time("updated_before")) &&
        !(pipeline.CreatedAt <= request.Time("created_after")) && !(pipeline.CreatedAt >= request.Time("created_before"));

    private static bool Is(string? wanted, string? actual) => wanted is null || wanted == actual;

    /// <summary>Child pipelines are listed only when they are asked for.</summary>
    private static bool IsSourceWanted(GitLabPipeline pipeline, string? source) =>
        source is null ? pipeline.Source != "parent_pipeline" : pipeline.Source == source;

    private static bool IsInScope(GitLabPipeline pipeline, string? scope) => scope switch
    {
        "running" => pipeline.Status == "running",
        "pending" => pipeline.Status == "pending",
        "finished" => pipeline.Finished,
        "branches" => IsNewestOf(pipeline, tag: false),
        "tags" => IsNewestOf(pipeline, tag: true),
        _ => true,
    };

    private static bool IsNewestOf(GitLabPipeline pipeline, bool tag) =>
        pipeline.Tag == tag && !pipeline.Project.Pipelines.Any(other => other.Id > pipeline.Id && other.Ref == pipeline.Ref && other.Tag == tag);
}
