using Cki.Adapters;
using Xunit;

namespace Cki.Tests.ConfigurationRooms;

public sealed class FileReading : ConfigRoom
{
    [Theory]
    [InlineData("sources: [", "sources.yaml:2:1: (file): is not YAML: ")]
    [InlineData("sources: []\nsources: []\n", "sources.yaml:2:1: (file): 'sources' stands here twice")]
    [InlineData("sources: []\n---\nsources: []\n", "sources.yaml:2:1: (file): holds more than one document")]
    [InlineData("", "sources.yaml:1:1: (file): is empty")]
    [InlineData("# nothing\n", "sources.yaml:1:1: (file): is empty")]
    [InlineData("sources: !!binary aaaa\n", "sources.yaml:1:10: (file): tag tag:yaml.org,2002:binary is not used here")]
    [InlineData("a: &a {x: 1}\nsources: {<<: *a}\n", "sources.yaml:2:11: (file): merge keys (<<) are not read: write the fields out")]
    [InlineData("sources: *gone\n", "sources.yaml:1:10: (file): ")]
    [InlineData("? [a]\n: b\n", "sources.yaml:1:3: (file): a key must be a plain text")]
    [InlineData("sources: 5\n", "sources.yaml:1:10: sources: must be a list")]
    [InlineData("[]\n", "sources.yaml:1:1: (file): must be a mapping with sources")]
    [InlineData("sorces: []\n", "sources.yaml:1:1: sorces: is unknown; did you mean 'sources'?")]
    public void A_bad_file_is_refused_with_its_place(string text, string error)
    {
        Put("sources.yaml", text);
        Assert.Contains(Errors(), e => e.StartsWith(error, StringComparison.Ordinal));
    }

    [Fact]
    public void An_anchor_stands_for_its_value()
    {
        Put("channels.yaml",
            "channels:\n  - name: a\n    kind: mail\n    smtp_host: mx\n    from: &me cki@example.org\n    to: *me\n");
        Assert.Equal(["cki@example.org"], Assert.IsType<ChannelConfig.Mail>(Good().Channels[0]).To);
    }

    [Fact]
    public void A_few_lines_cannot_stand_for_billions()
    {
        string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
        for (int i = 1; i < 10; i++)
            bomb += $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n";
        Assert.Null(YamlFile.Read("x.yaml", bomb, out IReadOnlyList<ConfigError> errors));
        Assert.Equal("x.yaml: holds more than 100000 values", $"{errors[^1].Place.File}: {errors[^1].Message}");
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Assert.Null(YamlFile.Read("x.yaml", new string('[', 200) + new string(']', 200), out IReadOnlyList<ConfigError> errors));
        Assert.Equal("x.yaml:1:31: (file): is nested deeper than 30", Assert.Single(errors).ToString());
    }

    [Fact]
    public void A_missing_file_is_named_and_references_into_it_are_no_further_errors()
    {
        File.Delete(Path.Combine(Folder, "trees.yaml"));
        Put("sources.yaml", "sources: [{name: gitlab, kind: gitlab, host: gitlab.example, token_secrets: t}]");
        Assert.Equal([$"trees.yaml:1:1: (file): is missing in {Folder}; one without entries says 'trees: []'"], Errors());
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_refused()
    {
        File.WriteAllBytes(Path.Combine(Folder, "sources.yaml"), [0x73, 0xFF, 0xFE]);
        Assert.Equal(["sources.yaml:1:1: (file): is not UTF-8"], Errors());
    }

    [Fact]
    public void A_change_is_taken_while_running_and_its_hash_differs()
    {
        var watch = new ConfigWatch(Folder);
        string before = watch.Current.Hash;
        Assert.IsType<ConfigReload.Unchanged>(watch.TryReload());
        Put("trees.yaml", Trees("poll_interval: 7m"));
        ConfigReload.Replaced replaced = Assert.IsType<ConfigReload.Replaced>(watch.TryReload());
        Assert.Equal((before, watch.Current.Hash, TimeSpan.FromMinutes(7)), (replaced.HashBefore, replaced.HashNow, watch.Current.Trees[0].PollInterval));
        Assert.NotEqual(before, watch.Current.Hash);
    }

    [Fact]
    public void A_bad_change_is_refused_while_running_and_the_old_one_stays()
    {
        var watch = new ConfigWatch(Folder);
        SuiteConfig before = watch.Current;
        Put("trees.yaml", Trees("poll_interval: never"));
        Assert.Single(Assert.IsType<ConfigReload.Refused>(watch.TryReload()).Errors);
        Assert.Same(before, watch.Current);
    }

    [Fact]
    public void Nothing_starts_on_a_bad_configuration()
    {
        Put("trees.yaml", Trees("poll_interval: never"));
        Assert.Equal(
            "The configuration has 1 error(s):\ntrees.yaml:13:20: trees[0].poll_interval: must be a duration such as 90s, 5m, 2h or 3d, from 1s to 1d, not 'never'",
            Assert.Throws<ConfigRefusedException>(() => new ConfigWatch(Folder)).Message);
    }
}
