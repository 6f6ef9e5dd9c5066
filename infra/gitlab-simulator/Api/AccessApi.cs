using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>What a caller may do: its own token, its membership, protected branches.</summary>
internal static class AccessApi
{
    public static Answer TokenItself(GitLabWorld world, ApiRequest request)
    {
        GitLabToken token = request.Token ?? throw new InvalidOperationException($"{request.Uri} was asked without a token.");
        return Answer.Ok(new JsonObject
        {
            ["id"] = 1, ["name"] = $"{token.User.Username}-token", ["revoked"] = token.Revoked, ["user_id"] = token.User.Id,
            ["scopes"] = CommonJson.Strings([token.Scope]), ["active"] = true,
            ["expires_at"] = token.ExpiresAt is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd") : null,
        });
    }

    public static Answer Member(GitLabWorld world, ApiRequest request)
    {
        GitLabUser? user = world.Users.FirstOrDefault(known => known.Id == request.Number("user"));
        if (user is null || !request.Project.Members.TryGetValue(user.Id, out GitLabRole role))
            return Answer.Refuse(404, "404 Not found");
        JsonObject json = ApiJson.User(world, user);
        json["access_level"] = (int)role;
        json["expires_at"] = null;
        return Answer.Ok(json);
    }

    public static Answer ProtectedBranches(GitLabWorld world, ApiRequest request) =>
        Paging.Page(world, request, [.. request.Project.ProtectedBranches], branch => new JsonObject
        {
            ["id"] = 1, ["name"] = branch.Key, ["push_access_levels"] = Rules(branch.Value), ["merge_access_levels"] = Rules(branch.Value),
            ["allow_force_push"] = false, ["unprotect_access_levels"] = new JsonArray(), ["code_owner_approval_required"] = false,
        });

    private static JsonArray Rules(GitLabRole least) => new(new JsonObject
    {
        ["id"] = 1, ["access_level"] = (int)least, ["access_level_description"] = least.ToString(), ["user_id"] = null, ["group_id"] = null,
    });
}
