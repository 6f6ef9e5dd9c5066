using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

public class PipelineValuesTests
{
    private static readonly RunDetection Detection = A.Detection();

    private static KeyValuePair<string, string> V(string name, string value) => new(name, value);

    [Fact]
    public void The_commit_travels_in_a_fixed_order_with_the_trees_variables_filled_in()
    {
        TreeConfig tree = A.Tree() with
        {
            Pipeline = A.TreePipeline() with { Variables = [V("title", "{tree} {branch}"), V("link", "{url}@{sha}"), V("mark", "{run}")] },
        };
        Assert.Equal(
            [
                V("CKI_RUN_ID", Detection.Run.Value), V("CKI_RUN_ATTEMPT", "1"), V("CKI_TREE", "mainline"), V("CKI_BRANCH", "main"),
                V("CKI_SHA", Detection.Sha.Value), V("CKI_URL", "https://gitlab.example/kernel/linux.git"),
                V("link", $"https://gitlab.example/kernel/linux.git@{Detection.Sha}"), V("mark", Detection.Run.Value), V("title", "mainline main"),
            ],
            PipelineValues.Of(tree, Detection, 1, null));
    }

    [Fact]
    public void A_fallback_lies_over_the_trees_variables_and_nothing_lies_over_ours()
    {
        TreeConfig tree = A.Tree() with
        {
            Pipeline = A.TreePipeline() with
            {
                Variables = [V("runner", "first"), V("CKI_RUN_ID", "forged")],
                Fallbacks = [new([V("runner", "second")]), new([V("runner", "third"), V("CKI_RUN_ATTEMPT", "9")])],
            },
        };
        IReadOnlyList<KeyValuePair<string, string>> values = PipelineValues.Of(tree, Detection, 2, 1);
        Assert.Equal([V("CKI_RUN_ID", Detection.Run.Value), V("CKI_RUN_ATTEMPT", "2")], values.Take(2));
        Assert.Equal([V("runner", "third")], values.Skip(6));
    }

    [Theory]
    [InlineData("{tag}|{previous}|{project}|{attempt}|{found_by}", "||kernel/linux|3|webhook")]
    [InlineData("{short_sha} {detected_at}", "aaaaaaaaaaaa 2026-11-22T12:00:00Z")]
    [InlineData("{{sha}} ${UPPER} {} { {unknown}", "{sha} ${UPPER} {} { {unknown}")]
    public void Every_placeholder_is_filled_and_nothing_else_is_touched(string template, string filled) =>
        Assert.Equal(filled, new VariableTemplate(A.Tree(), Detection, 3).Fill(template));

    [Fact]
    public void A_branch_that_is_called_like_a_placeholder_stays_what_it_is()
    {
        Assert.Equal("{sha}", new VariableTemplate(A.Tree(), Detection with { Branch = "{sha}" }, 1).Fill("{branch}"));
        Assert.Equal("v7.1", new VariableTemplate(A.Tree(), Detection with { Branch = "tags/v7.1" }, 1).Fill("{tag}"));
    }

    [Fact]
    public void A_pipeline_is_known_by_run_and_attempt()
    {
        IReadOnlyList<KeyValuePair<string, string>> values = PipelineValues.Of(A.Tree(), Detection, 1, null);
        Assert.True(PipelineValues.AreOf(Detection.Run, 1, values, null));
        Assert.False(PipelineValues.AreOf(Detection.Run, 2, values, null));
        Assert.False(PipelineValues.AreOf(A.Detection('b').Run, 1, values, null));
    }

    [Fact]
    public void Where_inputs_travel_its_name_tells_but_not_a_part_of_it()
    {
        Assert.True(PipelineValues.AreOf(Detection.Run, 1, [], $"test {Detection.Run}-1"));
        Assert.False(PipelineValues.AreOf(Detection.Run, 1, [], $"test {Detection.Run}-12"));
        Assert.False(PipelineValues.AreOf(Detection.Run, 1, [], null));
    }
}
