namespace Cki.GitLabSimulator;

// Child and multi-project pipelines.
public sealed partial class GitLabWorld
{
    private void StartDownstream(GitLabJob bridge)
    {
        DownstreamScript trigger = bridge.Script.Trigger!;
        GitLabProject? project = trigger.Project is null ? bridge.Pipeline.Project : FindProject(trigger.Project);
        if (project is null)
        {
            Fail(bridge, "downstream_bridge_project_not_found");
            return;
        }
        string reference = trigger.Ref ?? (trigger.Project is null ? bridge.Pipeline.Ref : project.DefaultBranch);
        string source = trigger.Project is null ? "parent_pipeline" : "pipeline";
        var extras = new PipelineExtras { Variables = Inherited(bridge, trigger), Script = trigger.Script, SourceBridge = bridge };
        bridge.StartedAt = Now;
        PipelineCreation made = Create(project, reference, source, (bridge.User, extras));
        if (made.Pipeline is null)
        {
            Fail(bridge, "downstream_pipeline_creation_failed");
            return;
        }
        bridge.Downstream = made.Pipeline;
        SetStatus(bridge, trigger.Depend ? "running" : "success");
    }

    /// <summary>GitLab forwards the bridge's YAML variables; CKI's templates forward the pipeline's too.</summary>
    private static SortedDictionary<string, string> Inherited(GitLabJob bridge, DownstreamScript trigger)
    {
        var variables = new SortedDictionary<string, string>(bridge.Pipeline.Variables.ToDictionary(), StringComparer.Ordinal);
        foreach ((string key, string value) in trigger.Variables.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            variables[key] = value;
        return variables;
    }

    private void FollowDownstream(GitLabJob bridge, GitLabPipeline downstream)
    {
        if (!downstream.Finished || bridge.Finished || bridge.Superseded)
            return;
        bridge.FailureReason = downstream.Status == "failed" ? "unknown_failure" : null;
        SetStatus(bridge, downstream.Status);
        ProcessPipeline(bridge.Pipeline);
    }
}
