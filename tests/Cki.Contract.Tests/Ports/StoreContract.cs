using System.Text;
using System.Text.Json.Nodes;
using Amazon.S3.Model;
using Cki.Adapters;
using Xunit;

namespace Cki.Contract.Tests.Ports;

/// <summary>What every object store promises.</summary>
public abstract class StoreContract
{
    protected abstract IObjectStore Store { get; }

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

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
        Assert.Null(await Store.GetAsync("runs/nothing", Stop));
        await Store.DeleteAsync("runs/nothing", Stop);
        await PutAsync("runs/gone", "x", new PutCondition.Always());
        await Store.DeleteAsync("runs/gone", Stop);
        Assert.Null(await Store.GetAsync("runs/gone", Stop));
    }

    [Fact]
    public async Task Only_the_first_creates()
    {
        Assert.IsType<PutOutcome.Stored>(await PutAsync("claims/a", "first", new PutCondition.IfAbsent()));
        Assert.Equal(new PutOutcome.Lost(), await PutAsync("claims/a", "second", new PutCondition.IfAbsent()));
        Assert.Equal("first", (await GetAsync("claims/a"))?.Body);
    }

    [Fact]
    public async Task Of_many_at_once_exactly_one_creates_and_one_replaces()
    {
        PutOutcome[] created = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => PutAsync("race/a", "w" + n, new PutCondition.IfAbsent())));
        string version = Assert.Single(created.OfType<PutOutcome.Stored>()).Version;
        PutOutcome[] replaced = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => PutAsync("race/a", "x" + n, new PutCondition.IfUnchanged(version))));
        Assert.Equal(Assert.Single(replaced.OfType<PutOutcome.Stored>()).Version, (await GetAsync("race/a"))?.Version);
    }

    [Fact]
    public async Task What_changed_or_went_is_not_unchanged()
    {
        string version = Stored(await PutAsync("cas/a", "one", new PutCondition.IfAbsent()));
        await PutAsync("cas/a", "two", new PutCondition.IfUnchanged(version));
        Assert.Equal(new PutOutcome.Lost(), await PutAsync("cas/a", "mine", new PutCondition.IfUnchanged(version)));
        await Store.DeleteAsync("cas/a", Stop);
        Assert.Equal(new PutOutcome.Lost(), await PutAsync("cas/a", "mine", new PutCondition.IfUnchanged(version)));
        await PutAsync("cas/a", "three", new PutCondition.IfAbsent());
        Assert.Equal(new PutOutcome.Lost(), await PutAsync("cas/a", "mine", new PutCondition.IfUnchanged(version)));
        Assert.Equal("three", (await GetAsync("cas/a"))?.Body);
    }

    [Fact]
    public async Task Keys_are_listed_by_prefix_in_ordinal_order()
    {
        foreach (string key in (string[])["due/2", "due/10", "due/1", "du", "dues", "due/_", "due/A", "Due/1", "due/é", "due/x y+z"])
            await PutAsync(key, "x", new PutCondition.Always());
        Assert.Equal(["due/1", "due/10", "due/2", "due/A", "due/_", "due/x y+z", "due/é"], await Store.ListAsync("due/", null, 1000, Stop));
        Assert.Equal(["due/10", "due/2"], await Store.ListAsync("due/", "due/1", 2, Stop));
        Assert.Equal(["due/1"], await Store.ListAsync("due/", "a", 1, Stop));
        Assert.Empty(await Store.ListAsync("due/", "dueX", 10, Stop));
        Assert.Empty(await Store.ListAsync("nowhere/", null, 10, Stop));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.ListAsync("due/", null, 1001, Stop));
    }

    [Fact]
    public async Task Deliveries_are_stored_and_listed_like_everything()
    {
        foreach (string key in (string[])["deliveries/2026/11/22/19/gitlab/1.json", "heads/mainline.json", "spill/herd/1.json"])
            Assert.IsType<PutOutcome.Stored>(await PutAsync(key, key, new PutCondition.IfAbsent()));
        Assert.Equal("heads/mainline.json", (await GetAsync("heads/mainline.json"))?.Body);
        Assert.Equal("spill/herd/1.json", (await GetAsync("spill/herd/1.json"))?.Body);
        Assert.Equal(["deliveries/2026/11/22/19/gitlab/1.json"], await Store.ListAsync("deliveries/2026", null, 10, Stop));
        Assert.Equal(["deliveries/2026/11/22/19/gitlab/1.json", "heads/mainline.json"], await Store.ListAsync("", null, 2, Stop));
        await Store.DeleteAsync("spill/herd/1.json", Stop);
        Assert.Empty(await Store.ListAsync("spill/", null, 10, Stop));
    }

    [Fact]
    public async Task A_body_of_any_bytes_comes_back()
    {
        byte[] body = [.. Enumerable.Range(0, 3_000_000).Select(n => (byte)(n * 31 >> 3))];
        await Store.PutAsync("deliveries/large", body, new PutCondition.IfAbsent(), Stop);
        Assert.Equal(body, (await Store.GetAsync("deliveries/large", Stop))!.Body.ToArray());
    }

    [Fact]
    public async Task Documents_count_without_losing_one()
    {
        var documents = new Documents(Store, new SystemDice(), TimeProvider.System);
        Assert.True(await documents.CreateAsync("count", new JsonObject { ["n"] = 0 }, NodeJson.Default.JsonObject, Stop));
        Assert.False(await documents.CreateAsync("count", new JsonObject { ["n"] = 7 }, NodeJson.Default.JsonObject, Stop));
        async Task AddAsync()
        {
            for (int n = 0; n < 10; n++)
                await documents.UpdateAsync("count", NodeJson.Default.JsonObject, c => new JsonObject { ["n"] = (int)c!["n"]! + 1 }, Stop);
        }
        await Task.WhenAll(AddAsync(), AddAsync());
        Assert.Equal(20, (int)(await documents.GetAsync("count", NodeJson.Default.JsonObject, Stop))!.Value["n"]!);
    }

    private Task<PutOutcome> PutAsync(string key, string body, PutCondition condition) =>
        Store.PutAsync(key, Encoding.UTF8.GetBytes(body), condition, Stop);

    private async Task<(string Body, string Version)?> GetAsync(string key) =>
        await Store.GetAsync(key, Stop) is { } found ? (Encoding.UTF8.GetString(found.Body.Span), found.Version) : null;

    private static string Stored(PutOutcome outcome) => Assert.IsType<PutOutcome.Stored>(outcome).Version;
}

