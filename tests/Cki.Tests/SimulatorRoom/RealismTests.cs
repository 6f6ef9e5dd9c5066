using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

/// <summary>Every property that recorded payloads have is in ours, at the same place.</summary>
public sealed class RealismTests
{
    private readonly World _world = new();

    [Theory]
    [InlineData("push.json", "Push Hook")]
    [InlineData("tag_push.json", "Tag Push Hook")]
    [InlineData("pipeline.json", "Pipeline Hook")]
    [InlineData("job.json", "Job Hook")]
    public void A_payload_has_what_recorded_ones_have(string file, string eventName)
    {
        string? path = Recorded(file);
        Assert.SkipWhen(path is null, "shared/data is not beside this checkout: nothing recorded to compare with.");
        JsonNode recorded = JsonNode.Parse(File.ReadAllText(path!))!;
        JsonNode ours = JsonNode.Parse(_world.GitLab.WebhooksSent.Last(sent => sent.Event == eventName && (eventName != "Pipeline Hook" || sent.Body.Contains("\"merge_request\":{"))).Body)!;
        Assert.Empty(Missing(recorded, ours, "").Except(["/environment/name", "/environment/action", "/environment/deployment_tier"]));
    }

    public RealismTests()
    {
        _world.GitLab.AddHook(_world.Project, "https://cki.example/", hook =>
        {
            hook.JobEvents = true;
            hook.PipelineEvents = true;
            hook.TagPushEvents = true;
        });
        GitLabCommit commit = _world.GitLab.Commit("cki/kernel-tests", "main", "mm: fix it");
        _world.GitLab.Push("cki/kernel-tests", null, new RefUpdate("refs/tags/v1", commit.Sha, commit));
        _world.Runs(new JobScript("x86_64", "build") { Trigger = new DownstreamScript { Script = new PipelineScript([new JobScript("build", "build")]) } });
        GitLabMergeRequest request = _world.GitLab.AddMergeRequest(_world.Project, "Fix it", "main");
        // A child of a merge request's pipeline has every optional part.
        GitLabPipeline parent = _world.GitLab.StartPipeline(_world.Project, "main", "merge_request_event", _world.Bot).Pipeline!;
        _world.GitLab.StartPipeline(_world.Project, "main", "merge_request_event", _world.Bot, new PipelineExtras
        {
            MergeRequest = request, SourceBridge = parent.Jobs[0], Script = new PipelineScript([new JobScript("build", "build")]),
            Variables = new SortedDictionary<string, string> { ["NESTOR_PROD_ENVIRONMENT"] = "us-west-1" },
        });
        _world.Pass(40);
    }

    private static IEnumerable<string> Missing(JsonNode? recorded, JsonNode? ours, string at) => (recorded, ours) switch
    {
        (JsonObject theirs, JsonObject mine) => theirs.SelectMany(pair =>
            mine.ContainsKey(pair.Key) ? Missing(pair.Value, mine[pair.Key], $"{at}/{pair.Key}") : [$"{at}/{pair.Key}"]),
        (JsonArray theirs, JsonArray mine) when theirs.Count > 0 && mine.Count > 0 => Missing(theirs[0], mine[0], at + "/0"),
        (JsonObject or JsonArray, null) => at == "/environment" || at.EndsWith("/environment") ? [] : [at],
        _ => [],
    };

    private static string? Recorded(string file)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "data", "gitlab-webhooks", "webhooks", file);
            if (File.Exists(path))
                return path;
        }
        return null;
    }
}
