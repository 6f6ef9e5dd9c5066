using Cki.Tests.Doubles;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ToolRooms;

public sealed class RestoredStoreTests
{
    [Fact]
    public async Task What_heads_and_merge_requests_were_becomes_a_baseline_and_commits_tested_once_stay_so()
    {
        var store = new MemoryStore();
        var tree = new TreeName("mainline");
        CommitSha sha = CommitSha.Parse(new string('a', 40));
        var claim = new CommitClaim(sha, RunIds.Of(tree, "master", sha), "master");
        store.Set(TreeHeads.Key(tree), new TreeHeads(tree) { FirstSeenAt = A.Noon }, DocumentJson.Default.TreeHeads);
        store.Set(TreeOthers.Key(tree), new TreeOthers(tree) { FirstSeenAt = A.Noon, LookedTo = A.Noon }, DocumentJson.Default.TreeOthers);
        store.Set(CommitClaim.Key(tree, sha), claim, DocumentJson.Default.CommitClaim);

        await RestoredStore.SettleAsync(store, "a.backup", CancellationToken.None);

        Assert.Null(store.Peek(TreeHeads.Key(tree), DocumentJson.Default.TreeHeads)!.FirstSeenAt);
        TreeOthers others = store.Peek(TreeOthers.Key(tree), DocumentJson.Default.TreeOthers)!;
        Assert.Equal(tree, others.Tree);
        Assert.Null(others.FirstSeenAt ?? others.LookedTo);
        Assert.Equal(claim, store.Peek(CommitClaim.Key(tree, sha), DocumentJson.Default.CommitClaim));
    }
}
