namespace Cki;

/// <summary>What GitLab's failure reason says about who failed.</summary>
public enum FailureKind
{
    /// <summary>None, or one that says nothing: the trace decides.</summary>
    Script,

    /// <summary>GitLab or the runner: nothing of the job's own.</summary>
    System,

    /// <summary>No runner took it.</summary>
    Starved,

    /// <summary>The job ran too long.</summary>
    TimedOut,

    /// <summary>Its input was never there (or is no more).</summary>
    MissingInput,

    /// <summary>Pipeline, permissions or quota: no retry mends it.</summary>
    Configuration,

    /// <summary>Not in our table: GitLab adds reasons.</summary>
    Unknown,
}

/// <summary>
/// GitLab's job failure reasons (app/models/concerns/enums/ci/commit_status.rb, 19.x). In 2026 two of them were split: a matcher that
/// names an old one means the new ones too, and the other way round for old GitLabs.
/// </summary>
public static class FailureReasons
{
    private static readonly Dictionary<string, string[]> Split = new(StringComparer.Ordinal)
    {
        ["stuck_or_timeout_failure"] = ["stuck_pending_with_matching_runners", "stuck_pending_no_matching_runners", "no_updates_running", "no_updates_canceling"],
        ["job_execution_timeout"] = ["job_execution_server_timeout", "server_timeout_running", "server_timeout_canceling"],
    };

    public static FailureKind KindOf(string? reason) => reason switch
    {
        null or "" or "script_failure" or "unknown_failure" => FailureKind.Script,
        "runner_system_failure" or "runner_interrupted" or "runner_external_dependency_failure" or "api_failure" or "scheduler_failure"
            or "data_integrity_failure" or "job_router_failure" or "environment_creation_failure" or "stale_schedule" or "job_token_expired"
            or "no_updates_running" or "no_updates_canceling" or "stuck_or_timeout_failure" => FailureKind.System,
        "stuck_pending_with_matching_runners" or "stuck_pending_no_matching_runners" or "no_matching_runner" => FailureKind.Starved,
        "job_execution_timeout" or "job_execution_server_timeout" or "server_timeout_running" or "server_timeout_canceling" => FailureKind.TimedOut,
        "missing_dependency_failure" => FailureKind.MissingInput,
        "trace_size_exceeded" => FailureKind.Script,
        "runner_unsupported" or "runner_configuration_error" or "archived_failure" or "unmet_prerequisites" or "forward_deployment_failure"
            or "user_blocked" or "project_deleted" or "ci_quota_exceeded" or "pipeline_loop_detected" or "builds_disabled" or "deployment_rejected"
            or "failed_outdated_deployment_job" or "protected_environment_failure" or "insufficient_bridge_permissions"
            or "downstream_bridge_project_not_found" or "invalid_bridge_trigger" or "upstream_bridge_project_not_found"
            or "insufficient_upstream_permissions" or "bridge_pipeline_is_child_pipeline" or "downstream_pipeline_creation_failed"
            or "secrets_provider_not_found" or "reached_max_descendant_pipelines_depth" or "ip_restriction_failure"
            or "reached_max_pipeline_hierarchy_size" or "reached_downstream_pipeline_trigger_rate_limit" or "duo_workflow_not_allowed"
            or "id_token_burned_project_path" or "downstream_project_trigger_resolved_to_empty" => FailureKind.Configuration,
        _ => FailureKind.Unknown,
    };

    /// <summary>True when the reason a matcher names covers the one the job has, over the split of 2026.</summary>
    public static bool Covers(string named, string? actual) =>
        named == actual || (actual is not null && (IsSplitInto(named, actual) || IsSplitInto(actual, named)));

    private static bool IsSplitInto(string old, string now) => Split.TryGetValue(old, out string[]? parts) && parts.Contains(now, StringComparer.Ordinal);
}
