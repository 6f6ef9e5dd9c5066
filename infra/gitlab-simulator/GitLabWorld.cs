namespace Cki.GitLabSimulator;

/// <summary>Uniform in [0, 1) for a site, a short stable name such as <c>gitlab.api.late</c>.</summary>
public delegate double GitLabDice(string site);

/// <summary>Numbers of the instance.</summary>
public sealed record GitLabSettings
{
    /// <summary>How the instance calls itself in headers, links and payloads; no slash at the end.</summary>
    public string Url { get; init; } = "https://gitlab.example";
    public string Version { get; init; } = "18.4.2-ee";

    /// <summary>From an event to its first webhook request.</summary>
    public TimeSpan HookLatency { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>GitLab.com: 10 s.</summary>
    public TimeSpan HookTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>GitLab's <c>push_event_hooks_limit</c>: a push of more refs sends no event.</summary>
    public int PushHooksLimit { get; init; } = 3;

    /// <summary>From pending to running when a runner is free: the runner's check interval.</summary>
    public TimeSpan PickupDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>GitLab fails a pending job that no runner matches after 1 h, any pending job after 24 h.</summary>
    public TimeSpan NoRunnerTimeout { get; init; } = TimeSpan.FromHours(1);
    public TimeSpan PendingTimeout { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Requests per minute and user; null limits nothing and sends no RateLimit headers.</summary>
    public int? RequestsPerMinute { get; init; }
}

/// <summary>
/// A GitLab that tells the truth and breaks on request. All state is behind one lock that is never held across an await; ids come
/// from counters, time from <paramref name="clock"/>, rolls from <paramref name="dice"/>, so that a seed replays exactly.
/// </summary>
/// <param name="hooks">Sends webhooks. Its own time-out must be infinite: the world applies GitLab's by the clock.</param>
public sealed partial class GitLabWorld(TimeProvider clock, GitLabDice dice, HttpClient hooks, GitLabSettings? settings = null)
{
    /// <summary>What GitLab writes for "no commit".</summary>
    public const string NoSha = "0000000000000000000000000000000000000000";

    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(1);
    private readonly Lock _gate = new();
    // Only keeps them from being collected.
    private readonly HashSet<ITimer> _timers = [];
    private readonly PriorityQueue<Action, (DateTimeOffset Due, long Turn)> _agenda = new();
    private readonly SortedDictionary<string, long> _counters = new(StringComparer.Ordinal);

    /// <summary>May be set anew, since a server's address is known only when it listens.</summary>
    public GitLabSettings Settings { get; set; } = settings ?? new GitLabSettings();

    /// <summary>What breaks, and when.</summary>
    public GitLabFaults Faults { get; } = new(clock, dice);

    /// <summary>What pipelines do unless their project says so; default: one job <c>build</c> that succeeds.</summary>
    public Func<PipelineRequest, PipelineScript> Script { get; set; } =
        _ => new PipelineScript([new JobScript("build", "build")]);

    internal DateTimeOffset Now => clock.GetUtcNow();

    internal double Roll(string site) => dice(site);

    /// <summary>Ids rise from a base per kind, so that a job id is never mistaken for a pipeline id.</summary>
    internal long NextId(string kind, long first = 1)
    {
        long id = _counters.GetValueOrDefault(kind, first);
        _counters[kind] = id + 1;
        return id;
    }

    internal string NextUuid() => $"5c1d0000-0000-4000-8000-{NextId("uuid"):x12}";

    /// <summary>Runs under the lock, after a delay on the clock.</summary>
    internal void After(TimeSpan delay, Action act) => Alarm(delay, () => { lock (_gate) act(); });

    /// <summary>What is due at one time runs in the order in which it was asked for, whatever the clock does with equal times.</summary>
    private void Alarm(TimeSpan delay, Action act)
    {
        // Never at once: some clocks would run it inside the change that asked for it.
        delay = delay < s_tick ? s_tick : delay;
        DateTimeOffset due = Now + delay;
        ITimer? timer = null;
        timer = clock.CreateTimer(_ =>
        {
            lock (_gate) _timers.Remove(timer!);
            timer!.Dispose();
            RunUntil(due);
        }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_gate)
        {
            _agenda.Enqueue(act, (due, NextId("agenda")));
            _timers.Add(timer);
        }
        timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    private void RunUntil(DateTimeOffset due)
    {
        while (NextUntil(due) is { } act)
            act();
    }

    private Action? NextUntil(DateTimeOffset due)
    {
        lock (_gate)
            return _agenda.TryPeek(out _, out (DateTimeOffset Due, long Turn) next) && next.Due <= due ? _agenda.Dequeue() : null;
    }

    /// <summary>Reads or changes the state as one step; for set-up and checkers.</summary>
    public T Locked<T>(Func<T> read)
    {
        lock (_gate) return read();
    }
}
