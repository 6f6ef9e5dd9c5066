using System.Text.Json;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>A board of 10,000 runs: what one change touches is counted, no page is heavy, and what is lost is found again.</summary>
public sealed class BoardSizeTests(ITestOutputHelper output)
{
    private const int RunsMany = 10_000;
    private static readonly TreeName[] s_trees = [new("mainline"), new("net-next"), new("stable")];

    private readonly ReportingWorld _world = new();

    [Fact]
    public async Task One_change_touches_a_bounded_number_of_objects_however_many_runs_there_are()
    {
        (int Reads, int Writes) few = await ChangeAsync(10);
        (int Reads, int Writes) many = await ChangeAsync(RunsMany);
        output.WriteLine($"one run's change and the rewrite of the indexes that follows: {many.Reads} reads and lists, {many.Writes} writes and deletes of {RunsMany} runs; {few.Reads} and {few.Writes} of 10");
        Assert.InRange(many.Reads, 20, few.Reads + 12);
        Assert.InRange(many.Writes, 10, 32);
        Assert.InRange(many.Reads, 20, 75);
    }

    [Fact]
    public async Task No_page_of_ten_thousand_runs_is_over_500_KB()
    {
        Fill(RunsMany, 1);
        await SettleAsync();
        int heaviest = 0;
        foreach (string key in _world.Memory.Store.Under("board/"))
        {
            int bytes = (await _world.Memory.Store.GetAsync(key, CancellationToken.None))!.Body.Length;
            Assert.True(bytes <= 500_000, $"{key} has {bytes} bytes");
            heaviest = Math.Max(heaviest, bytes);
        }
        output.WriteLine($"heaviest object {heaviest} bytes; index {_world.Page(BoardIndexed.Page).Length}, tree {_world.Page("board/trees/mainline.html").Length}");
        Assert.Contains("Only the newest", _world.Page("board/trees/mainline/2026-11-22.html"));
    }

    [Fact]
    public async Task A_lost_day_is_found_again_with_its_next_change()
    {
        Fill(100, 3);
        await SettleAsync();
        string day = BoardDay.JsonKey(s_trees[0], "2026-11-22");
        string before = _world.Page(day);
        await _world.Memory.Store.DeleteAsync(day, CancellationToken.None);
        await SettleAsync(RunsMany);
        BoardDay found = JsonSerializer.Deserialize(_world.Page(day), BoardJson.Default.BoardDay)!;
        Assert.Equal(JsonSerializer.Deserialize(before, BoardJson.Default.BoardDay)!.Runs.Select(r => r.Run), found.Runs.Select(r => r.Run));
    }

    [Fact]
    public async Task A_lost_tree_index_and_history_are_found_again()
    {
        Fill(100, 3);
        await SettleAsync();
        string[] lost = [BoardTree.JsonKey(s_trees[0]), BoardIndexed.Json, BoardHistory.Json];
        string[] before = [.. lost.Select(_world.Page)];
        foreach (string key in lost)
            await _world.Memory.Store.DeleteAsync(key, CancellationToken.None);
        await SettleAsync(1);
        BoardTree tree = JsonSerializer.Deserialize(_world.Page(lost[0]), BoardJson.Default.BoardTree)!;
        BoardTree was = JsonSerializer.Deserialize(before[0], BoardJson.Default.BoardTree)!;
        Assert.Equal((was.Newest.Select(r => r.Run), was.Days), (tree.Newest.Select(r => r.Run), tree.Days), new Sequences());
        Assert.Equal(was.Branches.Select(b => (b.Name, b.Marks.Count)), tree.Branches.Select(b => (b.Name, b.Marks.Count)));
        Assert.Equal(before[1], _world.Page(lost[1]));
        Assert.Equal(before[2], _world.Page(lost[2]));
    }

    [Fact]
    public async Task A_board_of_an_older_release_is_taken_over()
    {
        for (int i = 0; i < 50; i++)
        {
            BoardEntry entry = Entry(i, 2);
            _world.Memory.Store.Set(entry.Key, entry, BoardJson.Default.BoardEntry);
        }
        _world.Memory.Store.SetText(BoardIndexed.Json, """{"runs":[],"notices":[],"v":1}""");
        _world.Send(new BoardIndex());
        await _world.RunAsync();
        BoardIndexed index = JsonSerializer.Deserialize(_world.Page(BoardIndexed.Json), BoardJson.Default.BoardIndexed)!;
        Assert.Equal((30, 3, BoardIndexed.Current), (index.Runs.Count, index.Trees.Count, index.V));
    }

    [Fact]
    public async Task More_changes_than_one_rewrite_takes_are_taken_by_the_next()
    {
        for (int i = 0; i < 700; i++)
        {
            BoardEntry entry = Entry(i, 2);
            _world.Memory.Store.Set(entry.Key, entry, BoardJson.Default.BoardEntry);
            _world.Memory.Store.SetText($"{BoardChange.Runs}{entry.Key[BoardEntry.Prefix.Length..]}/{i}", "{}");
        }
        _world.Send(new BoardIndex());
        await _world.RunAsync();
        Assert.Equal([], _world.Memory.Store.Under(BoardChange.Prefix));
        BoardHistory history = JsonSerializer.Deserialize(_world.Page(BoardHistory.Json), BoardJson.Default.BoardHistory)!;
        Assert.Equal(700, history.Days.Sum(d => d.All));
    }

