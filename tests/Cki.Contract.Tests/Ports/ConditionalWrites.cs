using System.Text.Json.Nodes;
using Amazon.S3.Model;
using Cki.Adapters;
using Xunit;

namespace Cki.Contract.Tests.Ports;

/// <summary>The conditional-write rule through a network that loses and lies: nobody wins twice, nobody loses to himself.</summary>
[Collection(OnMoto.Name)]
public sealed class ConditionalWrites(Moto moto) : IAsyncLifetime
{
    private const int Writers = 4;
    private static readonly Fault[] s_any = [Fault.RequestLost, Fault.AnswerLost, Fault.InternalError, Fault.SlowDown, Fault.LateInternalError];
    private static readonly Fault[] s_conditional = [.. s_any, Fault.Conflict, Fault.FalselyFailed, Fault.RepeatedOnTheWay];
    private readonly string bucket = $"faulty-{Guid.NewGuid():n}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using AwsSession session = moto.Server.Session();
        await session.S3.PutBucketAsync(new PutBucketRequest { BucketName = bucket, BucketRegionName = session.Region }, Stop);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Every_increment_of_many_writers_counts_exactly_once(int seed)
    {
        await using FaultyS3 s3 = await StartAsync(seed, share: 0.3);
        await TogetherAsync(s3, async (documents, writer) =>
        {
            for (int n = 0; n < 5; n++)
                await UntilDoneAsync(() => documents.UpdateAsync("count", NodeJson.Default.JsonObject, c => Counted(c, $"{writer}-{n}"), Stop));
            return true;
        });
        JsonObject count = await StoredAsync("count");
        Assert.Equal(Writers * 5, (int)count["n"]!);
        Assert.Equal(Writers * 5, count["marks"]!.AsArray().Select(m => (string)m!).Distinct().Count());
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task One_of_many_creators_wins_and_it_is_the_one_that_is_stored(int seed)
    {
        await using FaultyS3 s3 = await StartAsync(seed, share: 0.4);
        for (int key = 0; key < 6; key++)
        {
            string at = $"claims/{key}";
            bool?[] won = await TogetherAsync(s3, (documents, writer) => KnownAsync(() => documents.CreateAsync(at, By(writer), NodeJson.Default.JsonObject, Stop)));
            await AssertHonestAsync(at, won);
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    public async Task One_of_many_replacers_wins_and_it_is_the_one_that_is_stored(int seed)
    {
        await using FaultyS3 s3 = await StartAsync(seed, share: 0.4);
        for (int key = 0; key < 6; key++)
        {
            string at = $"heads/{key}";
            using AwsSession calm = moto.Server.Session();
            await Documents(calm).CreateAsync(at, By(-1), NodeJson.Default.JsonObject, Stop);
            string version = (await Documents(calm).GetAsync(at, NodeJson.Default.JsonObject, Stop))!.Version;
            bool?[] won = await TogetherAsync(s3, (documents, writer) =>
                KnownAsync(async () => await documents.ReplaceAsync(at, By(writer), version, NodeJson.Default.JsonObject, Stop) is not null));
            await AssertHonestAsync(at, won);
        }
    }

    /// <summary>Whoever says that it won is stored; whoever is stored does not say that it lost.</summary>
    private async Task AssertHonestAsync(string key, bool?[] won)
    {
        int[] winners = [.. Enumerable.Range(0, Writers).Where(w => won[w] == true)];
        using AwsSession calm = moto.Server.Session();
        int? stored = (int?)(await Documents(calm).GetAsync(key, NodeJson.Default.JsonObject, Stop))?.Value["by"];
        if (winners.Length > 0)
            Assert.Equal([stored!.Value], winners);
        if (stored is >= 0)
            Assert.NotEqual(false, won[stored.Value]);
        // Nobody may be told that another won where there is none.
        if (stored is null or < 0)
            Assert.DoesNotContain(false, won);
    }

    private static JsonObject By(int writer) => new() { ["by"] = writer };

    /// <summary>A change that knows itself again, as every change of a stage does; a counter shows what was applied twice.</summary>
    private static JsonObject? Counted(JsonObject? current, string mark)
    {
        JsonArray marks = current?["marks"]?.DeepClone().AsArray() ?? [];
        if (marks.Any(m => (string?)m == mark))
            return null;
        marks.Add((JsonNode)mark);
        return new JsonObject { ["n"] = ((int?)current?["n"] ?? 0) + 1, ["marks"] = marks };
    }

    /// <summary>True or false as told; null: it cannot be told.</summary>
    private static async Task<bool?> KnownAsync(Func<Task<bool>> write)
    {
        try
        {
            return await write();
        }
        catch (Exception e) when (e is StoreUnavailableException or StoreContendedException)
        {
            return null;
        }
    }

    private static async Task UntilDoneAsync(Func<Task> write)
    {
        for (int tries = 0; tries < 100; tries++)
        {
            if (await KnownAsync(async () => { await write(); return true; }) == true)
                return;
        }
        Assert.Fail("100 tries did not do it");
    }

    private static async Task<T[]> TogetherAsync<T>(FaultyS3 s3, Func<Documents, int, Task<T>> write)
    {
        AwsSession[] sessions = [.. Enumerable.Range(0, Writers).Select(_ => PeerSession.At(s3.Address))];
        T[] results = await Task.WhenAll(sessions.Select((session, writer) => write(Documents(session, s3.Bucket), writer)));
        foreach (AwsSession session in sessions)
            session.Dispose();
        return results;
    }

    private Documents Documents(AwsSession session) => Documents(session, bucket);

    private static Documents Documents(AwsSession session, string bucket) =>
        new(new S3Store(session, new StoreBuckets(() => bucket, () => bucket)), new SystemDice(), TimeProvider.System);

    private async Task<JsonObject> StoredAsync(string key)
    {
        using AwsSession calm = moto.Server.Session();
        return (await Documents(calm).GetAsync(key, NodeJson.Default.JsonObject, Stop))!.Value;
    }

    private Task<FaultyS3> StartAsync(int seed, double share) => FaultyS3.StartAsync(moto.Server.Address, bucket, (request, isConditional) =>
    {
        var dice = new Random(unchecked((seed * 1_000_003) ^ (request * 7919)));
        Fault[] faults = isConditional ? s_conditional : s_any;
        return dice.NextDouble() < share ? faults[dice.Next(faults.Length)] : Fault.None;
    });
}
