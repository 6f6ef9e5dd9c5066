namespace Cki.GitLabSimulator;

/// <summary>What can happen to an API request.</summary>
public enum ApiFault
{
    /// <summary>429 by the front: plain text, RateLimit headers, Retry-After.</summary>
    TooManyRequests,
    /// <summary>429 by the application: JSON, no headers.</summary>
    TooManyRequestsWithoutHeaders,
    InternalServerError, BadGateway, ServiceUnavailable,
    /// <summary>No answer until the caller gives up.</summary>
    Hang,
    /// <summary>Connection refused: nothing was read.</summary>
    Refused,
    /// <summary>Connection dropped, and the request never took effect.</summary>
    LostBefore,
    /// <summary>The request took effect, then the connection was dropped.</summary>
    LostAfter,
    /// <summary>The connection is dropped at once; the request takes effect up to 60 s later.</summary>
    LateEffect,
}

/// <summary>What can happen to a webhook request.</summary>
public enum HookFault
{
    Drop,
    /// <summary>Sent 1 to 10 minutes late.</summary>
    Delay,
    /// <summary>Sent twice with the same Idempotency-Key, the second up to a minute later.</summary>
    Duplicate,
    /// <summary>Sent up to 30 s late, so that younger events overtake it.</summary>
    Reorder,
}

/// <summary>What can happen to a job.</summary>
public enum JobFault
{
    /// <summary>No runner takes it; GitLab gives up after a day.</summary>
    StuckPending,
    /// <summary>The runner dies before the script: <c>runner_system_failure</c>.</summary>
    BreaksInPrepare,
    /// <summary>The runner dies in the middle of the script.</summary>
    BreaksInScript,
    /// <summary>The last part of its trace arrives 2 minutes after its end.</summary>
    SlowTrace,
}

/// <summary>When a fault strikes: everywhere and always, unless narrowed.</summary>
public sealed record FaultWhen
{
    /// <summary>A route (<c>POST /projects/:id/pipeline</c>), an event (<c>Job Hook</c>), a job's name, a project's path; null is any.</summary>
    public string? On { get; init; }
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? Until { get; init; }

    /// <summary>How often; null without end.</summary>
    public int? Times { get; init; }

    /// <summary>Of each candidate, 0 to 1.</summary>
    public double Chance { get; init; } = 1;
}

/// <summary>Breaks the world on request. Rules are tried in the order they were given; the first that strikes wins.</summary>
public sealed class GitLabFaults(TimeProvider clock, GitLabDice dice)
{
    private readonly FaultRules<ApiFault> _api = new(clock, dice, "gitlab.api");
    private readonly FaultRules<HookFault> _hooks = new(clock, dice, "gitlab.hook");
    private readonly FaultRules<JobFault> _jobs = new(clock, dice, "gitlab.job");
    private readonly FaultRules<string> _pipelines = new(clock, dice, "gitlab.pipeline");

    /// <summary>Throws where <see cref="FaultWhen.On"/> names no route: such a fault would never strike, and nobody would see it.</summary>
    public void Api(ApiFault fault, FaultWhen when)
    {
        if (when.On is { } route && !Routes.Knows(route))
            throw new ArgumentException($"There is no route '{route}'", nameof(when));
        _api.Add(fault, when);
    }

    public void Hooks(HookFault fault, FaultWhen when) => _hooks.Add(fault, when);

    public void Jobs(JobFault fault, FaultWhen when) => _jobs.Add(fault, when);

    /// <summary>Pipelines of a project stay <c>running</c> though all their jobs are done.</summary>
    public void StuckPipelines(FaultWhen when) => _pipelines.Add("stuck", when);

    /// <summary>Nothing answers and no webhook is sent; jobs run on.</summary>
    public void Outage(DateTimeOffset from, DateTimeOffset until, ApiFault face = ApiFault.BadGateway)
    {
        _api.Add(face, new FaultWhen { From = from, Until = until });
        _hooks.Add(HookFault.Drop, new FaultWhen { From = from, Until = until });
    }

    /// <summary>From now on everything works again.</summary>
    public void Clear()
    {
        _api.Clear();
        _hooks.Clear();
        _jobs.Clear();
        _pipelines.Clear();
    }

    internal ApiFault? TakeApi(string route) => _api.Take(route, out ApiFault fault) ? fault : null;

    internal HookFault? TakeHook(string eventName) => _hooks.Take(eventName, out HookFault fault) ? fault : null;

    internal bool HitsJob(JobFault fault, string job) => _jobs.Take(job, out _, candidate => candidate == fault);

    internal bool HitsPipeline(string project) => _pipelines.Take(project, out _);

    internal Breakage? Breakage(string job) =>
        _jobs.Take(job, out JobFault fault, candidate => candidate is JobFault.BreaksInPrepare or JobFault.BreaksInScript)
            ? new Breakage(fault == JobFault.BreaksInScript)
            : null;

    internal TimeSpan? TraceLag(string job) => HitsJob(JobFault.SlowTrace, job) ? TimeSpan.FromMinutes(2) : null;
}