    [Fact]
    public async Task An_older_fold_never_replaces_a_newer_one()
    {
        var world = new ReportingWorld(A.Config());
        RunId run = world.Arrange(null).Run;
        world.Send(new RunStarted(run, 1));
        await world.RunAsync();
        world.Arrange(Runs.Failed());
        string day = BoardDay.JsonKey(s_trees[0], "2026-11-22");
        BoardDay newer = JsonSerializer.Deserialize(world.Page(day), BoardJson.Default.BoardDay)!;
        int folds = 0;
        // Another rewrite adds a run between the reading of the day and the write of what was made of it.
        world.Memory.Store.After = (operation, key) =>
        {
            if (operation != "get" || key != day || folds++ > 0)
                return;
            world.Memory.Store.Set(day, newer with { Runs = [.. newer.Runs, Entry(7, 1) with { Tree = s_trees[0] }] }, BoardJson.Default.BoardDay);
        };
        world.Send(new RunSettled(run, 1));
        await world.RunAsync();
        BoardDay stands = JsonSerializer.Deserialize(world.Page(day), BoardJson.Default.BoardDay)!;
        Assert.Equal([Verdict.Failed, Verdict.Failed], stands.Runs.Select(r => r.Verdict));
    }

    private static async Task<(int Reads, int Writes)> ChangeAsync(int runs)
    {
        var test = new BoardSizeTests(TestContext.Current.TestOutputHelper!);
        test.Fill(runs, 50);
        await test.SettleAsync();
        (int reads, int writes) = (0, 0);
        test._world.Arrange(Runs.Passed());
        test._world.Memory.Store.Before = (operation, key) =>
        {
            bool isBoard = !key.StartsWith("reported/", StringComparison.Ordinal) && !key.StartsWith("runs/", StringComparison.Ordinal);
            reads += isBoard && operation is "get" or "list" ? 1 : 0;
            writes += isBoard && operation is "put" or "delete" ? 1 : 0;
        };
        test._world.Send(new RunChanged(Runs.Detection().Run));
        await test._world.RunAsync(TimeSpan.FromMinutes(2));
        Assert.Contains("PASS", test._world.Page("board/trees/mainline.html"));
        return (reads, writes);
    }

    /// <summary>A run of today fails; the indexes follow.</summary>
    private async Task SettleAsync(int number = 0)
    {
        RunDetection run = _world.Arrange(Runs.Failed());
        _world.Send(new RunChanged(run.Run) { Anew = number > 0 });
        await _world.RunAsync(TimeSpan.FromMinutes(20));
    }

    /// <summary>As rewrites would have left it.</summary>
    private void Fill(int runs, int days)
    {
        BoardEntry[] entries = [.. Enumerable.Range(0, runs).Select(i => Entry(i, days))];
        foreach (BoardEntry entry in entries)
            _world.Memory.Store.Set(entry.Key, entry, BoardJson.Default.BoardEntry);
        var trees = new List<BoardTree>();
        BoardHistory? history = null;
        foreach (IGrouping<TreeName, BoardEntry> tree in entries.GroupBy(e => e.Tree))
        {
            BoardTree? whole = null;
            foreach (IGrouping<string, BoardEntry> day in tree.GroupBy(e => e.Day))
            {
                BoardDay of = BoardFolding.Of(null, tree.Key, day.Key, [.. day]);
                _world.Memory.Store.Set(BoardDay.JsonKey(tree.Key, day.Key), of, BoardJson.Default.BoardDay);
                whole = BoardFolding.Of(whole, tree.Key, of.Runs, [BoardFolding.Count(of)]);
                history = BoardFolding.Of(history, [BoardFolding.Count(of)]);
            }
            _world.Memory.Store.Set(BoardTree.JsonKey(tree.Key), whole!, BoardJson.Default.BoardTree);
            trees.Add(whole!);
        }
        _world.Memory.Store.Set(BoardHistory.Json, history!, BoardJson.Default.BoardHistory);
        _world.Memory.Store.Set(BoardIndexed.Json, BoardFolding.Of(null, trees, []), BoardJson.Default.BoardIndexed);
    }

    private static BoardEntry Entry(int i, int days)
    {
        RunResult? result = (i % 7) switch { 0 => Runs.Failed(), 1 => Runs.Other(Verdict.Infrastructure, "a disk was full."), 2 => null, _ => Runs.Passed() };
        return Boards.Entry(i == 7 ? Runs.Failed() : result, 0, $"net: a change with a title of the usual length, number {i}") with
        {
            Run = new RunId($"mainline-some-branch-of-it-777777777777-{i:x8}"), Tree = s_trees[i % 3], Branch = $"branch-{i % 12}",
            DetectedAt = A.Noon.AddHours(-11).AddDays(-(i % days)).AddSeconds(i),
        };
    }

    private sealed class Sequences : IEqualityComparer<(IEnumerable<RunId> Runs, IReadOnlyList<BoardDayCount> Days)>
    {
        public bool Equals((IEnumerable<RunId> Runs, IReadOnlyList<BoardDayCount> Days) x, (IEnumerable<RunId> Runs, IReadOnlyList<BoardDayCount> Days) y) =>
            x.Runs.SequenceEqual(y.Runs) && x.Days.SequenceEqual(y.Days);

        public int GetHashCode((IEnumerable<RunId> Runs, IReadOnlyList<BoardDayCount> Days) obj) => obj.Days.Count;
    }
}
