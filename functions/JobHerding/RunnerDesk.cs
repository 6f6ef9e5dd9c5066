using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>
/// Looks at a runner that breaks jobs of several projects: operators hear of it once, and once more when it works again. It is paused only where its
/// host's configuration wants that, and never the last one for its tags.
/// </summary>
internal sealed class RunnerDesk(GitLabClient gitLab, RunnerBooks books, SuitePorts ports, ILogger log)
{
    public async Task LookAsync(ReceivedMessage message, RunnerLook look, CancellationToken cancellationToken)
    {
        if (await books.ReadAsync(look.Host, look.Runner, cancellationToken) is not { } book)
        {
            await ports.Due.DoneAsync(message, cancellationToken);
            return;
        }
        IReadOnlyList<RunnerJob>? jobs = await JobsAsync(look, cancellationToken);
        if (RunnerTrouble.IsBroken(book, jobs, books.Now))
        {
            log.RunnerBroken(book.Name, book.Host, book.Failures.Count);
            await books.WatchOverAsync(book, cancellationToken);
            book = (await books.ChangeAsync(look.Host, look.Runner, b => b.NoticedAt is null ? b with { NoticedAt = books.Now } : b, cancellationToken))!;
        }
        if (book.NoticedAt is not null && !book.IsTold)
            await TellAsync(book, cancellationToken);
        if (book.NoticedAt is not null && !await EndAsync(book, jobs, cancellationToken))
            return;
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private async Task TellAsync(RunnerBook book, CancellationToken cancellationToken)
    {
        string act = await PauseAsync(book, cancellationToken);
        string[] projects = [.. book.Failures.Select(f => f.Job.Project.ToString()).Distinct().Order(StringComparer.Ordinal)];
        string text = $"{book.Failures.Count} jobs of {projects.Length} projects ({string.Join(", ", projects)}) broke on it within {RunnerTrouble.Window.TotalHours:0} hours, "
            + $"the last one is {book.Failures[^1].Job} ({book.Failures[^1].Reason}). Their retries go on.\n{act}";
        await books.TellAsync(new NoticeRaised(NoticeKey(book), $"Runner {book.Name} of {book.Host} breaks jobs", text), cancellationToken);
        await books.ChangeAsync(book.Host, book.Id, b => b.IsTold ? b : b with { IsTold = true }, cancellationToken);
    }

    /// <summary>What was done, in a sentence for operators.</summary>
    private async Task<string> PauseAsync(RunnerBook book, CancellationToken cancellationToken)
    {
        const string done = "It was paused, other runners take its jobs. Resume it in GitLab when it is mended.";
        if (book.PausedAt is not null)
            return done;
        if (ports.Config.Current.Host(book.Host)?.PausesRunners != true)
            return "It still takes jobs: pause it in GitLab, or set pause_runners for this host in trees.yaml.";
        if (await ports.Switches.HeldAsync(Act.All, null, cancellationToken) is { } held)
            return $"It was not paused, since acts are held ({held.What}): {held.Reason}";
        if (RunnerTrouble.WhyNotPause(book.Id, await PeersAsync(book, cancellationToken)) is { } why)
            return $"It was not paused: {why}.";
        if (await gitLab.PauseRunnerAsync(book.Host, book.Id, cancellationToken) is { } refused)
            return $"It could not be paused: {refused}.";
        await books.ChangeAsync(book.Host, book.Id, b => b with { PausedAt = books.Now }, cancellationToken);
        return done;
    }

    /// <summary>True when it is well again, and told.</summary>
    private async Task<bool> EndAsync(RunnerBook book, IReadOnlyList<RunnerJob>? jobs, CancellationToken cancellationToken)
    {
        bool isPaused = book.PausedAt is not null && await gitLab.IsRunnerPausedAsync(book.Host, book.Id, cancellationToken);
        if (!RunnerTrouble.IsWell(book, jobs, isPaused, books.Now))
            return false;
        await books.TellAsync(new NoticeRaised(NoticeKey(book), $"Runner {book.Name} of {book.Host} works again", "", Recovered: true), cancellationToken);
        await books.ChangeAsync(book.Host, book.Id, b => new RunnerBook(b.Host, b.Id) { Description = b.Description }, cancellationToken);
        return true;
    }

    private async Task<IReadOnlyList<RunnerJob>?> JobsAsync(RunnerLook look, CancellationToken cancellationToken)
    {
        try
        {
            return await gitLab.ListRunnerJobsAsync(look.Host, look.Runner, cancellationToken);
        }
        catch (GitLabRefusedException)
        {
            // Shown to those who maintain one of its projects.
            return null;
        }
    }

    // Where it failed, and where our own pipelines run: what else it serves is not ours to see.
    private async Task<IReadOnlyList<(ProjectRef, IReadOnlyList<RunnerShown>?)>> PeersAsync(RunnerBook book, CancellationToken cancellationToken)
    {
        var peers = new List<(ProjectRef, IReadOnlyList<RunnerShown>?)>();
        IEnumerable<ProjectRef> ours = ports.Config.Current.Trees.Select(t => t.Pipeline.Project).Where(p => p.Host == book.Host);
        foreach (ProjectRef project in book.Failures.Select(f => f.Job.Project).Concat(ours).Distinct().OrderBy(p => p.Path, StringComparer.Ordinal))
        {
            try
            {
                peers.Add((project, await gitLab.ListRunnersAsync(project, cancellationToken)));
            }
            catch (GitLabRefusedException)
            {
                peers.Add((project, null));
            }
        }
        return peers;
    }

    private static string NoticeKey(RunnerBook book) => $"runner-{book.Host}-{book.Id}";
}
