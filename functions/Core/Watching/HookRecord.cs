using System.Text.Json.Serialization;

namespace Cki;

/// <summary><c>watch/hooks/{host}/{project}.json</c>, owned by Watch: our webhook in one project. Written when something changed, not at each look.</summary>
public sealed record HookRecord(ProjectRef Project, int V = 1)
{
    /// <summary>GitLab's id of it; null while there was none yet.</summary>
    public long? Hook { get; init; }

    /// <summary>Null: it works, as far as is known.</summary>
    public HookTrouble? Trouble { get; init; }

    /// <summary>Our token may not see hooks; it is asked again after that.</summary>
    public DateTimeOffset? RefusedUntil { get; init; }

    public HookLog? Log { get; init; }

    public static string Key(ProjectRef project) => $"watch/hooks/{project.Host}/{Uri.EscapeDataString(project.Path)}.json";

    /// <summary>Of the notices that it is down and up again.</summary>
    public static string NoticeKey(ProjectRef project) => $"hook-{project}";
}

/// <summary>GitLab sends nothing through a hook, or nothing of it arrives.</summary>
public sealed record HookTrouble(DateTimeOffset Since, string Why)
{
    /// <summary>Operators have been sent the notice.</summary>
    public bool IsTold { get; init; }

    /// <summary>Test requests made.</summary>
    public int Tests { get; init; }

    public DateTimeOffset NextTestAt { get; init; }
}

/// <summary>How far GitLab's log of a hook's events has been compared with the archive.</summary>
/// <param name="Done">Ids compared, newest first, at most <see cref="DoneMax"/>: events are not logged in the order of their ids.</param>
/// <param name="Floor">Events up to this id are done with.</param>
public sealed record HookLog(IReadOnlyList<long> Done, long Floor, DateTimeOffset ReadAt)
{
    public const int DoneMax = 100;

    /// <summary>Our token, or this GitLab, does not show the log; it is asked again after that.</summary>
    public DateTimeOffset? RefusedUntil { get; init; }

    /// <summary>The newest events all failed.</summary>
    public bool IsFailing { get; init; }

    /// <summary>What is above the floor and not done yet.</summary>
    public bool IsNew(long id) => id > Floor && !Done.Contains(id);

    public HookLog With(IEnumerable<long> done, DateTimeOffset now)
    {
        long[] newest = [.. Done.Concat(done).Distinct().OrderDescending().Take(DoneMax)];
        return this with { Done = newest, Floor = newest.Length == DoneMax ? Math.Max(Floor, newest[^1]) : Floor, ReadAt = now, RefusedUntil = null };
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = false)]
[JsonSerializable(typeof(HookRecord))]
public sealed partial class HookJson : JsonSerializerContext;
