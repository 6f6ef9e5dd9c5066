using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>Our rules against the published schema: they never let pass what KCIDB would throw away.</summary>
public sealed class KcidbSchemaTests
{
    [Theory]
    [InlineData("""{}""", "version: must be 5.0 to 5.3")]
    [InlineData("""{"version":{"major":5,"minor":4}}""", "version: must be 5.0 to 5.3")]
    [InlineData("""{"version":{"major":5,"minor":3},"other":[]}""", "other: is unknown")]
    [InlineData("""{"version":{"major":5,"minor":3},"tests":{}}""", "tests: must be a list")]
    [InlineData("""{"version":{"major":5,"minor":3},"tests":[{"id":"a:1","origin":"a"}]}""", "tests[0].build_id: is missing")]
    [InlineData("""{"version":{"major":5,"minor":3},"builds":[{"id":"a:1","origin":"a","checkout_id":"a:1","status":"BAD"}]}""", "builds[0].status: must be one of FAIL, ERROR, MISS, PASS, DONE, SKIP")]
    [InlineData("""{"version":{"major":5,"minor":3},"builds":[{"id":"a:1","origin":"a","checkout_id":"a:1","comment":null}]}""", "builds[0].comment: must not be null")]
    [InlineData("""{"version":{"major":5,"minor":3},"checkouts":[{"id":"a:1","origin":"a","git_repository_url":"http://x/"}]}""", "checkouts[0].git_repository_url: must be an https address")]
    [InlineData("""{"version":{"major":5,"minor":3},"checkouts":[{"id":"A:1","origin":"a"}]}""", "checkouts[0].id: must be origin:id")]
    public void A_fault_is_named_with_its_place(string document, string fault) => Assert.Equal([fault], KcidbSchema.Faults((JsonObject)JsonNode.Parse(document)!));

    /// <summary>Each field of real documents broken in many ways, one at a time.</summary>
    [Fact]
    public async Task What_the_published_schema_refuses_is_refused_by_ours()
    {
        string[] values =
        [
            "null", "true", "-1", "1e400", "\"\"", "\"x\"", "\"A B\"", "\"a:\\u0000\"", "[]", "[null]", "[\"x\"]", "{}", "{\"name\":\"x\"}", "[{\"name\":\"a/b\",\"url\":\"https://x/\"}]", "\"2026-13-01T00:00:00Z\"",
            "\"2026-01-01\"", "\"http://x\"", "\"not an address\"", "\"pass\"", "5", "\"a..b\"", $"\"{new string('x', 17000)}\"", "{\"value\":\"x\"}", "{\"compatible\":[\"a b\"]}", "\"" + new string('a', 40) + "\\n\"",
        ];
        string[] fields =
        [
            "id", "origin", "checkout_id", "build_id", "status", "path", "comment", "start_time", "duration", "architecture", "log_url", "log_excerpt", "misc", "environment", "number", "input_files", "output_files",
            "git_commit_hash", "git_repository_url", "patchset_hash", "patchset_files", "valid", "git_commit_tags", "message_id", "invented", "tree_name", "compiler", "config_url", "git_repository_branch_tip",
            "origin_builds_finish_time",
        ];
        string whole = KcidbDocument.Of(KcidbRuns.All["undetermined"]()).ToJsonString();
        var mutants = new List<JsonObject>();
        foreach (string list in new[] { "checkouts", "builds", "tests" })
        {
            foreach (string field in fields)
            {
                foreach (string value in values)
                {
                    var mutant = (JsonObject)JsonNode.Parse(whole)!;
                    mutant[list]![0]![field] = JsonNode.Parse(value);
                    mutants.Add(mutant);
                }
                var without = (JsonObject)JsonNode.Parse(whole)!;
                ((JsonObject)without[list]![0]!).Remove(field);
                mutants.Add(without);
            }
        }
        string?[] theirs = await KcidbReference.FaultsAsync(mutants);
        Assert.InRange(theirs.Count(f => f is not null), 1000, mutants.Count);
        Assert.All(mutants.Zip(theirs), pair => Assert.True(pair.Second is null || KcidbSchema.Faults(pair.First).Count > 0, pair.Second));
    }
}
