using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>A project's webhook as GitLab shows it. Its secrets are never shown, only whether there are any.</summary>
/// <param name="Events">Names as in the API, e.g. <c>push_events</c>; those that are on, in ordinal order.</param>
/// <param name="AlertStatus"><c>executable</c>, <c>temporarily_disabled</c> or <c>disabled</c>; null where this GitLab does not say.</param>
public sealed record GitLabHook(long Id, string Url, IReadOnlyList<string> Events, string? AlertStatus, DateTimeOffset? DisabledUntil)
{
    /// <summary>Null where this GitLab does not say.</summary>
    public bool? HasToken { get; init; }

    public bool? HasSigningToken { get; init; }

    public bool VerifiesTls { get; init; } = true;
}

/// <summary>What a webhook is to be. What is null stays as it is.</summary>
public sealed record GitLabHookWish(string Url, IReadOnlyList<string> Events)
{
    /// <summary>Sent as X-Gitlab-Token with every delivery.</summary>
    public string? Token { get; init; }

    /// <summary><c>whsec_</c> and base64 of 32 bytes (Standard Webhooks).</summary>
    public string? SigningToken { get; init; }
}

/// <summary>How a test delivery ended.</summary>
public abstract record GitLabHookTest
{
    private GitLabHookTest() { }

    /// <summary>The door answered 2xx; a disabled hook is enabled again.</summary>
    public sealed record Answered : GitLabHookTest;

    /// <summary>GitLab could not send it, or the door refused.</summary>
    public sealed record Failed(int Status, string Reason) : GitLabHookTest;
}

public sealed partial class GitLabClient
{
    /// <summary>The kinds of events that a wish decides on; every other kind of our own hook is left as it is.</summary>
    public static readonly IReadOnlyList<string> HookEvents =
        ["job_events", "merge_requests_events", "note_events", "pipeline_events", "push_events", "tag_push_events"];

    /// <summary>All hooks of a project, ascending id. Needs the Maintainer role: <see cref="GitLabRefusedException"/> 403 or 404 without it.</summary>
    public async Task<IReadOnlyList<GitLabHook>> ListHooksAsync(ProjectRef project, CancellationToken cancellationToken)
    {
        List<JsonObject> found = await ListAsync(project, "/hooks?per_page=100", GitLabJson.Default.JsonObjectArray, cancellationToken);
        return [.. found.Select(Hook).DistinctBy(h => h.Id).OrderBy(h => h.Id)];
    }

    /// <summary>Sent once: after <see cref="GitLabUnavailableException"/> list before creating again.</summary>
    public async Task<GitLabHook> CreateHookAsync(ProjectRef project, GitLabHookWish wish, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Post, project, "/hooks");
        return Hook((await PostAsync(call, Body(wish), cancellationToken)).Read(call, GitLabJson.Default.JsonObject));
    }

    public async Task<GitLabHook> EditHookAsync(ProjectRef project, long hook, GitLabHookWish wish, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Put, project, $"/hooks/{hook}");
        return Hook((await PostAsync(call, Body(wish), cancellationToken)).Read(call, GitLabJson.Default.JsonObject));
    }

    /// <summary>GitLab sends the project's newest event of that kind now, also through a disabled hook. 5 a minute are allowed.</summary>
    /// <param name="trigger">One of <see cref="HookEvents"/>.</param>
    public async Task<GitLabHookTest> TestHookAsync(ProjectRef project, long hook, string trigger, CancellationToken cancellationToken)
    {
        GitLabAnswer answer = await PostAsync(Call(HttpMethod.Post, project, $"/hooks/{hook}/test/{trigger}"), body: null, cancellationToken);
        return answer.IsSuccess ? new GitLabHookTest.Answered() : new GitLabHookTest.Failed(answer.Status, answer.Message);
    }

    private static JsonObject Body(GitLabHookWish wish)
    {
        var body = new JsonObject { ["url"] = wish.Url, ["enable_ssl_verification"] = true };
        foreach (string kind in HookEvents)
            body[kind] = wish.Events.Contains(kind);
        if (wish.Token is not null)
            body["token"] = wish.Token;
        if (wish.SigningToken is not null)
            body["signing_token"] = wish.SigningToken;
        return body;
    }

    private static GitLabHook Hook(JsonObject json) =>
        new(
            Field(json, "id", v => v.GetValue<long>()),
            Field(json, "url", v => v.GetValue<string>()) ?? "",
            [.. json.Where(p => p.Key.EndsWith("_events", StringComparison.Ordinal) && IsTrue(p.Value)).Select(p => p.Key).Order(StringComparer.Ordinal)],
            Field(json, "alert_status", v => v.GetValue<string>()),
            GitLabTime.TryParse(Field(json, "disabled_until", v => v.GetValue<string>()), out DateTimeOffset until) ? until : null)
        {
            HasToken = json["token_present"] is { } token ? IsTrue(token) : null,
            HasSigningToken = json["signing_token_present"] is { } signing ? IsTrue(signing) : null,
            VerifiesTls = json["enable_ssl_verification"] is not { } verifies || IsTrue(verifies),
        };

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool yes) && yes;

    private static T? Field<T>(JsonObject json, string name, Func<JsonNode, T> read)
    {
        try
        {
            return json[name] is { } node ? read(node) : default;
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new GitLabUnavailableException($"GitLab's answer has a {name} that cannot be read: {json[name]!.ToJsonString()}", e);
        }
    }
}
