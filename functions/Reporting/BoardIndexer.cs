using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>The board's index: many changes, one rewrite. Reads the newest <see cref="IndexPage.RunsMax"/> lines, whatever the board's size.</summary>
public sealed class BoardIndexer(SuitePorts ports, ReportingOptions options, ILogger log)
{
    public const string JsonKey = "board/index.json";

    private const int NoticesMax = 200;

    /// <summary>A rewrite that did not come by then is asked for again.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private readonly BoardStore _board = new(ports);
    private readonly Post _post = ports.PostFrom("reporting");

    /// <summary>Something on the index has changed. Nothing to do where a rewrite is already on its way: it will read what stands then.</summary>
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

    /// <summary>The pending object goes before anything is read, so that a change after the reading asks for the next rewrite.</summary>
    public async Task RewriteAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        await ports.Documents.DeleteAsync(BoardIndexPending.Key, cancellationToken);
        await _board.RewriteAsync([BoardFrame.Home, JsonKey, BoardStyle.Key], RenderAsync, cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private async Task<IReadOnlyList<BoardObject>> RenderAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<BoardEntry> runs = await ReadAllAsync(BoardEntry.Prefix, IndexPage.RunsMax, BoardJson.Default.BoardEntry, cancellationToken);
        IReadOnlyList<NoticeState> notices = await ReadAllAsync(NoticeState.Prefix, NoticesMax, DocumentJson.Default.NoticeState, cancellationToken);
        var index = new BoardIndexed(runs, notices);
        return
        [
            new BoardObject(BoardFrame.Home, Encoding.UTF8.GetBytes(IndexPage.Of(index))),
            new BoardObject(JsonKey, JsonSerializer.SerializeToUtf8Bytes(index, BoardJson.Default.BoardIndexed)),
            new BoardObject(BoardStyle.Key, Encoding.UTF8.GetBytes(BoardStyle.Css)),
        ];
    }

    private async Task<IReadOnlyList<T>> ReadAllAsync<T>(string prefix, int most, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        foreach (string key in await ports.Documents.KeysAsync(prefix, most, cancellationToken))
        {
            try
            {
                if (await ports.Documents.GetAsync(key, type, cancellationToken) is { } found)
                    all.Add(found.Value);
            }
            catch (UnreadableDocumentException e)
            {
                log.SetAside(e.Message);
            }
        }
        return all;
    }
}
