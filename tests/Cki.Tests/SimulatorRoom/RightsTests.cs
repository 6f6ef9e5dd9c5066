using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

/// <summary>What GitLab tells a caller about its own rights.</summary>
public class RightsTests
{
    private readonly World world = new();

    [Fact]
    public async Task A_token_tells_its_scopes_and_expiry()
    {
        JsonNode token = await world.GetAsync("personal_access_tokens/self");
        Assert.Equal(("api", null), (string.Join(' ', token["scopes"]!.AsArray().Select(s => (string)s!)), (string?)token["expires_at"]));
        world.GitLab.AddToken(world.Bot, "glpat-read", "read_api").ExpiresAt = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
        world.Http.DefaultRequestHeaders.Remove("PRIVATE-TOKEN");
        world.Http.DefaultRequestHeaders.Add("PRIVATE-TOKEN", "glpat-read");
        token = await world.GetAsync("personal_access_tokens/self");
        Assert.Equal(("read_api", "2026-12-01"), ((string)token["scopes"]![0]!, (string)token["expires_at"]!));
    }

    [Fact]
    public async Task A_member_has_a_level_and_a_stranger_is_not_found()
    {
        Assert.Equal(40, (int)(await world.GetAsync($"{world.Root}/members/all/{world.Bot.Id}"))["access_level"]!);
        Assert.Equal(404, (await world.SendAsync("GET", $"{world.Root}/members/all/{world.GitLab.AddUser("jane").Id}")).Status);
    }

    [Fact]
    public async Task Protected_branches_tell_who_may_push_and_merge()
    {
        world.Project.ProtectedBranches["ma*"] = GitLabRole.Maintainer;
        JsonNode rule = Assert.Single((await world.GetAsync($"{world.Root}/protected_branches")).AsArray())!;
        Assert.Equal(("ma*", 40, 40), ((string)rule["name"]!, (int)rule["push_access_levels"]![0]!["access_level"]!, (int)rule["merge_access_levels"]![0]!["access_level"]!));
    }

    [Fact]
    public async Task The_least_role_for_variables_is_told_to_maintainers_only()
    {
        world.Project.VariablesAllowed = false;
        Assert.Equal("no_one_allowed", (string?)(await world.GetAsync(world.Root))["ci_pipeline_variables_minimum_override_role"]);
        world.GitLab.AddMember(world.Project, world.Bot, GitLabRole.Developer);
        Assert.Null((await world.GetAsync(world.Root))["ci_pipeline_variables_minimum_override_role"]);
    }
}
