using Xunit;

namespace Cki.Tests.ConfigurationRooms;

/// <summary>The fields of trees.yaml that say which new heads are tested, and when.</summary>
public sealed class RuleReading : ConfigRoom
{
    private const string Project = "project: gitlab.example/kernel/linux";

    [Fact]
    public void Every_rule_is_read()
    {
        Put("trees.yaml", Trees(
            $"""
            {Project}
                on_first_sight: test
                once_per: tree
                paths: ["**", "!Documentation/**"]
                at_most: 2 per 6h
                quiet_hours: [22:00-06:00, "sat,sun 00:00-24:00"]
                new_heads_at_once: 7
            """));
        TreeConfig tree = Assert.Single(Good().Trees);
        Assert.True(tree.TestOnFirstSight);
        Assert.Equal((true, false, 7), (tree.Rules.OncePerTree, tree.Rules.EveryCommit, tree.Rules.AtOnce));
        Assert.Equal(["**", "!Documentation/**"], tree.Rules.Paths);
        Assert.Equal(new Frequency(2, TimeSpan.FromHours(6)), tree.Rules.AtMost);
        Assert.Equal([7, 2], tree.Rules.Quiet.Select(q => q.Days.Count));
    }

    [Fact]
    public void A_tree_without_rules_tests_the_tip_of_each_branch_at_once()
    {
        TreeRules rules = Assert.Single(Good().Trees).Rules;
        Assert.Equal((false, false, 50), (rules.OncePerTree, rules.EveryCommit, rules.AtOnce));
        Assert.Equal((0, null, 0), (rules.Paths.Count, rules.AtMost, rules.Quiet.Count));
    }

    [Theory]
    [InlineData("on_first_sight: storm", "is 'storm', not one of baseline, test")]
    [InlineData("once_per: commit", "is 'commit', not one of branch, tree")]
    [InlineData("every_commit: some", "is 'some', not one of tip, all")]
    [InlineData("every_commit: all", "all needs the tree's project: other git servers do not tell what lies between two heads")]
    [InlineData("paths: drivers/**", "needs the tree's project: other git servers do not tell what lies between two heads")]
    [InlineData("at_most: often", "must be such as '1 per 6h': 1 to 100 heads of a branch per 1m to 30d, not 'often'")]
    [InlineData("at_most: 0 per 6h", "must be such as '1 per 6h': 1 to 100 heads of a branch per 1m to 30d, not '0 per 6h'")]
    [InlineData("at_most: 1 per 5s", "must be such as '1 per 6h': 1 to 100 heads of a branch per 1m to 30d, not '1 per 5s'")]
    [InlineData("quiet_hours: 25:00-06:00", "must be such as '22:00-06:00', 'sat,sun 00:00-24:00' or 'mon-fri 08:00-18:00' (UTC), not '25:00-06:00'")]
    [InlineData("quiet_hours: someday 20:00-22:00", "must be such as '22:00-06:00', 'sat,sun 00:00-24:00' or 'mon-fri 08:00-18:00' (UTC), not 'someday 20:00-22:00'")]
    [InlineData("new_heads_at_once: 0", "must be a whole number from 1 to 200, not '0'")]
    public void What_is_wrong_is_told_with_file_line_and_field(string line, string message)
    {
        Put("trees.yaml", Trees(line));
        string field = line[..line.IndexOf(':', StringComparison.Ordinal)];
        string error = Assert.Single(Errors());
        Assert.StartsWith("trees.yaml:13:", error);
        Assert.EndsWith($": trees[0].{field}: {message}", error);
    }

    [Theory]
    [InlineData("paths: [drivers/**, /etc/**]", "trees[0].paths: '/etc/**' must be a glob such as drivers/net/** or !Documentation/**, without a leading slash")]
    [InlineData("paths: ['!Documentation/**']", "trees[0].paths: only exclude, so that nothing would ever be tested; begin with \"**\" to exclude from everything")]
    [InlineData("every_commit: all\n    at_most: 1 per 6h", "trees[0].at_most: leaves commits out, every_commit: all leaves none out: choose one")]
    [InlineData("every_commit: all\n    when_newer: cancel", "trees[0].when_newer: cancel would end the runs of all commits but the last; with every_commit: all it must be keep")]
    public void Rules_that_contradict_are_refused(string lines, string message)
    {
        Put("trees.yaml", Trees($"{Project}\n    {lines}"));
        Assert.EndsWith(message, Assert.Single(Errors()));
    }

    [Fact]
    public void A_fallback_may_name_the_architectures_that_it_helps()
    {
        Put("trees.yaml", Trees("", "fallbacks: [{architectures: [s390x], variables: {pool: b}}, {architectures: all, variables: plain}]"));
        Assert.Equal([["s390x"], []], Assert.Single(Good().Trees).Pipeline.Fallbacks.Select(f => f.Architectures));
        Put("trees.yaml", Trees("", "fallbacks: [{architectures: [vax], variables: {pool: b}}]"));
        Assert.EndsWith("trees[0].pipeline.fallbacks[0].architectures: 'vax' is none of x86_64, aarch64, ppc64le, s390x, riscv64", Assert.Single(Errors()));
    }

    [Fact]
    public void A_placeholder_that_nothing_replaces_is_refused()
    {
        Put("trees.yaml", Trees("", "variables: {a: '{shaa}', b: '{{shaa}} ${UPPER} { } {'}"));
        Assert.EndsWith("trees[0].pipeline.variables.a: holds {shaa}, which nothing replaces; did you mean 'sha'? ({{shaa}} for the text itself)", Assert.Single(Errors()));
    }
}
