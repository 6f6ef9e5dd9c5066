using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Who may do what: GitLab's refusals in GitLab's order.</summary>
internal static class Door
{
    /// <summary>Null lets the request in, with its user and project set.</summary>
    public static Answer? Check(GitLabWorld world, Route route, ApiRequest request, string? token) =>
        Identify(world, route, request, token) ?? Admit(world, route, request);

    private static Answer? Identify(GitLabWorld world, Route route, ApiRequest request, string? token)
    {
        if (token is null || !route.NeedsToken)
            return null;
        if (world.FindToken(token) is not { } known)
            return Answer.Refuse(401, "401 Unauthorized");
        if (known.Revoked)
            return InvalidToken("Token was revoked. You have to re-authorize from the user.");
        if (known.ExpiresAt <= world.Now)
            return InvalidToken("Token is expired. You can either do re-authorization or token refresh.");
        if (known.User.Blocked)
            return Answer.Refuse(403, "403 Forbidden - Your account has been blocked.");
        if (known.Scope != "api" && request.Method != "GET")
            return InsufficientScope();
        request.User = known.User;
        request.Token = known;
        return null;
    }

    private static Answer? Admit(GitLabWorld world, Route route, ApiRequest request)
    {
        if (!request.Path.TryGetValue("id", out string? id))
            return route.NeedsToken && request.User is null && route != Routes.Unknown ? Answer.Refuse(401, "401 Unauthorized") : null;
        GitLabProject? project = world.FindProject(id);
        GitLabRole role = RoleOf(project, request.User);
        // A project that one may not see does not exist.
        if (project is null || (route.NeedsToken && role == GitLabRole.None))
            return Answer.NotFound("Project");
        request.Target = project;
        if (role >= route.Role)
            return null;
        return request.User is null ? Answer.Refuse(401, "401 Unauthorized") : Answer.Forbidden();
    }

    private static GitLabRole RoleOf(GitLabProject? project, GitLabUser? user)
    {
        if (project is null)
            return GitLabRole.None;
        GitLabRole own = user is null ? GitLabRole.None : project.Members.GetValueOrDefault(user.Id);
        return own == GitLabRole.None && project.Public ? GitLabRole.Reporter : own;
    }

    private static Answer InvalidToken(string why) =>
        new(401, new JsonObject { ["error"] = "invalid_token", ["error_description"] = why }.ToJsonString());

    private static Answer InsufficientScope() => new(403, new JsonObject
    {
        ["error"] = "insufficient_scope",
        ["error_description"] = "The request requires higher privileges than provided by the access token.",
        ["scope"] = "api",
    }.ToJsonString());
}
