using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

/// <summary>What a new head becomes: by path, once per tree, each commit or the tip.</summary>
public sealed class TakingTests
{
    private static DetectionWorld World(TreeRules rules)
    {
        var world = new DetectionWorld(Config(Tree() with { Rules = rules }));
        world.Servers.History.AddRange([(Sha('a'), ["Makefile"]), (Sha('b'), ["Documentation/x.rst"]), (Sha('c'), ["drivers/net/phy.c"]), (Sha('d'), ["Documentation/y.rst"])]);
        return world;
    }

    private static readonly TreeRules Drivers = new() { Paths = ["drivers/**", "!drivers/staging/**"] };

    [Theory]
    [InlineData(null, false)]
    [InlineData("drivers/net/phy.c", false)]
    [InlineData("drivers/staging/a.c", true)]
    [InlineData("drivers/staging/a.c drivers/b.c", false)]
    [InlineData("Makefile init/main.c", true)]
    [InlineData("", true)]
    public void A_head_is_skipped_only_when_no_change_counts(string? files, bool isSkipped) =>
        Assert.Equal(isSkipped, ChangedPaths.WhySkipped(Drivers, files?.Split(' ', StringSplitOptions.RemoveEmptyEntries)) is not null);

    [Fact]
    public void Without_a_filter_every_change_counts() => Assert.Null(ChangedPaths.WhySkipped(TreeRules.Default, []));

    [Fact]
    public async Task A_head_that_changes_none_of_the_paths_is_skipped_with_the_reason_and_the_next_is_compared_with_it()
    {
        DetectionWorld world = World(Drivers);
        world.Know(("main", 'a'));
        await world.PushAsync('a', 'b');
        Assert.Equal("It changes none of the tree's paths (drivers/**, !drivers/staging/**): Documentation/x.rst.", world.Run('b')!.Reason);
        Assert.Equal(["b Skipped", "main=b"], [.. world.Runs(), .. world.HeadList()]);
        Assert.Equal("report", Assert.Single(world.Ports.Queue.Sent).Queue);
        await world.PushAsync('b', 'c');
        await world.PushAsync('c', 'd');
        Assert.Equal(["b Skipped", "c Detected", "d Skipped"], world.Runs());
    }

    [Fact]
    public async Task Where_changes_cannot_be_known_the_head_is_tested()
    {
        DetectionWorld world = World(Drivers);
        world.Know(("main", 'a'));
        world.Servers.TellsNoCommits = true;
        await world.PushAsync('a', 'b');
        await world.PushAsync(null, 'd', "refs/heads/release/1");
        Assert.Equal(["b Detected", "d Detected"], world.Runs());
    }

    [Fact]
    public async Task The_run_of_a_tip_lists_the_commits_that_it_covers()
    {
        DetectionWorld world = World(TreeRules.Default);
        world.Know(("main", 'a'));
        world.Servers.Branches["main"] = Sha('d');
        await world.PollAsync();
        Assert.Equal([new CoveredCommit(Sha('c'), "Title of cccccccccccc"), new CoveredCommit(Sha('b'), "Title of bbbbbbbbbbbb")], world.Run('d')!.Covers);
        Assert.Equal((2, null), (world.Run('d')!.CoversCount, world.Run('d')!.CoversUnknown));
        Assert.Equal(["d Detected"], world.Runs());
    }

    [Fact]
    public async Task A_tip_is_tested_even_where_nobody_tells_what_it_covers()
    {
        DetectionWorld world = World(TreeRules.Default);
        world.Know(("main", 'a'));
        world.Servers.TellsNoCommits = true;
        await world.PushAsync('a', 'd');
        Assert.Equal(["d Detected", "main=d"], [.. world.Runs(), .. world.HeadList()]);
        Assert.StartsWith("GitLab could not be asked: ", world.Run('d')!.CoversUnknown);
    }

    [Fact]
    public async Task Each_commit_between_two_heads_gets_its_run_where_the_tree_wants_it()
    {
        DetectionWorld world = World(new TreeRules { EveryCommit = true });
        world.Know(("main", 'a'));
        await world.PushAsync('a', 'd');
        Assert.Equal(["b Detected", "c Detected", "d Detected"], world.Runs());
        Assert.Equal((Sha('a'), Sha('b'), Sha('c')), (world.Run('b')!.Previous, world.Run('c')!.Previous, world.Run('d')!.Previous));
        Assert.Equal(3, world.Ports.Queue.Messages<CommitDetected>().Count());
        Assert.Equal(["main=d"], world.HeadList());
    }

    [Fact]
    public async Task Many_commits_are_paced_and_none_is_left_out()
    {
        DetectionWorld world = World(new TreeRules { EveryCommit = true, AtOnce = 2 });
        world.Know(("main", 'a'));
        world.Servers.Branches["main"] = Sha('d');
        await world.PollAsync();
        Assert.Equal(["b Detected", "c Detected", "main=c"], [.. world.Runs(), .. world.HeadList()]);
        await world.PollAsync();
        Assert.Equal(["b Detected", "c Detected", "d Detected", "main=d"], [.. world.Runs(), .. world.HeadList()]);
    }

    [Fact]
    public async Task Commits_that_cannot_be_listed_are_not_passed_over()
    {
        DetectionWorld world = World(new TreeRules { EveryCommit = true });
        world.Know(("main", 'a'));
        world.Servers.TellsNoCommits = true;
        await Assert.ThrowsAnyAsync<FlowTaskException>(() => world.PushAsync('a', 'd'));
        world.Servers.Branches["main"] = Sha('d');
        await world.PollAsync();
        Assert.Equal(["main=a"], [.. world.Runs(), .. world.HeadList()]);
    }

    [Fact]
    public async Task A_commit_on_two_branches_is_one_run_where_the_tree_wants_it_once()
    {
        DetectionWorld world = World(new TreeRules { OncePerTree = true });
        world.Know(("main", 'a'), ("release/1", 'a'));
        await world.PushAsync('a', 'b');
        await world.PushAsync('b', 'c');
        await world.PushAsync('a', 'b', "refs/heads/release/1");
        await world.PushAsync('a', 'b', "refs/heads/release/1");
        Assert.Equal(["b Covered", "b Detected", "c Detected"], world.Runs());
        RunDetection second = world.Run('b', "release/1")!;
        Assert.Equal((world.Run('b')!.Run, "The commit is tested once per tree: on main."), (second.CoveredBy!.Value, second.Reason));
        Assert.Equal(["main=c", "release/1=b"], world.HeadList());
    }

    [Fact]
    public async Task A_claim_without_a_run_is_taken_over()
    {
        DetectionWorld world = World(new TreeRules { OncePerTree = true });
        world.Know(("main", 'a'));
        TreeName tree = Tree().Name;
        world.Ports.Store.Set(CommitClaim.Key(tree, Sha('b')), new CommitClaim(Sha('b'), RunIds.Of(tree, "gone", Sha('b')), "gone"), DocumentJson.Default.CommitClaim);
        await world.PushAsync('a', 'b');
        Assert.Equal(["b Detected"], world.Runs());
    }

    [Fact]
    public async Task A_commit_on_two_branches_is_two_runs_by_default()
    {
        DetectionWorld world = World(TreeRules.Default);
        world.Know(("main", 'a'), ("release/1", 'a'));
        await world.PushAsync('a', 'b');
        await world.PushAsync('a', 'b', "refs/heads/release/1");
        Assert.Equal(["b Detected", "b Detected"], world.Runs());
    }
}
