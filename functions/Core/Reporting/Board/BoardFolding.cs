using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>How runs' entries go into the indexes. Pure; folding the same entry again changes nothing, and every list is bounded.</summary>
public static class BoardFolding
{
    /// <summary>No JSON beside a page is heavier, in bytes; no page is either, see <see cref="BoardFrame.PageMax"/>.</summary>
    public const int BytesMax = 450_000;

    public const int RunsOfDayMax = 1000;

    private const int NewestMax = 60;
    private const int BranchesMax = 60;
    private const int MarksMax = 16;
    private const int DaysMax = 400;
    private const int IndexRunsMax = 30;
    private const int IndexTreesMax = 300;
    private const int IndexStripsMax = 40;
    private const int IndexBranchesMax = 5;
    private const int IndexMarksMax = 10;
    private const int NoticesMax = 100;
    private const int EndedNoticesMax = 5;
    private const int HistoryDaysMax = 60;
    private const int HistoryRowsMax = 3000;

    /// <param name="changed">Of this tree and day.</param>
    public static BoardDay Of(BoardDay? day, TreeName tree, string of, IReadOnlyList<BoardEntry> changed)
    {
        List<BoardEntry> all = Newest(day?.Runs ?? [], changed);
        var whole = new BoardDay(tree, of, [.. all.Take(RunsOfDayMax)]) { IsCut = day is { IsCut: true } || all.Count > RunsOfDayMax };
        return Fit(whole, BoardJson.Default.BoardDay, d => d with { Runs = [.. d.Runs.Take(d.Runs.Count * 3 / 4)], IsCut = true });
    }

    public static BoardDayCount Count(BoardDay day)
    {
        BoardEntry[] tested = [.. day.Runs.Where(r => r.IsTested)];
        int Of(Verdict verdict) => tested.Count(r => r.Verdict == verdict);
        int settled = tested.Count(r => r.Verdict is not null);
        (int passed, int failed, int ours, int unknown) = (Of(Verdict.Passed), Of(Verdict.Failed), Of(Verdict.Infrastructure), Of(Verdict.Undetermined));
        return new BoardDayCount(
            day.Tree, day.Day, passed, failed, ours, unknown, settled - passed - failed - ours - unknown, tested.Length - settled, day.Runs.Count - tested.Length)
        {
            Missed = BoardMissed.Of(tested),
        };
    }

    /// <param name="changed">Of this tree.</param>
    /// <param name="days">As they stand now.</param>
    public static BoardTree Of(BoardTree? tree, TreeName of, IReadOnlyList<BoardEntry> changed, IReadOnlyList<BoardDayCount> days)
    {
        string[] counted = [.. days.Select(d => d.Day)];
        var whole = new BoardTree(
            of,
            [.. Newest(tree?.Newest ?? [], changed).Take(NewestMax)],
            [.. Branches(tree?.Branches ?? [], changed).OrderByDescending(b => b.LastAt).ThenBy(b => b.Name, StringComparer.Ordinal).Take(BranchesMax)],
            [.. (tree?.Days ?? []).Where(d => !counted.Contains(d.Day)).Concat(days).OrderByDescending(d => d.Day, StringComparer.Ordinal).Take(DaysMax)]);
        return Fit(whole, BoardJson.Default.BoardTree, t => t with { Newest = Half(t.Newest), Branches = Half(t.Branches) });
    }

    public static BoardHistory Of(BoardHistory? history, IReadOnlyList<BoardDayCount> days)
    {
        HashSet<(TreeName, string)> changed = [.. days.Select(d => (d.Tree, d.Day))];
        BoardDayCount[] all =
        [
            .. (history?.Days ?? []).Where(d => !changed.Contains((d.Tree, d.Day))).Concat(days)
                .OrderByDescending(d => d.Day, StringComparer.Ordinal).ThenBy(d => d.Tree.Value, StringComparer.Ordinal),
        ];
        string[] shown = [.. all.Select(d => d.Day).Distinct().Take(HistoryDaysMax)];
        return Fit(
            new BoardHistory([.. all.Where(d => shown.Contains(d.Day)).Take(HistoryRowsMax)]), BoardJson.Default.BoardHistory, h => h with { Days = [.. h.Days.Take(h.Days.Count * 3 / 4)] });
    }

