using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Cki.WebhookIntake;

/// <summary>
/// Task <c>probe-push</c>: posts a genuine push of our own to <see cref="ProbeTree"/>, which goes through every stage and ends without a pipeline. Nobody
/// answers for the rest here: that its runs end is measured at the other end.
/// </summary>
internal sealed class PushProbe(WebhookDoor door, SuitePorts ports)
{
    /// <summary>Answers with the source it was posted to; null: no GitLab posts here, so that there is no way to probe.</summary>
    public async Task<JsonNode?> RunAsync(JsonNode? input, CancellationToken cancellationToken)
    {
        if (ports.Config.Current.Sources.FirstOrDefault(s => s.Kind == SourceKinds.GitLab) is not { } source)
            return new JsonObject { ["source"] = null };
        DateTimeOffset slot = ProbeTree.SlotOf(ports.Clock.GetUtcNow());
        string id = string.Create(CultureInfo.InvariantCulture, $"probe-push-{slot.UtcDateTime:yyyyMMddHHmm}");
        await ProbeTask.PostAsync(door, ports, source, id, Body(slot), cancellationToken);
        return new JsonObject { ["source"] = source.Name };
    }

    /// <summary>A created branch: nothing stands before it.</summary>
    private static byte[] Body(DateTimeOffset slot)
    {
        string sha = ProbeTree.ShaOf(slot).Value;
        var push = new JsonObject
        {
            ["object_kind"] = "push",
            ["event_name"] = "push",
            ["before"] = new string('0', 40),
            ["after"] = sha,
            ["checkout_sha"] = sha,
            ["ref"] = $"refs/heads/{ProbeTree.Branch}",
            ["project"] = new JsonObject { ["path_with_namespace"] = ProbeTree.Project.Path },
            ["commits"] = new JsonArray(),
            ["total_commits_count"] = 0,
        };
        return Encoding.UTF8.GetBytes(push.ToJsonString());
    }
}
