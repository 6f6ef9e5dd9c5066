using Cki.Adapters;
using Cki.Tests.ConfigurationRooms;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AwsRooms;

public sealed class PushedConfiguration : ConfigRoom
{
    private const string Observe = "paused/observe.json";
    private readonly MemoryStore store = new();
    private readonly FakeTimeProvider clock = new(A.Noon);

    private ConfigBundles Bundles => new(new Documents(store, new SeededDice(), clock), clock);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_bundle_means_what_its_files_mean_without_any_YAML()
    {
        foreach (string name in SuiteConfig.FileNames)
            Put(name, File.ReadAllText(RepositoryFolder($"infra/config/{name}")));
        string json = System.Text.Json.JsonSerializer.Serialize(ConfigDirectory.Bundle(Folder), ConfigBundleJson.Default.ConfigBundle);
        ConfigBundle read = System.Text.Json.JsonSerializer.Deserialize(json, ConfigBundleJson.Default.ConfigBundle)!;
        Assert.Equivalent(Good(), Assert.IsType<ConfigReading.Good>(read.Read()).Config, strict: true);
        Assert.Equal(File.ReadAllText(RepositoryFolder("infra/config/trees.yaml")), read.Files.Single(f => f.Name == "trees.yaml").Text);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""[["x",1,1,""]]""")]
    [InlineData("""[["s",1,1,"a"],["s",1,1,"b"]]""")]
    [InlineData("""[["m",1,1,1],["s",1,1,"key without value"]]""")]
    [InlineData("""[["m",1,1,1],["l",1,1,0],["s",1,1,"b"]]""")]
    [InlineData("""[["s",1]]""")]
    [InlineData("""[7]""")]
    public void Nodes_that_are_none_are_refused(string flat)
    {
        using var json = System.Text.Json.JsonDocument.Parse(flat);
        Assert.Null(ConfigNodes.Read("trees.yaml", json.RootElement));
    }

    [Fact]
    public async Task The_first_push_observes_before_it_is_in_force()
    {
        store.Before = (operation, key) =>
        {
            if (operation == "put" && key == ConfigPointer.Key)
                Assert.Contains(Observe, store.Keys);
        };
        Assert.Equal(new ConfigPush.Done(Good().Hash, null, Observes: true), await PushAsync());
        Assert.Equal(["config/" + Good().Hash + ".json", "config/current", Observe], store.Keys);
    }

    [Fact]
    public async Task A_later_push_does_not_observe_again_and_an_equal_one_changes_nothing()
    {
        await PushAsync();
        await store.DeleteAsync(Observe, Stop);
        string before = Good().Hash;
        Assert.Equal(new ConfigPush.Unchanged(before), await PushAsync());
        Put("channels.yaml", "channels: [] # two\n");
        Assert.Equal(new ConfigPush.Done(Good().Hash, before, Observes: false), await PushAsync());
        Assert.DoesNotContain(Observe, store.Keys);
        Assert.Equal([Good().Hash, before], (await Bundles.CurrentAsync(Stop))!.History.Select(c => c.Hash));
    }

    [Fact]
    public async Task An_armed_first_push_does_not_observe()
    {
        Assert.Equal(new ConfigPush.Done(Good().Hash, null, Observes: false), await Bundles.PushAsync(ConfigDirectory.Bundle(Folder), "me", arm: true, Stop));
        Assert.DoesNotContain(Observe, store.Keys);
    }

    [Fact]
    public async Task What_this_release_cannot_read_is_refused_whole()
    {
        ConfigBundle good = ConfigDirectory.Bundle(Folder);
        var bad = good with { Files = [.. good.Files.Where(f => f.Name != "trees.yaml"), new ConfigBundleFile("trees.yaml", "x", default)] };
        ConfigPush.Refused refused = Assert.IsType<ConfigPush.Refused>(await Bundles.PushAsync(bad, "me", arm: false, Stop));
        Assert.Equal("trees.yaml:1:1: (file): its nodes in the bundle cannot be read; push it again", refused.Errors[0].ToString());
        Assert.Empty(store.Keys);
    }

    [Fact]
    public async Task A_rollback_goes_one_back_or_to_the_one_named()
    {
        string first = Good().Hash;
        await PushAsync();
        Put("channels.yaml", "channels: [] # two\n");
        string second = Good().Hash;
        await PushAsync();
        Assert.Equal(new ConfigPush.Done(first, second, Observes: false), await Bundles.RollbackAsync(null, "me", Stop));
        Assert.Equal(new ConfigPush.Done(second, first, Observes: false), await Bundles.RollbackAsync(second[..8], "me", Stop));
        Assert.Equal([second, first, second, first], (await Bundles.CurrentAsync(Stop))!.History.Select(c => c.Hash));
    }

    [Fact]
    public async Task There_may_be_nothing_to_go_back_to()
    {
        Assert.Equal(new ConfigPush.Unknown("no configuration was pushed yet"), await Bundles.RollbackAsync(null, "me", Stop));
        await PushAsync();
        Assert.Equal(new ConfigPush.Unknown("there is no configuration before the present one"), await Bundles.RollbackAsync(null, "me", Stop));
        Assert.Equal(new ConfigPush.Unknown("0123456 names 0 earlier configurations"), await Bundles.RollbackAsync("0123456", "me", Stop));
    }

    [Fact]
    public async Task The_configuration_in_force_is_read_once_a_minute()
    {
        await PushAsync();
        int reads = 0;
        store.Before = (operation, _) => reads += operation == "get" ? 1 : 0;
        StoredConfig config = Config();
        await config.RefreshAsync(Stop);
        await config.RefreshAsync(Stop);
        Assert.Equal((2, Good().Hash), (reads, config.Current.Hash));
        clock.Advance(StoredConfig.CachePeriod);
        await config.RefreshAsync(Stop);
        Assert.Equal(3, reads);
        Put("channels.yaml", "channels: [] # two\n");
        await PushAsync();
        await config.RefreshAsync(Stop);
        Assert.NotEqual(Good().Hash, config.Current.Hash);
        clock.Advance(StoredConfig.CachePeriod);
        await config.RefreshAsync(Stop);
        Assert.Equal(Good().Hash, config.Current.Hash);
    }

    [Fact]
    public async Task The_last_good_one_stays_while_the_store_refuses_or_holds_nonsense()
    {
        await PushAsync();
        StoredConfig config = Config();
        await config.RefreshAsync(Stop);
        clock.Advance(TimeSpan.FromHours(1));
        store.Before = (_, _) => throw new StoreUnavailableException("down");
        await config.RefreshAsync(Stop);
        store.Before = null;
        store.SetText(ConfigPointer.Key, "no json");
        clock.Advance(TimeSpan.FromHours(1));
        await config.RefreshAsync(Stop);
        Assert.Equal(Good().Hash, config.Current.Hash);
    }

    [Fact]
    public async Task Without_any_it_says_what_is_wrong()
    {
        StoredConfig config = Config();
        Assert.Equal("No configuration was pushed yet: cki config push", await WhyAsync(config));
        store.Before = (_, _) => throw new StoreUnavailableException("down");
        Assert.Equal("The configuration cannot be read: down", await WhyAsync(config));
    }

    private Task<ConfigPush> PushAsync() => Bundles.PushAsync(ConfigDirectory.Bundle(Folder), "me", arm: false, Stop);

    private StoredConfig Config() => new(store, new AwsCalls(clock, new SeededDice()), clock, NullLogger.Instance);

    private static async Task<string> WhyAsync(StoredConfig config) =>
        (await Assert.ThrowsAsync<ConfigUnavailableException>(() => config.RefreshAsync(Stop))).Message;
}