public sealed class StoreOnEngine : StoreContract, IDisposable
{
    private readonly EngineOnFile file = new();

    protected override IObjectStore Store => file.Engine.Store;

    public void Dispose() => file.Dispose();
}

[Collection(OnMoto.Name)]
public sealed class StoreOnS3(Moto moto) : StoreContract, IAsyncLifetime
{
    private readonly AwsSession session = moto.Server.Session();
    private readonly string state = $"state-{Guid.NewGuid():n}";
    private readonly string archive = $"archive-{Guid.NewGuid():n}";

    protected override IObjectStore Store => new S3Store(session, new StoreBuckets(() => state, () => archive));

    public async ValueTask InitializeAsync()
    {
        foreach (string bucket in (string[])[state, archive])
            await session.S3.PutBucketAsync(new PutBucketRequest { BucketName = bucket, BucketRegionName = session.Region }, Stop);
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_missing_bucket_is_no_missing_object()
    {
        var nowhere = new S3Store(session, new StoreBuckets(() => "nowhere-at-all", () => "nowhere-at-all"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => nowhere.GetAsync("runs/a", Stop));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => nowhere.ListAsync("runs/", null, 10, Stop));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => nowhere.PutAsync("runs/a", default, new PutCondition.IfAbsent(), Stop));
    }
}
