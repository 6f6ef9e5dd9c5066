using System.Text.Json.Nodes;
using Xunit;

namespace Cki.Tests.WatchRooms;

/// <summary>The part of JSONPath that checks speak.</summary>
public sealed class JsonQueryTests
{
    private const string Document =
        """
        {"recipes": [{"id": 1, "status": "Queued", "queued at": "a", "host": {"broken": false}}, {"id": 2, "status": "Running", "host": {"broken": true}},
                     {"id": 3, "status": "Queued", "host": null}], "total": 3, "none": null}
        """;

    [Theory]
    [InlineData("$.total", "3")]
    [InlineData("$", "*")]
    [InlineData("$.none", "null")]
    [InlineData("$.recipes[*].id", "1 2 3")]
    [InlineData("$.recipes[1].id", "2")]
    [InlineData("$.recipes[3].id", "")]
    [InlineData("$['recipes'][0]['queued at']", "\"a\"")]
    [InlineData("$.recipes[?@.status == 'Queued'].id", "1 3")]
    [InlineData("$.recipes[?@.status != \"Queued\"].id", "2")]
    [InlineData("$.recipes[?@.id==2].status", "\"Running\"")]
    [InlineData("$.recipes[? @.host.broken == true].id", "2")]
    [InlineData("$.recipes[?@.host == null].id", "3")]
    [InlineData("$.recipes[?@.missing == null].id", "")]
    [InlineData("$.total.deeper", "")]
    [InlineData("$.total[*]", "")]
    public void A_path_finds_its_values_in_their_order(string path, string found)
    {
        JsonQuery query = JsonQuery.Parse(path, out string? fault)!;
        Assert.Null(fault);
        IReadOnlyList<JsonNode?> values = query.Select(JsonNode.Parse(Document));
        Assert.Equal(found, found == "*" && values.Count == 1 ? "*" : string.Join(' ', values.Select(v => v?.ToJsonString() ?? "null")));
    }

    [Theory]
    [InlineData("", "'$' is expected at character 1 of ''")]
    [InlineData("total", "'$' is expected at character 1 of 'total'")]
    [InlineData("$total", "'[' is expected at character 2 of '$total'")]
    [InlineData("$.", "a name is expected at character 3 of '$.'")]
    [InlineData("$..a", "a name is expected at character 3 of '$..a'")]
    [InlineData("$['a", "the text has no end at character 3 of '$['a'")]
    [InlineData("$[?@.a > 3]", "'!' is expected at character 8 of '$[?@.a > 3]'")]
    [InlineData("$[?@.a == b]", "'text', a number, true, false or null is expected at character 11 of '$[?@.a == b]'")]
    [InlineData("$[*", "']' is expected at character 4 of '$[*'")]
    public void What_is_no_path_says_where(string path, string fault)
    {
        Assert.Null(JsonQuery.Parse(path, out string? said));
        Assert.Equal(fault, said);
    }
}
