using Xunit;

namespace Cki.Tests.ConfigurationRooms;

/// <summary>The fields of trees.yaml that say how a tree's pipelines are shaped.</summary>
public sealed class ShapeFieldReading : ConfigRoom
{
    [Fact]
    public void Every_field_of_a_shape_is_read()
    {
        Put("trees.yaml", Trees(
            """
            confirm: unexplained
                base: main
            """,
            """
            results: [out/junit.xml, out/junit.xml, kcidb.json]
                  verdict_from: job:triage*
                  expects: [{project: gitlab.example/cki/kernels, within: 2h}]
                  manual: [{job: "release *", do: wait, within: 6h}, {job: "*"}]
                  resource_groups: board *
            """));
        TreeConfig tree = Assert.Single(Good().Trees);
        Assert.Equal((ConfirmWhat.Unexplained, "main"), (tree.Confirm, tree.BaseBranch));
        Assert.Equal(["out/junit.xml", "kcidb.json"], tree.Pipeline.Results);
        Assert.Equal(new VerdictFrom(VerdictSource.Job, "triage*"), tree.Pipeline.VerdictFrom);
        Assert.Equal([new ExpectedPipeline(new ProjectRef("gitlab.example", "cki/kernels"), TimeSpan.FromHours(2))], tree.Pipeline.Expects);
        Assert.Equal(
            [new ManualRule("release *", ManualAct.Wait, TimeSpan.FromHours(6)), new ManualRule("*", ManualAct.Ignore, TimeSpan.FromHours(24))], tree.Pipeline.Manual);
        Assert.Equal(["board *"], tree.Pipeline.ResourceGroups);
    }

    [Theory]
    [InlineData("verdict_from: gut feeling")]
    [InlineData("verdict_from: 'job:'")]
    [InlineData("results: [/etc/passwd]")]
    [InlineData("expects: [{within: 2h}]")]
    [InlineData("expects: [{project: gitlab.example/cki/kernels, until: 2h}]")]
    [InlineData("manual: [{job: x, do: click}]")]
    public void What_is_wrong_is_told(string line)
    {
        Put("trees.yaml", Trees("", line));
        Assert.NotEmpty(Errors());
    }
}
