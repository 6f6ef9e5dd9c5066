using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>A delivery as GitLab's log tells of it.</summary>
/// <param name="Headers">Of the request, by lower-case name; secrets are masked.</param>
/// <param name="Body">The payload, written anew: its bytes are not those that were sent.</param>
/// <param name="Status">What our door answered; null: nothing.</param>
/// <param name="CreatedAt">Null where this GitLab does not say.</param>
public sealed record GitLabHookEvent(
    long Id, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, int? Status, DateTimeOffset? CreatedAt)
{
    public bool IsDelivered => Status is >= 200 and < 300;
}

/// <param name="Events">Newest first.</param>
/// <param name="IsLast">There are no older ones.</param>
public sealed record GitLabHookEventPage(IReadOnlyList<GitLabHookEvent> Events, bool IsLast);

public sealed partial class GitLabClient
{
    /// <summary>A push with 20 commits of many files is tens of kilobytes.</summary>
    private const int HookEventsPerPage = 50;

    /// <summary>
    /// What GitLab sent through a hook in the last days, page by page; what it did not send (the hook was disabled, a push of many refs) is not in it.
    /// Needs the Maintainer role; <see cref="GitLabRefusedException"/> 403 or 404 without it, and where this GitLab keeps no log.
    /// </summary>
    /// <param name="page">From 1.</param>
    public async Task<GitLabHookEventPage> ListHookEventsAsync(ProjectRef project, long hook, int page, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Get, project, $"/hooks/{hook}/events?per_page={HookEventsPerPage}&page={page}");
        (JsonObject[] events, Uri? next) = await retries.SafelyAsync(token => PageAsync(call, GitLabJson.Default.JsonObjectArray, token), cancellationToken);
        return new GitLabHookEventPage([.. events.Select(HookEvent).OrderByDescending(e => e.Id)], next is null);
    }

    private static GitLabHookEvent HookEvent(JsonObject json)
    {
        var headers = new Dictionary<string, string>();
        if (json["request_headers"] is JsonObject given)
        {
            foreach ((string name, JsonNode? value) in given)
                headers[name.ToLowerInvariant()] = (value as JsonValue)?.ToString() ?? "";
        }
        // A number, a number as text, or what went wrong instead.
        string status = (json["response_status"] as JsonValue)?.ToString() ?? "";
        return new GitLabHookEvent(
            Field(json, "id", v => v.GetValue<long>()),
            headers,
            Encoding.UTF8.GetBytes(json["request_data"] switch { null => "", JsonValue text => text.ToString(), JsonNode data => data.ToJsonString() }),
            int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out int answered) ? answered : null,
            GitLabTime.TryParse((json["created_at"] as JsonValue)?.ToString(), out DateTimeOffset at) ? at : null);
    }
}
