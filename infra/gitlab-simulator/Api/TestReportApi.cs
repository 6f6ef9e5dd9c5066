using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>What the JUnit reports of a pipeline's latest jobs add up to.</summary>
internal static class TestReportApi
{
    public static Answer Report(GitLabWorld world, ApiRequest request) => PipelinesApi.With(request, pipeline =>
    {
        TestCase[] cases = [.. pipeline.Latest.Where(job => job.Finished).OrderBy(job => job.Id).SelectMany(job => job.Attempt?.Tests ?? [])];
        JsonObject json = Counts(cases);
        json["test_suites"] = CommonJson.Array(cases.GroupBy(test => test.Suite, StringComparer.Ordinal).Select(Suite));
        return Answer.Ok(json);
    });

    private static JsonObject Suite(IGrouping<string, TestCase> suite)
    {
        JsonObject json = Counts([.. suite]);
        json["name"] = suite.Key;
        json["suite_error"] = null;
        json["test_cases"] = CommonJson.Array(suite.Select(Case));
        return json;
    }

    private static JsonObject Counts(IReadOnlyList<TestCase> cases) => new()
    {
        ["total_time"] = (double)cases.Count, ["total_count"] = cases.Count, ["success_count"] = Count(cases, "success"),
        ["failed_count"] = Count(cases, "failed"), ["skipped_count"] = Count(cases, "skipped"), ["error_count"] = Count(cases, "error"),
    };

    private static int Count(IReadOnlyList<TestCase> cases, string status) => cases.Count(test => test.Status == status);

    private static JsonObject Case(TestCase test) => new()
    {
        ["status"] = test.Status, ["name"] = test.Name, ["classname"] = test.Suite, ["file"] = null, ["execution_time"] = 1.0,
        ["system_output"] = test.Output, ["stack_trace"] = null, ["recent_failures"] = null,
    };
}
