using Xunit;

namespace Cki.Tests.ConfigurationRooms;

public sealed class TreeReading : ConfigRoom
{
    private static readonly ProjectRef Pipelines = new("gitlab.example", "cki/pipelines");

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        TreeConfig tree = Assert.Single(Good().Trees);
        var plain = new TreeConfig(new TreeName("mainline"), new Uri("https://git.example/linux.git"), new TreePipeline(Pipelines, "main"));
        Assert.Equal(["master", "main"], tree.Branches);
        Assert.Empty(tree.Tags);
        Assert.Empty(tree.ReportTo);
        Assert.Equal(plain with { Branches = tree.Branches, Tags = tree.Tags, ReportTo = tree.ReportTo, Pipeline = tree.Pipeline }, tree);
        Assert.Empty(tree.Pipeline.Variables);
        Assert.Empty(tree.Pipeline.Fallbacks);
        Assert.Equal(plain.Pipeline with { Variables = tree.Pipeline.Variables, Fallbacks = tree.Pipeline.Fallbacks }, tree.Pipeline);
        Assert.Equal([new GitLabHost("gitlab.example", new Uri("https://gitlab.example"), "gitlab-token", "cki-bot")], Good().Hosts);
    }

    [Fact]
    public void Every_field_of_a_tree_is_read()
    {
        Put("channels.yaml", "channels: [{name: status, kind: commit_status}]");
        Put("trees.yaml", Trees(
            """
            project: gitlab.example/kernel/linux
                branches: [main, "release/**", "!release/old"]
                tags: v*
                poll_interval: 1h30m
                on_first_sight: test
                when_newer: cancel
                report_to: [status]
            """,
            """
            commit_to: inputs
                  variables: {tree-name: "{tree}", count: 3}
                  fallbacks: [{pool: standby}, {pool: cloud}]
                  deadline: 2d
                  settle_quiet: 30
                  check_interval: 5m
                  starving_after: 2h
            """));
        TreeConfig tree = Assert.Single(Good().Trees);
        Assert.Equal(["main", "release/**", "!release/old"], tree.Branches);
        Assert.Equal(["v*"], tree.Tags);
        Assert.Equal(["status"], tree.ReportTo);
        Assert.Equal(
            (new ProjectRef("gitlab.example", "kernel/linux"), TimeSpan.FromMinutes(90), true, true),
            (tree.Project, tree.PollInterval, tree.TestOnFirstSight, tree.CancelWhenNewer));
        Assert.Equal([KeyValuePair.Create("tree-name", "{tree}"), KeyValuePair.Create("count", "3")], tree.Pipeline.Variables);
        Assert.Equal(["standby", "cloud"], tree.Pipeline.Fallbacks.Select(f => Assert.Single(f.Variables).Value));
        Assert.Equal(
            (CommitTo.Inputs, TimeSpan.FromDays(2), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromHours(2)),
            (tree.Pipeline.CommitTo, tree.Pipeline.Deadline, tree.Pipeline.SettleQuiet, tree.Pipeline.CheckInterval, tree.Pipeline.StarvingAfter));
    }

    [Fact]
    public void All_errors_of_all_files_come_at_once_with_their_places()
    {
        Put("trees.yaml", Hosts +
            """
            trees:
              - name: Main Line
                url: git://git.example/linux.git
                branchs: [main]
                poll_interval: soon
                report_to: [developrs]
                pipeline:
                  project: gitlab.exampel/cki/pipelines
                  commit_to: carrier pigeon
                  variables: {CKI_RUN_ID: x}
              - name: second
            """);
        Put("sources.yaml", "sources:\n  - name: gitlab\n    kind: gitlub\n    host: gitlab.example\n");
        Put("channels.yaml", "channels:\n  - name: developers\n    kind: mail\n    smtp_host: mx\n    from: nobody\n    to: []\n");
        Assert.Equal(
            [
                "channels.yaml:5:11: channels[0].from: 'nobody' is no mail address",
                "channels.yaml:6:9: channels[0].to: must name at least one recipient",
                "sources.yaml:2:5: sources[0].token_secrets: must name at least one secret",
                "sources.yaml:3:11: sources[0].kind: is 'gitlub', not one of gitlab, github, sentry, hmac, standard-webhooks, bearer, basic",
                "trees.yaml:7:11: trees[0].name: 'Main Line' must be 1 to 40 characters of a-z, 0-9, '.', '_' and '-', starting with a letter or digit",
                "trees.yaml:8:10: trees[0].url: 'git://git.example/linux.git' must be an http or https address",
                "trees.yaml:9:5: trees[0].branchs: is unknown; did you mean 'branches'?",
                "trees.yaml:10:20: trees[0].poll_interval: must be a duration such as 90s, 5m, 2h or 3d, from 1s to 1d, not 'soon'",
                "trees.yaml:11:17: trees[0].report_to: 'developrs' is none of the channels; did you mean 'developers'?",
                "trees.yaml:13:7: trees[0].pipeline.ref: is missing",
                "trees.yaml:13:16: trees[0].pipeline.project: 'gitlab.exampel' is none of the hosts; did you mean 'gitlab.example'?",
                "trees.yaml:14:18: trees[0].pipeline.commit_to: is 'carrier pigeon', not one of variables, inputs",
                "trees.yaml:15:19: trees[0].pipeline.variables.CKI_RUN_ID: is set by the suite itself",
                "trees.yaml:16:5: trees[1].pipeline: is missing",
                "trees.yaml:16:5: trees[1].url: is missing",
            ],
            Errors().Order(StringComparer.Ordinal).OrderBy(e => e.Split(':')[0], StringComparer.Ordinal).ThenBy(e => int.Parse(e.Split(':')[1])).ThenBy(e => int.Parse(e.Split(':')[2])));
    }

    [Fact]
    public void Credentials_are_refused_in_addresses()
    {
        Put("trees.yaml", Trees().Replace("https://git.example", "https://u:p@git.example"));
        Assert.Equal(["trees.yaml:8:10: trees[0].url: must not hold a user or password: this file is no place for secrets"], Errors());
    }

    [Theory]
    [InlineData("branches: [refs/heads/main]", "'refs/heads/main' must be the name without refs/heads/ or refs/tags/")]
    [InlineData("branches: ['v?']", "'v?' may hold * and ** only; no ?, [], {} or blanks")]
    [InlineData("branches: ['***']", "'***' has three stars in a row")]
    public void A_glob_that_cannot_be_meant_is_refused(string line, string error)
    {
        Put("trees.yaml", Trees(line));
        Assert.Equal([$"trees.yaml:13:16: trees[0].branches: {error}"], Errors());
    }

    [Fact]
    public void A_name_is_not_used_twice()
    {
        string text = Trees();
        Put("trees.yaml", text + text[text.IndexOf("  - name: mainline", StringComparison.Ordinal)..].Insert(0, "\n"));
        Assert.Equal(["trees.yaml:14:11: trees[1].name: 'mainline' is used twice"], Errors());
    }

    [Fact]
    public void A_commit_status_needs_a_project_to_be_set_on()
    {
        Put("channels.yaml", "channels: [{name: status, kind: commit_status}]");
        Put("trees.yaml", Trees("report_to: status"));
        Assert.Equal(
            ["trees.yaml:13:16: trees[0].report_to: 'status' sets commit statuses, but the tree names no project of a GitLab to set them on"], Errors());
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("2h", 7200)]
    [InlineData("3d", 259200)]
    [InlineData("1h30m", 5400)]
    [InlineData("45", 45)]
    public void Durations_are_read(string text, int seconds)
    {
        Assert.True(ConfigDuration.TryParse(text, out TimeSpan read));
        Assert.Equal(TimeSpan.FromSeconds(seconds), read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("5 m")]
    [InlineData("-5m")]
    [InlineData("5m3")]
    [InlineData("1.5h")]
    [InlineData("99999999999d")]
    public void Other_texts_are_no_durations(string text) => Assert.False(ConfigDuration.TryParse(text, out _));
}
