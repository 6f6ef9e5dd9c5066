using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>A stack's memory into a file, and from it into another stack or onto one machine.</summary>
public sealed class StackBackupTests(StackMoto moto) : IClassFixture<StackMoto>
{
    private static readonly TreeName s_tree = new("linux");
    private static readonly CommitSha s_sha = CommitSha.Parse(new string('a', 40));
    private static readonly DateTimeOffset s_noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_a_stack_remembers_comes_back_in_another_one_and_on_one_machine()
    {
        using var scratch = new Scratch();
        await using TestStack lost = await TestStack.MakeAsync(moto, "lost");
        await FillAsync(lost.Documents);
        string file = scratch.In("lost.backup"), small = scratch.In("small.backup");

        Assert.Equal(0, (await lost.VerbAsync("backup", file, "--archive")).Code);
        Assert.Equal(0, (await lost.VerbAsync("backup", small)).Code);
        Assert.Equal((2, $"cki: {small} is there already; --force replaces it"), await lost.VerbAsync("backup", small));

        string list = (await lost.VerbAsync("run", "list")).Output;
        await using TestStack next = await TestStack.MakeAsync(moto, "next");
        Assert.Equal(0, (await next.VerbAsync("restore", small)).Code);
        Assert.Equal(list, (await next.VerbAsync("run", "list")).Output);
        Assert.Equal(new TreeHeads(s_tree).FirstSeenAt, (await next.Documents.GetAsync(TreeHeads.Key(s_tree), DocumentJson.Default.TreeHeads, default))!.Value.FirstSeenAt);
        Assert.Empty(await next.Documents.KeysAsync("deliveries/", 10, default));
        Assert.Contains("restored from small.backup", (await next.VerbAsync("pause")).Output);
        Assert.Equal((2, "cki: --stack next has runs of its own: restore into one that has none"), await next.VerbAsync("restore", small));

        Assert.Equal(0, (await CkiUp.VerbAsync("restore", file, "--data", scratch.In("data"))).Code);
        Assert.Equal(list, (await CkiUp.VerbAsync("run", "list", "--data", scratch.In("data"))).Output);
        Assert.Equal(["deliveries/2026/11/22/12/gitlab/d-1.json"], await Store.KeysAsync(scratch, "deliveries/"));
        Assert.Equal(2, (await CkiUp.VerbAsync("restore", scratch.Write("other", "no backup"), "--data", scratch.In("data2"))).Code);
    }

    private static async Task FillAsync(Documents documents)
    {
        var run = new RunDetection(RunIds.Of(s_tree, "main", s_sha), s_tree, "main", s_sha, FoundBy.Webhook, s_noon);
        await documents.PutAsync(RunIds.DetectionKey(run.Run), run, DocumentJson.Default.RunDetection, default);
        var heads = new TreeHeads(s_tree) { FirstSeenAt = s_noon };
        heads.Branches["main"] = new Head(s_sha, s_noon);
        await documents.PutAsync(TreeHeads.Key(s_tree), heads, DocumentJson.Default.TreeHeads, default);
        var delivery = new ArchivedDelivery("d-1", "gitlab", s_noon, new Dictionary<string, string>(), Convert.ToBase64String("{}"u8), "push");
        await documents.PutAsync(delivery.Key, delivery, DocumentJson.Default.ArchivedDelivery, default);
    }
}
