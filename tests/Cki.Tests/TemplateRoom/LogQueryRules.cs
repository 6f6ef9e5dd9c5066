using System.Text.RegularExpressions;
using Xunit;

namespace Cki.Tests.TemplateRooms;

/// <summary>The saved queries of Logs Insights, which no stand-in runs.</summary>
public sealed partial class LogQueryRules
{
    private static readonly string[] s_keys =
        ["level", "name", "message", "correlation_id", "run_id", "tree", "sha", "pipeline", "job", "delivery", "announced_by", "service", "function_name", "stack"];

    /// <summary>Functions and words of the language, and names that the queries give themselves.</summary>
    private static readonly string[] s_words =
    [
        "fields", "filter", "sort", "limit", "stats", "asc", "desc", "by", "as", "or", "and", "in", "count", "min", "max", "avg", "sum", "pct", "bin", "ispresent", "d",
        "lines", "first", "last", "pieces", "mean", "p99", "jobs",
    ];

    [Fact]
    public void Each_query_asks_for_fields_that_lines_or_metrics_have()
    {
        IReadOnlyList<TemplateResource> queries = SamTemplate.OfType("AWS::Logs::QueryDefinition");
        Assert.NotEmpty(queries);
        string[] measured = [.. SuiteMetrics.Catalogue.Select(m => m.Name).Concat(SuiteMetrics.Catalogue.SelectMany(m => m.Tags).Select(t => t.Name))];
        Assert.All(queries, query =>
        {
            string text = Quoted().Replace((string)query.Properties["QueryString"]!, "");
            Assert.Empty(Word().Matches(text).Select(m => m.Value).Except(s_words).Except(s_keys).Except(measured));
            Assert.Equal("""[{"Ref":"LogGroup"}]""", query.Text("LogGroupNames"));
        });
    }

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?<![@\w])[a-z]\w*")]
    private static partial Regex Word();
}
