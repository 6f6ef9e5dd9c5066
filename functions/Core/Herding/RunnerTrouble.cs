using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>A job that broke on a runner for no reason of its own.</summary>
public sealed record RunnerFailure(JobRef Job, string Reason, DateTimeOffset At);

/// <summary><c>runners/{host}/{id}.json</c>, owned by JobHerding: system failures on one runner, changed by compare-and-swap only.</summary>
/// <param name="Id">GitLab's; unique per host.</param>
public sealed record RunnerBook(string Host, long Id)
{
    public const string Prefix = "runners/";

    /// <summary>As GitLab shows it.</summary>
    public string Description { get; init; } = "";

    /// <summary>Of the last <see cref="RunnerTrouble.Window"/>, oldest first.</summary>
    public IReadOnlyList<RunnerFailure> Failures { get; init; } = [];

    /// <summary>Since when it counts as broken; null: it does not.</summary>
    public DateTimeOffset? NoticedAt { get; init; }

    /// <summary>Operators were told that it is broken.</summary>
    public bool IsTold { get; init; }

    /// <summary>We paused it; a person resumes it.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    public int V { get; init; } = 1;

    [JsonIgnore]
    public string Key => KeyOf(Host, Id);

    /// <summary>For people: <c>runner-1 (41)</c>.</summary>
    [JsonIgnore]
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{(Description.Length > 0 ? Description : "runner")} ({Id})");

    public static string KeyOf(string host, long id) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{host}/{id}.json");
}

/// <summary>What a runner did lately, as GitLab lists it.</summary>
/// <param name="IsSystemFailure">The runner's failure, by GitLab's reason; a script's failure is none.</param>
public sealed record RunnerJob(long Id, string Status, bool IsSystemFailure, DateTimeOffset? FinishedAt);

/// <summary>Which runners are broken, which are well again, and which may be paused. One that breaks jobs of one project alone may be that project's trouble.</summary>
public static class RunnerTrouble
{
    /// <summary>System failures within <see cref="Window"/> before a runner is suspected. Five: one bad host in a fleet shows within an afternoon.</summary>
    public const int FailuresLeast = 5;

    /// <summary>Their projects: what breaks in several is not one project's image or set-up.</summary>
    public const int ProjectsLeast = 2;

    /// <summary>Jobs in a row without a system failure that make it well.</summary>
    public const int GoodLeast = 3;

    public static readonly TimeSpan Window = TimeSpan.FromHours(6);

    /// <summary>Where GitLab does not show us what it runs: well after so long without a failure.</summary>
    public static readonly TimeSpan QuietMost = TimeSpan.FromHours(24);

    private const int FailuresMost = 50;

    /// <summary>Matchers' classes whose cause lies with the machine: a registry, a network or a cloud that fails hits many runners, and is an outage.</summary>
    private static readonly string[] Machines = ["disk", "host"];

    /// <summary>The runner that broke it; null: no runner's, or no failure of the runner.</summary>
    /// <param name="failureClass">Of the decision; null: nothing explains it.</param>
    public static long? RunnerOf(PipelineJob job, string? failureClass)
    {
        bool isRunners = FailureReasons.KindOf(job.FailureReason) == FailureKind.System ? failureClass is null or "runner" || Machines.Contains(failureClass) : Machines.Contains(failureClass);
        return job.Status == GitLabStatus.Failed && isRunners
            && long.TryParse(job.Machine?.Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long id)
                ? id
                : null;
    }

    /// <summary>With the failure; the same reference where it is known.</summary>
    public static RunnerBook Counted(RunnerBook book, RunnerFailure failure, DateTimeOffset now) => book.Failures.Any(f => f.Job == failure.Job)
        ? book
        : book with { Failures = [.. book.Failures.Where(f => now - f.At < Window).Append(failure).OrderBy(f => f.At).TakeLast(FailuresMost)] };

    /// <summary>Enough to ask GitLab what else it did.</summary>
    public static bool IsSuspect(RunnerBook book, DateTimeOffset now)
    {
        RunnerFailure[] fresh = [.. book.Failures.Where(f => now - f.At < Window)];
        return book.NoticedAt is null && fresh.Length >= FailuresLeast && fresh.Select(f => f.Job.Project).Distinct().Count() >= ProjectsLeast;
    }

    /// <summary>A suspect that broke at least half of what it ran since its first failure.</summary>
    /// <param name="jobs">Newest first; null: not for our eyes, then the failures speak alone.</param>
    public static bool IsBroken(RunnerBook book, IReadOnlyList<RunnerJob>? jobs, DateTimeOffset now)
    {
        if (!IsSuspect(book, now))
            return false;
        RunnerJob[] ended = [.. (jobs ?? []).Where(j => GitLabStatus.IsTerminal(j.Status) && j.FinishedAt >= book.Failures[0].At)];
        return ended.Length == 0 || 2 * ended.Count(j => IsFailure(book, j)) >= ended.Length;
    }

    /// <summary>One that was told as broken and works again. A paused one runs nothing: it waits for a person.</summary>
    public static bool IsWell(RunnerBook book, IReadOnlyList<RunnerJob>? jobs, bool isPaused, DateTimeOffset now)
    {
        if (book.NoticedAt is not { } since || isPaused)
            return false;
        if (jobs is null)
            return book.Failures.All(f => now - f.At >= QuietMost);
        RunnerJob[] later = [.. jobs.Where(j => GitLabStatus.IsTerminal(j.Status) && j.FinishedAt > since).Take(GoodLeast)];
        return later.Length == GoodLeast && later.All(j => j.Status != GitLabStatus.Canceled && !IsFailure(book, j));
    }

    /// <summary>Null: it may be paused, since in each project another online runner takes every job that it takes.</summary>
    /// <param name="peers">Online runners by project, itself included; null for a project whose runners are not for our eyes.</param>
    public static string? WhyNotPause(long runner, IReadOnlyList<(ProjectRef Project, IReadOnlyList<RunnerShown>? Runners)> peers)
    {
        foreach ((ProjectRef project, IReadOnlyList<RunnerShown>? runners) in peers)
        {
            if (runners is null)
                return $"the runners of {project} are not for our eyes";
            if (runners.FirstOrDefault(r => r.Id == runner) is not { } own)
                continue;
            bool hasPeer = runners.Any(r => r.Id != runner && r.IsOnline && !r.IsPaused && own.Tags.All(r.Tags.Contains) && (r.RunsUntagged || !own.RunsUntagged));
            if (!hasPeer)
                return $"it is the last one in {project} for {(own.Tags.Count == 0 ? "untagged jobs" : $"the tags {string.Join(", ", own.Tags)}")}";
        }
        return null;
    }

    private static bool IsFailure(RunnerBook book, RunnerJob job) => job.IsSystemFailure || book.Failures.Any(f => f.Job.Id == job.Id);
}

/// <summary>To <c>herd</c>, by a failure or a due marker: see what this runner does now.</summary>
public sealed record RunnerLook(string Host, long Runner, int V = 1)
    : IStageMessage<RunnerLook>
{
    /// <summary>Of its due markers.</summary>
    public const string Kind = "runner";

    public static string TypeName => MessageTypes.RunnerLook;

    public static string QueueName => QueueNames.Herd;

    public static JsonTypeInfo<RunnerLook> Json => RunnerJson.Default.RunnerLook;

    public string GetSubject() => string.Create(CultureInfo.InvariantCulture, $"{Host}/runners/{Runner}");

    public string GetGroup() => $"runner-{Host}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunnerBook))]
[JsonSerializable(typeof(RunnerLook))]
public sealed partial class RunnerJson : JsonSerializerContext;
