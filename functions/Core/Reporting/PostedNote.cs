namespace Cki;

/// <summary>
/// <c>notes/{host}/{project}/{iid}/{id}.json</c>, owned by Reporting: a note of ours on a merge request, or the claim to write it. An unanswered POST may
/// still take effect, so its claim bars another one for a while, and then the note is looked for.
/// </summary>
/// <param name="Rank">Of what the note says; what ranks lower never replaces it.</param>
public sealed record PostedNote(DateTimeOffset Rank)
{
    /// <summary>Above GitLab's limit on requests.</summary>
    public static readonly TimeSpan ClaimLasts = TimeSpan.FromMinutes(3);

    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>Null: not written, or not known to be.</summary>
    public long? Note { get; init; }

    public int V { get; init; } = 1;

    /// <param name="id">Letters, digits, dashes.</param>
    public static string KeyOf(MergeRequestRef request, string id) => $"notes/{request.Project.Host}/{request.Project.Path.Replace("/", "%2F")}/{request.Iid}/{id}.json";
}
