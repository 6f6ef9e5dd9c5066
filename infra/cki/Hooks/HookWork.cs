using Cki.Adapters;

namespace Cki.Tool;

/// <summary>What <c>cki hooks</c> did with one hook.</summary>
/// <param name="Done"><c>fine</c>, <c>created</c>, <c>mended</c>, <c>enabled</c>, <c>failed</c>.</param>
internal sealed record HookDeed(HookStanding Standing, string Done, string? Why);

/// <summary>Looks at the hooks of an installation's projects and makes them what the configuration asks for. Doing it twice changes nothing.</summary>
internal sealed class HookWork(GitLabClient gitLab, ISecrets secrets, Uri frontDoor)
{
    /// <summary>Secret with a signing token (<c>whsec_...</c>) that GitLab is to sign deliveries with; null: the source's own, if any.</summary>
    public string? SigningSecret { get; init; }

    public async Task<IReadOnlyList<HookStanding>> LookAsync(SuiteConfig config, CancellationToken cancellationToken)
    {
        var standings = new List<HookStanding>();
        foreach (WantedHook wanted in HookPlan.Wanted(config))
            standings.Add(HookPlan.Compare(wanted, frontDoor, await gitLab.ListHooksAsync(wanted.Project, cancellationToken)));
        return standings;
    }

    /// <param name="evenIfFine">Writes hooks that look right as well: GitLab never shows a token, so that only writing it anew makes sure of it.</param>
    public async Task<HookDeed> MakeAsync(HookStanding standing, bool evenIfFine, CancellationToken cancellationToken)
    {
        if (standing.Hook is { } fine && standing.Faults.Count == 0 && !evenIfFine)
            return new HookDeed(standing, "fine", null);
        GitLabHookWish wish = await WishAsync(standing, cancellationToken);
        if (standing.Hook is not { } hook)
        {
            GitLabHook made = await gitLab.CreateHookAsync(standing.Wanted.Project, wish, cancellationToken);
            return new HookDeed(standing with { Hook = made, Faults = [] }, "created", null);
        }
        GitLabHook mended = await gitLab.EditHookAsync(standing.Wanted.Project, hook.Id, wish, cancellationToken);
        var now = HookPlan.Compare(standing.Wanted, frontDoor, [mended]);
        return standing.IsDisabled
            ? await EnableAsync(now, cancellationToken)
            : new HookDeed(now, "mended", string.Join("; ", standing.Faults) is { Length: > 0 } were ? were : "written anew");
    }

    private async Task<HookDeed> EnableAsync(HookStanding standing, CancellationToken cancellationToken)
    {
        (GitLabHookTest test, string kind) = await HookTesting.TryAsync(gitLab, standing.Wanted, standing.Hook!.Id, cancellationToken);
        return test is GitLabHookTest.Failed failed
            ? new HookDeed(standing, "failed", $"the test of {kind} was answered {failed.Status}: {failed.Reason}")
            : new HookDeed(standing, "enabled", $"by a test of {kind}");
    }

    private async Task<GitLabHookWish> WishAsync(HookStanding standing, CancellationToken cancellationToken)
    {
        string[] kept = [.. (standing.Hook?.Events ?? []).Intersect(GitLabClient.HookEvents, StringComparer.Ordinal)];
        return new GitLabHookWish(standing.Address, [.. standing.Wanted.Events.Union(kept, StringComparer.Ordinal).Order(StringComparer.Ordinal)])
        {
            Token = await SecretAsync(standing.Wanted.TokenSecret, cancellationToken),
            SigningToken = await SecretAsync(SigningSecret ?? standing.Wanted.SigningSecret, cancellationToken),
        };
    }

    private async Task<string?> SecretAsync(string? name, CancellationToken cancellationToken)
    {
        if (name is null)
            return null;
        return await secrets.GetAsync(name, cancellationToken) is { Length: > 0 } value
            ? value
            : throw new BadInputException($"there is no secret '{name}', which deliveries are to be proved with: set it first");
    }
}
