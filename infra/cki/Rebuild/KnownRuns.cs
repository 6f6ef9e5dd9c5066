using System.Globalization;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary>A pipeline in GitLab that a run's attempt started.</summary>
internal sealed record KnownAttempt(RunId Run, TreeName Tree, string Branch, CommitSha Sha, int Attempt, PipelineShown Pipeline)
{
    public bool IsOver => GitLabStatus.IsTerminal(Pipeline.Status);
}

/// <summary>Finds every pipeline of ours in GitLab, and whose it is. Reads alone.</summary>
/// <param name="unreadable">Told of pipelines whose values GitLab does not show.</param>
internal sealed class KnownRuns(GitLabClient gitLab, SuiteConfig config, KnownFromArchive archive, Action<string> unreadable)
{
    /// <summary>Of twins the lowest id is the attempt's: the others were cancelled. In order of run and attempt.</summary>
    public async Task<IReadOnlyList<KnownAttempt>> FindAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var found = new List<KnownAttempt>();
        var places = config.Trees.Select(t => (t.Pipeline.Project, t.Pipeline.GitRef)).Distinct()
            .OrderBy(p => p.Project.ToString(), StringComparer.Ordinal).ThenBy(p => p.GitRef, StringComparer.Ordinal);
        foreach ((ProjectRef project, string gitRef) in places)
        {
            string? bot = config.Host(project.Host)?.BotUser;
            foreach (PipelineShown pipeline in await gitLab.ListPipelinesAsync(project, gitRef, since, bot, cancellationToken))
            {
                if (await WhoseAsync(pipeline, cancellationToken) is { } known)
                    found.Add(known);
            }
        }
        return
        [
            .. found.GroupBy(k => (k.Run, k.Attempt)).Select(g => g.MinBy(k => k.Pipeline.Ref.Id)!)
                .OrderBy(k => k.Run.Value, StringComparer.Ordinal).ThenBy(k => k.Attempt),
        ];
    }

    private async Task<KnownAttempt?> WhoseAsync(PipelineShown pipeline, CancellationToken cancellationToken)
    {
        IReadOnlyList<KeyValuePair<string, string>> values = archive.ValuesOf(pipeline.Ref) is { Count: > 0 } told ? told : await AskAsync(pipeline.Ref, cancellationToken);
        string Value(string name) => values.FirstOrDefault(v => v.Key == name).Value ?? "";
        if (!CommitSha.TryParse(Value(PipelineValues.Sha), out CommitSha sha)
            || !int.TryParse(Value(PipelineValues.RunAttempt), NumberStyles.None, CultureInfo.InvariantCulture, out int attempt)
            || config.Trees.FirstOrDefault(t => t.Name.Value == Value(PipelineValues.Tree)) is not { } tree)
            return null;
        string branch = Value(PipelineValues.Branch);
        RunId run = RunIds.Of(tree.Name, branch, sha);
        // Whoever copies variables into a pipeline of his own does not make it ours.
        return run.Value == Value(PipelineValues.RunId) ? new KnownAttempt(run, tree.Name, branch, sha, attempt, pipeline) : null;
    }

    private async Task<IReadOnlyList<KeyValuePair<string, string>>> AskAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        try
        {
            return await gitLab.GetPipelineVariablesAsync(pipeline, cancellationToken);
        }
        catch (GitLabRefusedException e) when (e.Status == 403)
        {
            unreadable($"{pipeline}: GitLab shows its variables to maintainers only, and no archived delivery tells them");
            return [];
        }
    }
}
