using System.Globalization;

namespace Cki.JobHerding;

/// <summary>Counts system failures against the runners that had them.</summary>
internal sealed class RunnerBooks(SuitePorts ports)
{
    private readonly Post _post = ports.PostFrom("job-herding");

    public DateTimeOffset Now => ports.Clock.GetUtcNow();

    /// <summary>A failure that an outage explains is not the runner's. Repeating it changes nothing.</summary>
    public async Task HitAsync(JobRef job, PipelineJob shown, HerdDecision decision, CancellationToken cancellationToken)
    {
        if (decision.Act == HerdAct.Hold || RunnerTrouble.RunnerOf(shown, decision.Class) is not { } runner)
            return;
        var failure = new RunnerFailure(job, shown.FailureReason ?? "", shown.FinishedAt ?? Now);
        RunnerBook? book = await ChangeAsync(
            job.Project.Host, runner, b => RunnerTrouble.Counted(b with { Description = shown.Runner ?? b.Description }, failure, Now), cancellationToken);
        if (book is not null && RunnerTrouble.IsSuspect(book, Now))
            await _post.SendAsync(new RunnerLook(book.Host, book.Id), cancellationToken);
    }

    public async Task<RunnerBook?> ReadAsync(string host, long runner, CancellationToken cancellationToken) =>
        (await ports.Documents.GetAsync(RunnerBook.KeyOf(host, runner), RunnerJson.Default.RunnerBook, cancellationToken))?.Value;

    public Task<RunnerBook?> ChangeAsync(string host, long runner, Func<RunnerBook, RunnerBook> change, CancellationToken cancellationToken) =>
        ports.Documents.UpdateAsync(
            RunnerBook.KeyOf(host, runner), RunnerJson.Default.RunnerBook, book => change(book ?? new RunnerBook(host, runner)), cancellationToken);

    /// <summary>Sees to it that the runner is looked at until it is well.</summary>
    public Task WatchOverAsync(RunnerBook book, CancellationToken cancellationToken) => ports.Due.PlaceAsync(
        _post.Marker(RunnerLook.Kind, string.Create(CultureInfo.InvariantCulture, $"{book.Host}-{book.Id}"), Now + TimeSpan.FromMinutes(15), new RunnerLook(book.Host, book.Id)),
        cancellationToken);

    public Task TellAsync(NoticeRaised notice, CancellationToken cancellationToken) => _post.SendAsync(notice, cancellationToken);
}
