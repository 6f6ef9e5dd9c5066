namespace Cki.GitLabSimulator;

/// <summary>One request to the API, as it ended.</summary>
/// <param name="Route">Method and pattern, <c>POST /projects/:id/pipeline</c>; <c>GET (unknown)</c> where none matched.</param>
/// <param name="Status">0 where no answer was given.</param>
/// <param name="Fault">Name of the fault that hit it, or null.</param>
public sealed record ApiCall(DateTimeOffset At, string Route, string Path, string? User, int Status, string? Fault);

// What happened, for checkers that judge from outside.
public sealed partial class GitLabWorld
{
    private readonly SortedDictionary<long, GitLabPipeline> _pipelines = [];
    private readonly SortedDictionary<long, GitLabJob> _jobs = [];
    private readonly List<GitLabCommitStatus> _statuses = [];
    private readonly List<WebhookDelivery> _deliveries = [];
    private readonly List<ApiCall> _writes = [];
    private readonly SortedDictionary<string, int> _requests = new(StringComparer.Ordinal);

    /// <summary>Every pipeline, lowest id first.</summary>
    public IReadOnlyList<GitLabPipeline> Pipelines => Locked(() => _pipelines.Values.ToArray());

    /// <summary>Every try of every job, lowest id first; bridges included.</summary>
    public IReadOnlyList<GitLabJob> Jobs => Locked(() => _jobs.Values.ToArray());

    public IReadOnlyList<GitLabCommitStatus> CommitStatuses => Locked(() => _statuses.ToArray());

    /// <summary>Every webhook request, also those a fault dropped, in the order of their events.</summary>
    public IReadOnlyList<WebhookDelivery> WebhooksSent => Locked(() => _deliveries.ToArray());

    /// <summary>Requests by route.</summary>
    public IReadOnlyDictionary<string, int> Requests =>
        Locked(() => new SortedDictionary<string, int>(_requests, StringComparer.Ordinal));

    /// <summary>Every request that was not a GET, in order.</summary>
    public IReadOnlyList<ApiCall> Writes => Locked(() => _writes.ToArray());

    private void Note(ApiCall call)
    {
        _requests[call.Route] = _requests.GetValueOrDefault(call.Route) + 1;
        if (!call.Route.StartsWith("GET ", StringComparison.Ordinal))
            _writes.Add(call);
    }
}
