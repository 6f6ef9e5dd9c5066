using System.Globalization;
using System.Text;

namespace Cki.Reporting;

/// <summary>Folds changed runs into the pages of their days and trees. A lost page is found out anew from what is below it.</summary>
internal sealed class BoardTrees(SuitePorts ports, BoardReading reading)
{
    /// <summary>Entries read to find a lost day out anew.</summary>
    private const int HealMax = 1000;

    private const int DaysHealed = 60;

    private readonly BoardStore _board = new(ports);

    /// <summary>The trees that have changed, as they then stand, and the counts of the days that have.</summary>
    public async Task<(IReadOnlyList<BoardTree> Trees, IReadOnlyList<BoardDayCount> Days)> FoldAsync(IReadOnlyList<BoardEntry> changed, CancellationToken cancellationToken)
    {
        var trees = new List<BoardTree>();
        var counts = new List<BoardDayCount>();
        foreach (IGrouping<TreeName, BoardEntry> tree in changed.GroupBy(e => e.Tree).OrderBy(g => g.Key.Value, StringComparer.Ordinal))
        {
            var days = new List<BoardDayCount>();
            foreach (IGrouping<string, BoardEntry> day in tree.GroupBy(e => e.Day).OrderBy(g => g.Key, StringComparer.Ordinal))
                days.Add(BoardFolding.Count(await DayAsync(tree.Key, day.Key, day, cancellationToken)));
            trees.Add(await TreeAsync(tree.Key, [.. tree], days, cancellationToken));
            counts.AddRange(days);
        }
        return (trees, counts);
    }

    /// <summary>All trees that have a page.</summary>
    public async Task<IReadOnlyList<BoardTree>> AllAsync(CancellationToken cancellationToken) =>
        await reading.EachAsync(await reading.FilesAsync(BoardTree.Prefix, HealMax, cancellationToken), BoardJson.Default.BoardTree, cancellationToken);

    /// <summary>How a tree is heard of; null: it is not looked at, or was not yet.</summary>
    public async Task<BoardTreeHealth?> HealthAsync(TreeName tree, CancellationToken cancellationToken)
    {
        if (await reading.OneAsync(TreeHeads.Key(tree), DocumentJson.Default.TreeHeads, cancellationToken) is not { } heads)
            return null;
        HookRecord? hook = ports.Config.Current.Tree(tree)?.Project is { } project
            ? await reading.OneAsync(HookRecord.Key(project), HookJson.Default.HookRecord, cancellationToken)
            : null;
        string? error = heads.PollError is { } said ? SafeText.Line(said, 200) : null;
        return new BoardTreeHealth(heads.PolledAt, heads.PollFailingSince, error, hook?.Trouble?.Since, hook?.Trouble?.Why)
        {
            Waiting = heads.Waiting?.Values.Sum(w => w.Count) ?? 0,
            Branches = heads.Branches.Count,
        };
    }

    /// <summary>Newest first; all trees'.</summary>
    public async Task<IReadOnlyList<BoardEntry>> NewestAsync(int most, CancellationToken cancellationToken) =>
        await reading.UnderAsync(BoardEntry.Prefix, most, BoardJson.Default.BoardEntry, cancellationToken);

    private async Task<BoardDay> DayAsync(TreeName tree, string day, IEnumerable<BoardEntry> changed, CancellationToken cancellationToken)
    {
        string[] keys = [.. changed.Select(e => e.Key)];
        var document = new BoardDocument<BoardDay>(
            BoardDay.JsonKey(tree, day), BoardJson.Default.BoardDay, [BoardDay.PageKey(tree, day)], d => [Page(BoardDay.PageKey(tree, day), TreePage.Of(d))]);
        // Entries are read after the day's version: another rewrite may have known newer ones.
        return await _board.FoldAsync(
            document,
            async (old, ct) => BoardFolding.Of(old, tree, day, [.. await reading.EachAsync(keys, BoardJson.Default.BoardEntry, ct), .. old is null ? await LostAsync(tree, day, ct) : []]),
            cancellationToken);
    }

    /// <summary>What a day held that the tree has counted and that is not there any more. Most days are not there because they are new.</summary>
    private async Task<IReadOnlyList<BoardEntry>> LostAsync(TreeName tree, string day, CancellationToken cancellationToken)
    {
        BoardTree? known = await reading.OneAsync(BoardTree.JsonKey(tree), BoardJson.Default.BoardTree, cancellationToken);
        if (known is null || known.Days.All(d => d.Day != day))
            return [];
        DateTimeOffset begins = DateTimeOffset.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        IReadOnlyList<string> keys = await ports.Store.ListAsync(BoardEntry.Prefix, BoardEntry.After(begins.AddDays(1).AddMilliseconds(-1)), HealMax, cancellationToken);
        string end = BoardEntry.After(begins.AddMilliseconds(-1));
        IReadOnlyList<BoardEntry> all = await reading.EachAsync(keys.TakeWhile(k => string.CompareOrdinal(k, end) < 0), BoardJson.Default.BoardEntry, cancellationToken);
        return [.. all.Where(e => e.Tree == tree)];
    }

    private Task<BoardTree> TreeAsync(TreeName tree, IReadOnlyList<BoardEntry> changed, IReadOnlyList<BoardDayCount> days, CancellationToken cancellationToken)
    {
        var document = new BoardDocument<BoardTree>(
            BoardTree.JsonKey(tree), BoardJson.Default.BoardTree, [BoardTree.PageKey(tree), BoardTree.FeedKey(tree)],
            t => [Page(BoardTree.PageKey(tree), TreePage.Of(t)), new BoardObject(BoardTree.FeedKey(tree), TreeFeed.Of(t))]);
        HashSet<RunId> runs = [.. changed.Select(e => e.Run)];
        return _board.FoldAsync(document, async (old, ct) =>
        {
            BoardTree? standing = old ?? await LostAsync(tree, ct);
            // Likewise: the days as they stand behind the tree's version.
            IReadOnlyList<BoardDay> stand = await reading.EachAsync(days.Select(d => BoardDay.JsonKey(tree, d.Day)), BoardJson.Default.BoardDay, ct);
            BoardEntry[] newest = [.. stand.SelectMany(d => d.Runs).Where(r => runs.Contains(r.Run))];
            return BoardFolding.Of(standing, tree, newest, [.. stand.Select(BoardFolding.Count)]) with { Health = await HealthAsync(tree, ct) };
        }, cancellationToken);
    }

    /// <summary>A tree's page out of those of its newest days; null: it has none.</summary>
    private async Task<BoardTree?> LostAsync(TreeName tree, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> keys = await reading.FilesAsync(BoardDay.Prefix(tree), 2 * HealMax, cancellationToken);
        BoardTree? found = null;
        foreach (BoardDay day in await reading.EachAsync(keys.TakeLast(DaysHealed), BoardJson.Default.BoardDay, cancellationToken))
            found = BoardFolding.Of(found, tree, day.Runs, [BoardFolding.Count(day)]);
        return found;
    }

    private static BoardObject Page(string key, string html) => new(key, Encoding.UTF8.GetBytes(html));
}
