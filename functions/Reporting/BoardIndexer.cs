using System.Text;
using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>
/// The board's indexes: many changes, one rewrite a minute. It reads what has changed and the pages that this goes into, whatever the board's size.
/// </summary>
public sealed class BoardIndexer(SuitePorts ports, ReportingOptions options, ILogger log)
{
    private const int NoticesMax = 200;

    /// <summary>A rewrite that did not come by then is asked for again.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private readonly BoardStore _board = new(ports);
    private readonly BoardChanges _changes = new(ports);
    private readonly BoardReading _reading = new(ports, log);
    private readonly BoardTrees _trees = new(ports, new BoardReading(ports, log));
    private readonly Post _post = ports.PostFrom("reporting");

    /// <summary>A notice has changed.</summary>
    public async Task NoticedAsync(string noticeKey, CancellationToken cancellationToken)
    {
        await _changes.PlaceAsync(noticeKey, cancellationToken);
        await NudgeAsync(cancellationToken);
    }

    /// <summary>Something on the indexes has changed. Nothing to do where a rewrite is already on its way: it will read what stands then.</summary>
    public async Task NudgeAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        Document<BoardIndexPending>? pending = await ports.Documents.GetAsync(BoardIndexPending.Key, BoardJson.Default.BoardIndexPending, cancellationToken);
        if (pending is not null && pending.Value.DueAt + Grace > now)
            return;
        var mine = new BoardIndexPending(now + options.IndexDelay);
        string due = await ports.Due.PlaceAsync(_post.Marker("board", "index", mine.DueAt + Grace, new BoardIndex()), cancellationToken);
        BoardIndexPending? stands = await ports.Documents.UpdateAsync(
            BoardIndexPending.Key,
            BoardJson.Default.BoardIndexPending,
            current => current is not null && current.DueAt + Grace > now ? current : mine,
            cancellationToken);
        if (!ReferenceEquals(stands, mine))
            return;
        var message = new BoardIndex();
        await ports.Queue.SendAsync(
            new OutgoingMessage(QueueNames.Report, _post.Envelope(message), message.GetGroup())
            {
                Delay = options.IndexDelay < Post.DelayMax ? options.IndexDelay : Post.DelayMax,
                Attributes = new Dictionary<string, string> { [Post.DueAttribute] = due },
            },
            cancellationToken);
    }

    /// <summary>
    /// The pending object goes before anything is read, so that a change after the reading asks for the next rewrite; the notes of changes go last, so
    /// that none is lost by a crash in between.
    /// </summary>
    public async Task RewriteAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        await ports.Documents.DeleteAsync(BoardIndexPending.Key, cancellationToken);
        IReadOnlyList<string> changes = await _changes.ListAsync(cancellationToken);
        bool isNew = await _reading.OneAsync(BoardIndexed.Json, BoardJson.Default.BoardIndexed, cancellationToken) is not { V: >= BoardIndexed.Current };
        IReadOnlyList<BoardEntry> entries = isNew
            ? await _trees.NewestAsync(BoardChanges.Most, cancellationToken)
            : await _reading.EachAsync(BoardChanges.Entries(changes), BoardJson.Default.BoardEntry, cancellationToken);
        (IReadOnlyList<BoardTree> trees, IReadOnlyList<BoardDayCount> days) = await _trees.FoldAsync(entries, cancellationToken);
        BoardHistory? history = days.Count > 0 ? await HistoryAsync(days, cancellationToken) : null;
        IReadOnlyList<string> notices = BoardChanges.Notices(changes);
        if (isNew || trees.Count + notices.Count > 0)
            await IndexAsync(trees, notices, LevelsOf(history), cancellationToken);
        await FactsAsync(isUrgent: notices.Count > 0, cancellationToken);
        await _changes.DropAsync(changes, cancellationToken);
        if (changes.Count == BoardChanges.Most)
            await NudgeAsync(cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private Task<BoardHistory> HistoryAsync(IReadOnlyList<BoardDayCount> days, CancellationToken cancellationToken)
    {
        var document = new BoardDocument<BoardHistory>(
            BoardHistory.Json, BoardJson.Default.BoardHistory, [BoardHistory.Page], h => [Page(BoardHistory.Page, HistoryPage.Of(h))]);
        return _board.FoldAsync(document, async (old, ct) =>
        {
            IReadOnlyList<BoardDay> stand = await _reading.EachAsync(days.Select(d => BoardDay.JsonKey(d.Tree, d.Day)), BoardJson.Default.BoardDay, ct);
            BoardDayCount[] known = old is null ? [.. (await _trees.AllAsync(ct)).SelectMany(t => t.Days)] : [];
            return BoardFolding.Of(old ?? BoardFolding.Of(null, known), [.. stand.Select(BoardFolding.Count)]);
        }, cancellationToken);
    }

    /// <summary>Null: no run has changed. Of two rewrites at once the earlier one's may win; the next change of a run counts them anew.</summary>
    private BoardLevels? LevelsOf(BoardHistory? history) =>
        history is null ? null : BoardLevels.Of(history.Days, DateOnly.FromDateTime(ports.Clock.GetUtcNow().UtcDateTime));

    private Task IndexAsync(IReadOnlyList<BoardTree> changed, IReadOnlyList<string> notices, BoardLevels? levels, CancellationToken cancellationToken)
    {
        var document = new BoardDocument<BoardIndexed>(
            BoardIndexed.Json, BoardJson.Default.BoardIndexed, [BoardIndexed.Page, BoardStyle.Key, BoardIcon.Key],
            i => [Page(BoardIndexed.Page, IndexPage.Of(i)), Page(BoardStyle.Key, BoardStyle.Css), Page(BoardIcon.Key, BoardIcon.Svg)]);
        return _board.FoldAsync(document, async (old, ct) =>
        {
            if (old is not { V: >= BoardIndexed.Current })
            {
                IReadOnlyList<NoticeState> all = await _reading.UnderAsync(NoticeState.Prefix, NoticesMax, DocumentJson.Default.NoticeState, ct);
                return BoardFolding.Of(null, await _trees.AllAsync(ct), all) with { Levels = levels };
            }
            IReadOnlyList<BoardTree> trees = await _reading.EachAsync(changed.Select(t => BoardTree.JsonKey(t.Tree)), BoardJson.Default.BoardTree, ct);
            return BoardFolding.Of(old, trees, await _reading.EachAsync(notices, DocumentJson.Default.NoticeState, ct)) with { Levels = levels ?? old.Levels };
        }, cancellationToken);
    }

    private async Task FactsAsync(bool isUrgent, CancellationToken cancellationToken)
    {
        var facts = new BoardFacts(ports, _reading, _trees);
        if (await facts.StateAsync(isUrgent, cancellationToken))
            await facts.MatchersAsync(cancellationToken);
    }

    private static BoardObject Page(string key, string text) => new(key, Encoding.UTF8.GetBytes(text));
}
