using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki;

/// <summary>
/// CKI's message <c>ready_for_test</c>, by which labs start testing of their own. Shape as documented at cki-project.org/docs/test-maintainers/testing-builds;
/// sent once per run, when everything has settled (<c>cki_finished</c> true). What this suite does not know (packages, their address, patches,
/// modified files) is left out or empty as the document allows; labs find builds by pipeline, commit and architecture.
/// </summary>
public static class ReadyForTest
{
    private const string BuildStage = "build";

    public static string ToJson(ReportModel model)
    {
        var message = new JsonObject
        {
            ["ci"] = new JsonObject { ["name"] = "CKI (Continuous Kernel Integration)", ["team"] = "CKI", ["docs"] = "https://cki-project.org" },
            ["run"] = new JsonObject { ["url"] = model.PipelineUrl ?? model.BoardUrl ?? "" },
            ["artifact"] = new JsonObject { ["type"] = "cki-build", ["issuer"] = "CKI", ["source_package_name"] = "kernel" },
            ["checkout_id"] = $"cki:{model.Run}",
            ["tree_name"] = model.Tree.Value,
            ["branch"] = model.Branch,
            ["git_commit_hash"] = model.Sha.Value,
            ["build_info"] = new JsonArray([.. Builds(model).Select(b => Build(model, b))]),
            ["patch_urls"] = new JsonArray(),
            ["modified_files"] = new JsonArray(),
            ["pipelineid"] = PipelineId(model),
            ["cki_finished"] = true,
            ["status"] = Status(model.Result),
            ["namespace"] = "cki",
            ["generated_at"] = (model.SettledAt ?? model.DetectedAt).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["version"] = "0.1.0",
        };
        return message.ToJsonString(s_readable);
    }

    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>CKI's three words; undetermined and ours are no fault of the build, which labs may test.</summary>
    private static string Status(RunResult result) => result.Verdict switch { Verdict.Passed => "success", Verdict.Failed => "fail", _ => "error" };

    /// <summary>Architectures with a build that passed: there is something to test.</summary>
    private static IEnumerable<ResultCell> Builds(ReportModel model) =>
        ResultMatrix.Ordered(model.Result.Cells).Where(c => c.Stage == BuildStage && c.JobsPassed > 0 && c.Architecture != ResultMatrix.NoArchitecture);

    private static JsonNode Build(ReportModel model, ResultCell build) => new JsonObject
    {
        ["architecture"] = build.Architecture, ["build_id"] = $"cki:{model.Run}-{build.Architecture}", ["package_name"] = "kernel", ["debug_kernel"] = false,
    };

    /// <summary>GitLab's number, the last part of the pipeline's address; null where there is none.</summary>
    private static JsonNode? PipelineId(ReportModel model) =>
        long.TryParse(model.PipelineUrl?.Split('/')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : null;
}
