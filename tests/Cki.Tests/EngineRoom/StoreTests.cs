using System.Text;
using Cki.Engine;
using Xunit;

namespace Cki.Tests.EngineRooms;

public sealed class StoreTests : IDisposable
{
    private readonly EngineFixture engine = new();

    public void Dispose() => engine.Dispose();

    [Fact]
    public async Task What_was_put_is_read_with_its_version()
    {
        string version = Stored(await PutAsync("runs/a", "one", new PutCondition.Always()));
        Assert.Equal(("one", version), await GetAsync("runs/a"));
        string next = Stored(await PutAsync("runs/a", "two", new PutCondition.Always()));
        Assert.NotEqual(version, next);
        Assert.Equal(("two", next), await GetAsync("runs/a"));
    }

    [Fact]
    public async Task What_is_not_there_is_null_and_may_be_deleted()
    {
        Assert.Null(await engine.Store.GetAsync("nothing", EngineFixture.Stop));
        await engine.Store.DeleteAsync("nothing", EngineFixture.Stop);
    }

    [Fact]
    public async Task Only_the_first_creates()
    {
        Assert.IsType<PutOutcome.Stored>(await PutAsync("k", "first", new PutCondition.IfAbsent()));
        Assert.Equal(new PutOutcome.Lost(), await PutAsync("k", "second", new PutCondition.IfAbsent()));
        Assert.Equal("first", (await GetAsync("k"))?.Body);
    }

    [Fact]
    public async Task Of_many_at_once_exactly_one_wins()
    {
        string version = Stored(await PutAsync("k", "start", new PutCondition.Always()));
        PutOutcome[] outcomes = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(n => PutAsync("k", "w" + n, new PutCondition.IfUnchanged(version))));
        Assert.Single(outcomes.OfType<PutOutcome.Stored>());
    }

    [Fact]
    public async Task An_object_deleted_and_made_again_is_not_unchanged()
    {
        string version = Stored(await PutAsync("k", "same", new PutCondition.IfAbsent()));
        await engine.Store.DeleteAsync("k", EngineFixture.Stop);
        await PutAsync("k", "same", new PutCondition.IfAbsent());
        Assert.Equal(new PutOutcome.Lost(), await PutAsync("k", "mine", new PutCondition.IfUnchanged(version)));
    }

    [Theory]
    [InlineData("not a number")]
    [InlineData("99999")]
    public async Task A_version_that_never_was_does_not_match(string version)
    {
        await PutAsync("k", "v", new PutCondition.Always());
        Assert.Equal(new PutOutcome.Lost(), await PutAsync("k", "mine", new PutCondition.IfUnchanged(version)));
        Assert.Equal(new PutOutcome.Lost(), await PutAsync("absent", "mine", new PutCondition.IfUnchanged(version)));
    }

    [Fact]
    public async Task Keys_are_listed_by_prefix_in_ordinal_order()
    {
        foreach (string key in (string[])["due/2", "due/10", "due/1", "du", "dues", "due/_", "due/A", "Due/1", "due/\u00e9"])
            await PutAsync(key, "", new PutCondition.Always());
        Assert.Equal(["due/1", "due/10", "due/2", "due/A", "due/_", "due/\u00e9"], await engine.Store.ListAsync("due/", null, 1000, EngineFixture.Stop));
        Assert.Equal(["due/10", "due/2"], await engine.Store.ListAsync("due/", "due/1", 2, EngineFixture.Stop));
        Assert.Equal(["due/1"], await engine.Store.ListAsync("due/", "a", 1, EngineFixture.Stop));
        Assert.Empty(await engine.Store.ListAsync("due/", "dueX", 10, EngineFixture.Stop));
    }

    [Fact]
    public async Task Documents_of_the_port_work_on_it()
    {
        var documents = new Documents(engine.Store, new CountingDice(), engine.Clock);
        Assert.True(await documents.CreateAsync("d", new System.Text.Json.Nodes.JsonObject { ["n"] = 1 }, NodeJson.Default.JsonObject, EngineFixture.Stop));
        Assert.False(await documents.CreateAsync("d", new System.Text.Json.Nodes.JsonObject { ["n"] = 2 }, NodeJson.Default.JsonObject, EngineFixture.Stop));
    }

    private Task<PutOutcome> PutAsync(string key, string body, PutCondition condition) =>
        engine.Store.PutAsync(key, Encoding.UTF8.GetBytes(body), condition, EngineFixture.Stop);

    private async Task<(string Body, string Version)?> GetAsync(string key) =>
        await engine.Store.GetAsync(key, EngineFixture.Stop) is { } found ? (Encoding.UTF8.GetString(found.Body.Span), found.Version) : null;

    private static string Stored(PutOutcome outcome) => Assert.IsType<PutOutcome.Stored>(outcome).Version;
}
