using Xunit;

namespace Cki.Tests.ConfigurationRooms;

/// <summary><c>.default</c> and <c>.extends</c>.</summary>
public sealed class TemplateReading : ConfigRoom
{
    private const string Pipeline = "pipeline: {project: gitlab.example/cki/pipelines, ref: main}";

    private void PutTrees(string trees) => Put("trees.yaml", $"{Hosts}trees:\n{trees}");

    private TreeConfig Tree(string name) => Good().Trees.Single(t => t.Name.Value == name);

    [Fact]
    public void What_a_tree_inherits_is_merged_at_any_depth_and_its_own_fields_win()
    {
        PutTrees(
            """
              - name: .default
                poll_interval: 1m
                branches: [master]
                pipeline: {project: gitlab.example/cki/pipelines, ref: main, variables: {a: default, b: default, c: default}, fallbacks: [{a: d}]}
              - name: .slow
                poll_interval: 1h
                pipeline: {variables: {b: slow}}
              - name: .slower
                .extends: .slow
                tags: v*
                pipeline: {variables: {b: slower, c: slower}}
              - name: next
                url: https://git.example/next.git
                .extends: [.slow, .slower]
                branches: [for-next]
                pipeline: {variables: {c: own}, fallbacks: [{a: own}, {a: more}]}
              - name: plain
                url: https://git.example/plain.git
            """);
        TreeConfig next = Tree("next");
        Assert.Equal((TimeSpan.FromHours(1), "main", 2), (next.PollInterval, next.Pipeline.GitRef, next.Pipeline.Fallbacks.Count));
        Assert.Equal(["for-next"], next.Branches);
        Assert.Equal(["v*"], next.Tags);
        Assert.Equal(["a=default", "b=slower", "c=own"], next.Pipeline.Variables.Select(v => $"{v.Key}={v.Value}").Order());
        TreeConfig plain = Tree("plain");
        Assert.Equal((TimeSpan.FromMinutes(1), 1), (plain.PollInterval, plain.Pipeline.Fallbacks.Count));
        Assert.Equal(2, Good().Trees.Count);
    }

    [Fact]
    public void A_tree_without_a_template_of_that_name_is_refused()
    {
        PutTrees($"  - name: .kernel\n    tags: v*\n  - name: next\n    url: https://git.example/next.git\n    .extends: .kernle\n    {Pipeline}\n");
        Assert.Equal("trees.yaml:11:15: .extends: '.kernle' is no template; did you mean '.kernel'?", Assert.Single(Errors()));
    }

    [Fact]
    public void Templates_that_extend_each_other_in_a_circle_are_refused()
    {
        PutTrees($"  - name: .a\n    .extends: .b\n  - name: .b\n    .extends: .a\n  - name: next\n    url: https://git.example/next.git\n    .extends: .a\n    {Pipeline}\n");
        Assert.Equal("trees.yaml:10:15: .extends: goes in a circle: .a extends .b extends .a", Assert.Single(Errors()));
    }

    [Fact]
    public void A_fault_in_a_template_is_told_once_and_where_it_stands()
    {
        PutTrees($"  - name: .default\n    poll_intervall: 1m\n    {Pipeline}\n  - name: a\n    url: https://git.example/a.git\n  - name: b\n    url: https://git.example/b.git\n");
        Assert.Equal("trees.yaml:8:5: trees[0].poll_intervall: is unknown; did you mean 'poll_interval'?", Assert.Single(Errors()));
    }

    [Fact]
    public void What_is_inherited_is_taken_back_by_an_empty_value()
    {
        PutTrees($"  - name: .default\n    tags: v*\n    {Pipeline}\n  - name: a\n    url: https://git.example/a.git\n    tags: ~\n");
        Assert.Empty(Tree("a").Tags);
    }

    [Fact]
    public void Templates_that_fan_out_cost_no_more_than_their_lines()
    {
        IEnumerable<string> fan = Enumerable.Range(1, 60).Select(i => $"  - name: .t{i}\n    .extends: [.t{i - 1}, .t{i - 1}]\n");
        PutTrees($"  - name: .t0\n    tags: v*\n{string.Concat(fan)}  - name: a\n    url: https://git.example/a.git\n    .extends: .t60\n    {Pipeline}\n");
        Assert.Equal(["v*"], Tree("a").Tags);
    }
}