    /// <param name="trees">Those that have changed.</param>
    public static BoardIndexed Of(BoardIndexed? index, IReadOnlyList<BoardTree> trees, IReadOnlyList<NoticeState> notices)
    {
        HashSet<TreeName> changed = [.. trees.Select(t => t.Tree)];
        BoardTreeLine[] lines =
        [
            .. (index?.Trees ?? []).Where(t => !changed.Contains(t.Tree)).Concat(trees.Select(Line))
                .OrderByDescending(t => t.LastAt).ThenBy(t => t.Tree.Value, StringComparer.Ordinal).Take(IndexTreesMax),
        ];
        return Fit(
            new BoardIndexed([.. Newest(index?.Runs ?? [], [.. trees.SelectMany(t => t.Newest)]).Take(IndexRunsMax)], Notices(index?.Notices ?? [], notices))
            {
                Trees = [.. lines.Select((t, i) => i < IndexStripsMax ? t : t with { Branches = [] })],
            },
            BoardJson.Default.BoardIndexed,
            i => i with { Runs = Half(i.Runs), Notices = Half(i.Notices), Trees = [.. i.Trees.Select(t => t with { Branches = Half(t.Branches) })] });
    }

    private static BoardTreeLine Line(BoardTree tree) => new(
        tree.Tree,
        tree.Newest.Count > 0 ? tree.Newest[0].DetectedAt : DateTimeOffset.UnixEpoch,
        [.. tree.Branches.Take(IndexBranchesMax).Select(b => b with { Marks = [.. b.Marks.Take(IndexMarksMax)] })]);

    /// <summary>Those that stand, the newest first, then a few that ended of late. One that ended before it began was never told.</summary>
    private static IReadOnlyList<NoticeState> Notices(IReadOnlyList<NoticeState> shown, IReadOnlyList<NoticeState> changed)
    {
        HashSet<string> keys = [.. changed.Select(n => n.Key)];
        NoticeState[] all = [.. shown.Where(n => !keys.Contains(n.Key)).Concat(changed)];
        return
        [
            .. all.Where(n => n.EndedAt is null).OrderByDescending(n => n.Since).ThenBy(n => n.Key, StringComparer.Ordinal).Take(NoticesMax),
            .. all.Where(n => n is { EndedAt: not null, Count: > 0 }).OrderByDescending(n => n.EndedAt).ThenBy(n => n.Key, StringComparer.Ordinal).Take(EndedNoticesMax),
        ];
    }

    private static IEnumerable<BoardBranch> Branches(IReadOnlyList<BoardBranch> branches, IReadOnlyList<BoardEntry> changed)
    {
        ILookup<string, BoardEntry> byBranch = changed.Where(e => e.IsTested).ToLookup(e => e.Branch, StringComparer.Ordinal);
        foreach (BoardBranch branch in branches)
            yield return byBranch.Contains(branch.Name) ? With(branch.Name, branch.Marks, byBranch[branch.Name]) : branch;
        foreach (IGrouping<string, BoardEntry> branch in byBranch.Where(b => branches.All(known => known.Name != b.Key)))
            yield return With(branch.Key, [], branch);
    }

    private static BoardBranch With(string name, IReadOnlyList<BoardMark> marks, IEnumerable<BoardEntry> changed)
    {
        BoardMark[] of = [.. changed.Select(e => new BoardMark(e.Run, e.Sha, e.DetectedAt, e.Verdict))];
        HashSet<RunId> runs = [.. of.Select(m => m.Run)];
        BoardMark[] all = [.. marks.Where(m => !runs.Contains(m.Run)).Concat(of).OrderByDescending(m => m.At).ThenBy(m => m.Run.Value, StringComparer.Ordinal).Take(MarksMax)];
        return new BoardBranch(name, all[0].At, all);
    }

    private static List<BoardEntry> Newest(IReadOnlyList<BoardEntry> shown, IReadOnlyList<BoardEntry> changed)
    {
        HashSet<RunId> runs = [.. changed.Select(e => e.Run)];
        return [.. shown.Where(e => !runs.Contains(e.Run)).Concat(changed.DistinctBy(e => e.Run)).OrderByDescending(e => e.DetectedAt).ThenBy(e => e.Run.Value, StringComparer.Ordinal)];
    }

    private static T[] Half<T>(IReadOnlyList<T> list) => [.. list.Take(list.Count / 2)];

    /// <summary>Titles of nothing but escapes are rare, and must not make a page heavy.</summary>
    private static T Fit<T>(T whole, JsonTypeInfo<T> type, Func<T, T> smaller)
    {
        T fitting = whole;
        for (int tries = 0; tries < 12 && JsonSerializer.SerializeToUtf8Bytes(fitting, type).Length > BytesMax; tries++)
            fitting = smaller(fitting);
        return fitting;
    }
}
