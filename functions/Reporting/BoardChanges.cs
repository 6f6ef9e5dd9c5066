using System.Text.Json;

namespace Cki.Reporting;

/// <summary>What the next rewrite of the indexes takes up, see <see cref="BoardChange"/>.</summary>
internal sealed class BoardChanges(SuitePorts ports)
{
    /// <summary>Folded at once; what is more waits for the next rewrite, which follows at once.</summary>
    public const int Most = 300;

    public BoardObject OfRun(BoardEntry entry) => Of(BoardChange.Runs, BoardEntry.Prefix, entry.Key);

    public async Task PlaceAsync(string noticeKey, CancellationToken cancellationToken)
    {
        BoardObject change = Of(BoardChange.Notices, NoticeState.Prefix, NoticeState.KeyOf(noticeKey));
        await ports.Store.PutAsync(change.Key, change.Body, new PutCondition.Always(), cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => ports.Documents.KeysAsync(BoardChange.Prefix, Most, cancellationToken);

    /// <summary>Keys of what has changed, each once.</summary>
    public static IReadOnlyList<string> Entries(IReadOnlyList<string> changes) => Subjects(changes, BoardChange.Runs, BoardEntry.Prefix);

    public static IReadOnlyList<string> Notices(IReadOnlyList<string> changes) => Subjects(changes, BoardChange.Notices, NoticeState.Prefix);

    public async Task DropAsync(IReadOnlyList<string> changes, CancellationToken cancellationToken)
    {
        foreach (string change in changes)
            await ports.Documents.DeleteAsync(change, cancellationToken);
    }

    private BoardObject Of(string kind, string prefix, string key) => new(
        $"{kind}{key[prefix.Length..]}/{ports.Dice.Id("board.change")}", JsonSerializer.SerializeToUtf8Bytes(new BoardChange(key), BoardJson.Default.BoardChange));

    private static string[] Subjects(IReadOnlyList<string> changes, string kind, string prefix) =>
        [.. changes.Where(c => c.StartsWith(kind, StringComparison.Ordinal)).Select(c => prefix + c[kind.Length..c.LastIndexOf('/')]).Distinct()];
}
