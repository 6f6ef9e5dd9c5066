namespace Cki.Tool;

/// <summary>What one installation decided about one attempt of a job.</summary>
internal sealed record DecidedJob(JobRef Job, string Name, string WebUrl, DateTimeOffset At, HerdDecision Decision)
{
    /// <summary>Everything that a person would call another decision; quotes and reasons may be worded anew.</summary>
    public string Words =>
        $"{Decision.Act}{(Decision.Act == HerdAct.Retry ? $" after {Decision.Delay.TotalSeconds:0} s" : "")}, {Decision.Finding}, {Decision.Matcher ?? "no matcher"}{(Decision.Class is { } c ? $" ({c})" : "")}".ToLowerInvariant();
}

/// <param name="Production">Null: it decided nothing.</param>
/// <param name="Staging">Null: it decided nothing.</param>
internal sealed record DecisionDifference(JobRef Job, string Name, string WebUrl, DecidedJob? Production, DecidedJob? Staging);

/// <param name="Compared">Attempts that both decided on.</param>
internal sealed record DecisionDiff(int Compared, IReadOnlyList<DecisionDifference> Differences)
{
    private const int RecordsMax = 1_000_000;

    /// <summary>Per job, production's against staging's. Pure.</summary>
    public static DecisionDiff Of(IReadOnlyList<DecidedJob> production, IReadOnlyList<DecidedJob> staging)
    {
        var theirs = staging.ToDictionary(d => d.Job);
        var ours = production.ToDictionary(d => d.Job);
        DecisionDifference[] differences =
        [
            .. ours.Keys.Union(theirs.Keys).Where(job => ours.GetValueOrDefault(job)?.Words != theirs.GetValueOrDefault(job)?.Words)
                .OrderBy(job => job.Project.ToString(), StringComparer.Ordinal).ThenBy(job => job.Id)
                .Select(job => Difference(job, ours.GetValueOrDefault(job), theirs.GetValueOrDefault(job))),
        ];
        return new DecisionDiff(ours.Keys.Count(theirs.ContainsKey), differences);
    }

    /// <param name="since">Older decisions are left out.</param>
    /// <param name="unreadable">Told of records that cannot be read.</param>
    public static async Task<IReadOnlyList<DecidedJob>> ReadAsync(Documents documents, DateTimeOffset since, Action<string> unreadable, CancellationToken cancellationToken)
    {
        var all = new List<DecidedJob>();
        foreach (string key in (await documents.KeysAsync("pipelines/", RecordsMax, cancellationToken)).Where(k => k.Contains("/jobs/", StringComparison.Ordinal)))
        {
            try
            {
                if (await documents.GetAsync(key, DocumentJson.Default.JobRecord, cancellationToken) is { Value: var record })
                    all.AddRange(record.Attempts.Where(a => a.DecidedAt >= since).Select(a => new DecidedJob(new JobRef(record.Pipeline.Project, a.JobId), record.Name, a.WebUrl, a.DecidedAt, a.Decision)));
            }
            catch (UnreadableDocumentException e)
            {
                unreadable(e.Message);
            }
        }
        return all;
    }

    private static DecisionDifference Difference(JobRef job, DecidedJob? production, DecidedJob? staging)
    {
        DecidedJob any = production ?? staging!;
        return new DecisionDifference(job, any.Name, any.WebUrl, production, staging);
    }
}
