namespace Cki;

/// <summary>Which stage wants a delivery. Events that cannot cause an act go no further.</summary>
public static class WebhookRouting
{
    /// <param name="host">For GitLab's events.</param>
    /// <param name="bot">Our own user there, whom people speak to in notes; null: nobody.</param>
    /// <param name="trees">For pushes on other forges, and for what others start in watched projects; null: none.</param>
    public static WebhookRoute Decide(
        WebhookEvent happened, string host, string source, string delivery, IReadOnlyList<TreeConfig>? trees = null, string? bot = null) => happened switch
    {
        WebhookEvent.Push push => new WebhookRoute.ToDetect(
            new PushReceived(delivery, new ProjectRef(host, push.ProjectPath), push.Ref, push.Before, push.After, push.Title)),
        WebhookEvent.Job job => OfJob(job, host),
        WebhookEvent.Pipeline pipeline => OfPipeline(pipeline, host, delivery, trees ?? []),
        WebhookEvent.MergeRequest request => OfMergeRequest(new MergeRequestChanged(delivery, new ProjectRef(host, request.ProjectPath), request.Iid), trees ?? []),
        WebhookEvent.Note note => OfNote(new NoteSeen(delivery, new ProjectRef(host, note.ProjectPath), note.Iid, note.NoteId) { Discussion = note.Discussion }, note.Text, trees ?? [], bot),
        WebhookEvent.ElsewherePush push => OfElsewhere(push, trees ?? []),
        WebhookEvent.Alerts alerts => new WebhookRoute.AlertsToReport([.. alerts.Seen.Select(a => a.Notice(source))]),
        WebhookEvent.NotOurs other => new WebhookRoute.Nowhere($"no stage wants events of kind {other.Kind}"),
        WebhookEvent.Unreadable bad => new WebhookRoute.ToOperators(new NoticeRaised(
            $"unreadable-delivery-{source}",
            $"A webhook delivery of source {source} cannot be read",
            $"Delivery {delivery} came with the right token, but: {bad.Reason}.\n"
            + "It is archived. Nothing was done about it; polling finds what it may have announced. Look at the hook's settings (custom payload template?).") { Fades = true }),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // A job that succeeded needs no decision; that its pipeline settled is told by the pipeline's own event. One that was run again may have been
    // reported failed, and not every pipeline comes to an end that is told.
    private static WebhookRoute OfJob(WebhookEvent.Job job, string host) =>
        job.Status is GitLabStatus.Failed or GitLabStatus.Canceled || job is { Status: GitLabStatus.Success, IsRetry: true }
            ? new WebhookRoute.JobToHerd(new JobFinished(new JobRef(new ProjectRef(host, job.ProjectPath), job.JobId), job.PipelineId, job.Name, job.Status))
            : new WebhookRoute.Nowhere($"a job in status {job.Status} causes no act");

    private static WebhookRoute OfPipeline(WebhookEvent.Pipeline pipeline, string host, string delivery, IReadOnlyList<TreeConfig> trees)
    {
        var of = new PipelineRef(new ProjectRef(host, pipeline.ProjectPath), pipeline.PipelineId);
        PipelineChanged? ended = GitLabStatus.IsTerminal(pipeline.Status) ? new PipelineChanged(of, pipeline.Status) : null;
        if (trees.Any(t => Adopting.Concerns(t, of.Project)))
            return new WebhookRoute.PipelineToDetect(new PipelineSeen(delivery, of), ended);
        return ended is null ? new WebhookRoute.Nowhere($"a pipeline in status {pipeline.Status} causes no act") : new WebhookRoute.PipelineToHerd(ended);
    }

    private static WebhookRoute OfMergeRequest(MergeRequestChanged changed, IReadOnlyList<TreeConfig> trees) =>
        trees.Any(t => t.MergeRequests.Act != MergeRequestAct.Ignore && t.Project == changed.Project)
            ? new WebhookRoute.MergeRequestToDetect(changed)
            : new WebhookRoute.Nowhere("no tree looks at merge requests of that project");

    // Most notes are people's talk: GitLab is asked only about those that name our bot, and about one whose text was too long to look into.
    private static WebhookRoute OfNote(NoteSeen seen, string? text, IReadOnlyList<TreeConfig> trees, string? bot)
    {
        if (!trees.Any(t => t.MergeRequests.Act != MergeRequestAct.Ignore && t.Project == seen.Project))
            return new WebhookRoute.Nowhere("no tree looks at merge requests of that project");
        return !string.IsNullOrEmpty(bot) && (text is null || text.Contains($"@{bot}", StringComparison.OrdinalIgnoreCase))
            ? new WebhookRoute.NoteToReport(seen)
            : new WebhookRoute.Nowhere("the note does not speak to our bot");
    }

    private static WebhookRoute OfElsewhere(WebhookEvent.ElsewherePush push, IReadOnlyList<TreeConfig> trees)
    {
        string place = Place(push.CloneUrl);
        PollRequested[] polls =
        [
            .. trees.Where(t => Place(t.Url.ToString()) == place).Select(t => new PollRequested(t.Name, "push webhook")).OrderBy(p => p.Tree.Value, StringComparer.Ordinal),
        ];
        return polls.Length == 0 ? new WebhookRoute.Nowhere("no tree is read from that repository") : new WebhookRoute.ToPoll(polls);
    }

    /// <summary>Host and path, whatever the scheme and with or without <c>.git</c>.</summary>
    private static string Place(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address))
            return "";
        string path = address.AbsolutePath.TrimEnd('/');
        return $"{address.Host}{(path.EndsWith(".git", StringComparison.Ordinal) ? path[..^4] : path)}";
    }
}
