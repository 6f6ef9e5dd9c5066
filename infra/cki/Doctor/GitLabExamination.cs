using Cki.Adapters;

namespace Cki.Tool;

/// <summary>Looks at what GitLab lets us do, by reads alone.</summary>
internal sealed class GitLabExamination(GitLabClient gitLab)
{
    private const int LogsRead = 5;

    public async Task<IReadOnlyList<HostFact>> HostsAsync(SuiteConfig config, CancellationToken cancellationToken)
    {
        var facts = new List<HostFact>();
        foreach (GitLabHost host in config.Hosts)
        {
            DateTimeOffset before = TimeProvider.System.GetUtcNow();
            (GitLabSelf? self, string? trouble) = await Examination.TryAsync(() => gitLab.GetSelfAsync(host.Name, cancellationToken));
            if (self is null)
            {
                facts.Add(new HostFact(host, null, trouble));
                continue;
            }
            (GitLabToken? token, string? tokenTrouble) = await Examination.TryAsync(() => gitLab.GetTokenAsync(host.Name, cancellationToken));
            facts.Add(new HostFact(host, self, null) { Token = token, TokenTrouble = tokenTrouble, Skew = SkewOf(self.Date, before) });
        }
        return facts;
    }

    public async Task<IReadOnlyList<ProjectFact>> ProjectsAsync(SuiteConfig config, IReadOnlyList<HostFact> hosts, CancellationToken cancellationToken)
    {
        var facts = new List<ProjectFact>();
        IEnumerable<ProjectRef> projects = config.Trees.SelectMany(t => new[] { t.Pipeline.Project, t.Project }).OfType<ProjectRef>().Distinct();
        foreach (ProjectRef project in projects.OrderBy(p => p.ToString(), StringComparer.Ordinal))
        {
            // A host that does not let us in is a finding of its own.
            if (hosts.FirstOrDefault(h => h.Host.Name == project.Host)?.Self is { } self)
                facts.Add(await ProjectAsync(config, project, self.UserId, cancellationToken));
        }
        return facts;
    }

    public async Task<IReadOnlyList<HookFact>> HooksAsync(SuiteConfig config, Uri frontDoor, CancellationToken cancellationToken)
    {
        var facts = new List<HookFact>();
        foreach (WantedHook wanted in HookPlan.Wanted(config))
        {
            (HookStanding? standing, string? trouble) = await Examination.TryAsync(
                async () => HookPlan.Compare(wanted, frontDoor, await gitLab.ListHooksAsync(wanted.Project, cancellationToken)));
            facts.Add(new HookFact(wanted, standing, trouble));
        }
        return facts;
    }

    private async Task<ProjectFact> ProjectAsync(SuiteConfig config, ProjectRef project, long userId, CancellationToken cancellationToken)
    {
        TreeConfig[] testedHere = [.. config.Trees.Where(t => t.Pipeline.Project == project)];
        (GitLabProjectAccess? access, string? trouble) = await Examination.TryAsync(() => gitLab.GetProjectAccessAsync(project, userId, cancellationToken));
        var fact = new ProjectFact(project, access, trouble)
        {
            Refs = [.. testedHere.Select(t => t.Pipeline.GitRef).Distinct().Order(StringComparer.Ordinal)],
            NeedsVariables = testedHere.Any(t => t.Pipeline.CommitTo == CommitTo.Variables),
            NeedsStatus = config.Trees.Any(t => t.Project == project && t.ReportTo.Any(name => config.Channel(name) is ChannelConfig.CommitStatus)),
            UserId = userId,
        };
        if (access is null || testedHere.Length == 0)
            return fact;
        (IReadOnlyList<RunnerShown>? runners, string? runnersTrouble) = await Examination.TryAsync(() => gitLab.ListRunnersAsync(project, cancellationToken));
        (IReadOnlyList<GitLabArtifactLife>? artifacts, string? artifactsTrouble) = await Examination.TryAsync(() => gitLab.ListArtifactLivesAsync(project, cancellationToken));
        return await LogsAsync(
            fact with
            {
                Protected = (await Examination.TryAsync(() => gitLab.ListProtectedBranchesAsync(project, cancellationToken))).Value,
                Runners = runners, RunnersTrouble = runnersTrouble, Artifacts = artifacts, ArtifactsTrouble = artifactsTrouble,
            },
            cancellationToken);
    }

    /// <summary>What runners cut is among the largest logs; of those that GitLab tells no size of, the newest are taken.</summary>
    private async Task<ProjectFact> LogsAsync(ProjectFact fact, CancellationToken cancellationToken)
    {
        (IReadOnlyList<GitLabLog>? all, string? trouble) = await Examination.TryAsync(() => gitLab.ListLogsAsync(fact.Project, cancellationToken));
        if (all is null)
            return fact with { LogsTrouble = trouble };
        var logs = new List<LogFact>();
        foreach (GitLabLog log in all.OrderByDescending(l => l.Bytes ?? 0).ThenByDescending(l => l.Job).Take(LogsRead))
        {
            (string? end, string? unread) = await Examination.TryAsync(() => gitLab.ReadLogEndAsync(new JobRef(fact.Project, log.Job), cancellationToken));
            logs.Add(new LogFact(log, end, end is null ? unread ?? "there is none" : null));
        }
        return fact with { Logs = logs, OutOfMinutes = [.. all.Where(l => l.FailureReason == "ci_quota_exceeded").Select(l => l.Name)] };
    }

    /// <summary>The header has whole seconds, and the answer took its time: within both, there is no telling.</summary>
    private static TimeSpan? SkewOf(DateTimeOffset? there, DateTimeOffset before)
    {
        if (there is not { } date)
            return null;
        DateTimeOffset after = TimeProvider.System.GetUtcNow();
        if (date < before - TimeSpan.FromSeconds(1))
            return date - before;
        return date > after ? date - after : TimeSpan.Zero;
    }
}
