namespace Cki.Adapters;

/// <summary>A webhook that the suite needs: in which project, to which of our sources, for which events.</summary>
/// <param name="Events">As in <see cref="GitLabClient.HookEvents"/>, ordinal order.</param>
/// <param name="TokenSecret">Name of the secret that GitLab is to send as X-Gitlab-Token: the first of the source's; null: it signs only.</param>
public sealed record WantedHook(ProjectRef Project, string Source, IReadOnlyList<string> Events, string? TokenSecret)
{
    /// <summary>Name of the secret with the signing token that GitLab is to sign with; null: it does not sign.</summary>
    public string? SigningSecret { get; init; }

    public string Address(Uri frontDoor) => $"{frontDoor.AbsoluteUri.TrimEnd('/')}/webhooks/{Source}";
}

/// <summary>How a wanted hook stands in GitLab.</summary>
/// <param name="Hook">Ours, the first by id where there are several; null: there is none.</param>
/// <param name="Faults">What is wrong, each in a few words; empty: nothing.</param>
public sealed record HookStanding(WantedHook Wanted, string Address, GitLabHook? Hook, IReadOnlyList<string> Faults)
{
    /// <summary>GitLab sends nothing through it now.</summary>
    public bool IsDisabled => Hook?.AlertStatus is "disabled" or "temporarily_disabled";

    /// <summary>Further hooks to the same address: every event comes twice.</summary>
    public int Doubles { get; init; }
}

/// <summary>Which hooks the configuration asks for, and how those that are there compare. Pure.</summary>
public static class HookPlan
{
    /// <summary>
    /// Pushes (and merge requests with their notes, where they are looked at) come from the projects of trees that live on a configured GitLab, jobs and pipelines from
    /// the projects that run pipelines, of ours or of others that are watched. A host
    /// that no source speaks for gets no hook: polling finds everything there.
    /// </summary>
    public static IReadOnlyList<WantedHook> Wanted(SuiteConfig config)
    {
        var events = new SortedDictionary<string, (ProjectRef Project, SortedSet<string> Events)>(StringComparer.Ordinal);
        void Want(ProjectRef project, params string[] kinds)
        {
            if (!events.TryGetValue(project.ToString(), out (ProjectRef Project, SortedSet<string> Events) known))
                events[project.ToString()] = known = (project, new SortedSet<string>(StringComparer.Ordinal));
            known.Events.UnionWith(kinds);
        }
        foreach (TreeConfig tree in config.Trees)
        {
            Want(tree.Pipeline.Project, "job_events", "pipeline_events");
            if (tree.Project is { } project)
                Want(project, tree.Tags.Count > 0 ? ["push_events", "tag_push_events"] : ["push_events"]);
            foreach (ProjectRef watched in Adopting.Projects(tree))
                Want(watched, "job_events", "pipeline_events");
            if (tree is { Project: { } own, MergeRequests.Act: not MergeRequestAct.Ignore })
                Want(own, "merge_requests_events", "note_events");
        }
        return
        [
            .. events.Values.SelectMany(e => config.Sources.Where(s => s.Kind == "gitlab" && s.Host == e.Project.Host).Take(1)
                .Select(s => new WantedHook(e.Project, s.Name, [.. e.Events], s.TokenSecrets.FirstOrDefault()) { SigningSecret = s.SigningSecrets.FirstOrDefault() })),
        ];
    }

    /// <summary>Projects whose host no source speaks for.</summary>
    public static IReadOnlyList<ProjectRef> WithoutSource(SuiteConfig config)
    {
        IReadOnlyList<WantedHook> wanted = Wanted(config);
        return
        [
            .. config.Trees.SelectMany(t => new[] { t.Pipeline.Project, t.Project }).OfType<ProjectRef>().Distinct()
                .Where(p => wanted.All(w => w.Project != p)).OrderBy(p => p.ToString(), StringComparer.Ordinal),
        ];
    }

    public static HookStanding Compare(WantedHook wanted, Uri frontDoor, IReadOnlyList<GitLabHook> there)
    {
        string address = wanted.Address(frontDoor);
        GitLabHook[] ours = [.. there.Where(h => h.Url.TrimEnd('/') == address).OrderBy(h => h.Id)];
        return new HookStanding(wanted, address, ours.FirstOrDefault(), [.. Faults(wanted, ours, address)]) { Doubles = Math.Max(0, ours.Length - 1) };
    }

    private static IEnumerable<string> Faults(WantedHook wanted, GitLabHook[] ours, string address)
    {
        if (ours is not [var hook, ..])
        {
            yield return $"there is no hook to {address}";
            yield break;
        }
        if (hook.AlertStatus == "disabled")
            yield return "GitLab has disabled it for good after 40 failures in a row";
        else if (hook.AlertStatus == "temporarily_disabled")
            yield return $"GitLab has disabled it after failures{(hook.DisabledUntil is { } until ? $" until {until:yyyy-MM-dd HH:mm}Z" : "")}";
        string[] missing = [.. wanted.Events.Except(hook.Events, StringComparer.Ordinal)];
        if (missing.Length > 0)
            yield return $"it does not send {string.Join(", ", missing)}";
        if (hook.HasToken == false && wanted.TokenSecret is not null)
            yield return "it sends no secret token, so that every delivery is refused";
        if (!hook.VerifiesTls && address.StartsWith("https:", StringComparison.Ordinal))
            yield return "it does not verify our certificate";
        if (ours.Length > 1)
            yield return $"{ours.Length} hooks have this address: every event comes {ours.Length} times";
    }
}
