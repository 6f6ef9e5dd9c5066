using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Project hooks: list, create, edit, delete, test, events, resend.</summary>
internal static class HooksApi
{
    public static Answer List(GitLabWorld world, ApiRequest request) =>
        Paging.Page(world, request, request.Project.Hooks, hook => Json(world, request.Project, hook));

    public static Answer One(GitLabWorld world, ApiRequest request) =>
        With(request, hook => Answer.Ok(Json(world, request.Project, hook)));

    public static Answer Create(GitLabWorld world, ApiRequest request)
    {
        if (request.Text("url") is not { Length: > 0 } url)
            return Answer.Invalid("url is missing");
        if (!Uri.TryCreate(url, UriKind.Absolute, out _))
            return Answer.Refuse(422, new JsonObject { ["url"] = new JsonArray("is blocked: Only allowed schemes are http, https") });
        GitLabHook hook = world.AddHook(request.Project, url, made => Change(made, request));
        return Answer.Created(Json(world, request.Project, hook));
    }

    public static Answer Edit(GitLabWorld world, ApiRequest request) => With(request, hook =>
    {
        Change(hook, request);
        return Answer.Ok(Json(world, request.Project, hook));
    });

    public static Answer Delete(GitLabWorld world, ApiRequest request) => With(request, hook =>
    {
        request.Project.Hooks.Remove(hook);
        return Answer.NoContent();
    });

    /// <summary>GitLab waits for the peer; here the test goes out at once and the answer does not wait for it.</summary>
    public static Answer Test(GitLabWorld world, ApiRequest request) => With(request, hook =>
        world.TestHook(request.Project, hook, request.Path["trigger"]) is { } why
            ? Answer.Refuse(422, why)
            : Answer.Created(new JsonObject { ["message"] = "201 Created" }));

    public static Answer Events(GitLabWorld world, ApiRequest request) => With(request, hook =>
    {
        WebhookDelivery[] events = [.. world.DeliveriesOf(hook).Where(delivery => world.Now - delivery.CreatedAt < TimeSpan.FromDays(2))];
        return Paging.Page(world, request, events, Event);
    });

    public static Answer Resend(GitLabWorld world, ApiRequest request) => With(request, hook =>
    {
        WebhookDelivery? delivery = world.DeliveriesOf(hook).FirstOrDefault(delivery => delivery.Id == request.Number("event"));
        if (delivery is null)
            return Answer.Refuse(404, "404 Not Found");
        world.SendByHand(world.Again(delivery));
        return Answer.Created(new JsonObject { ["response_status"] = 200 });
    });

    private static void Change(GitLabHook hook, ApiRequest request)
    {
        hook.Url = request.Text("url") ?? hook.Url;
        hook.Token = request.Text("token") ?? hook.Token;
        hook.SigningToken = request.Text("signing_token") ?? hook.SigningToken;
        hook.PushBranchFilter = request.Text("push_events_branch_filter") ?? hook.PushBranchFilter;
        hook.PushEvents = request.MaybeFlag("push_events") ?? hook.PushEvents;
        hook.TagPushEvents = request.MaybeFlag("tag_push_events") ?? hook.TagPushEvents;
        hook.JobEvents = request.MaybeFlag("job_events") ?? hook.JobEvents;
        hook.PipelineEvents = request.MaybeFlag("pipeline_events") ?? hook.PipelineEvents;
        hook.MergeRequestsEvents = request.MaybeFlag("merge_requests_events") ?? hook.MergeRequestsEvents;
        hook.NoteEvents = request.MaybeFlag("note_events") ?? hook.NoteEvents;
    }

    private static Answer With(ApiRequest request, Func<GitLabHook, Answer> act)
    {
        GitLabHook? hook = request.Project.Hooks.FirstOrDefault(hook => hook.Id == request.Number("hook"));
        return hook is null ? Answer.Refuse(404, "404 Not found") : act(hook);
    }

    private static JsonObject Event(WebhookDelivery delivery) => new()
    {
        ["id"] = delivery.Id, ["url"] = delivery.Hook.Url, ["trigger"] = delivery.Event.ToLowerInvariant().Replace(" hook", "_hooks", StringComparison.Ordinal),
        ["request_headers"] = new JsonObject { ["X-Gitlab-Event"] = delivery.Event, ["Idempotency-Key"] = delivery.IdempotencyKey },
        ["request_data"] = JsonNode.Parse(delivery.Body),
        ["response_headers"] = new JsonObject(), ["response_body"] = delivery.Error ?? "",
        ["response_status"] = delivery.ResponseStatus?.ToString() ?? "internal error",
        ["execution_duration"] = 0.1, ["created_at"] = Times.Api(delivery.SentAt),
    };

    private static JsonObject Json(GitLabWorld world, GitLabProject project, GitLabHook hook) => new()
    {
        ["id"] = hook.Id, ["url"] = hook.Url, ["name"] = null, ["description"] = null, ["project_id"] = project.Id,
        ["created_at"] = Times.Api(hook.CreatedAt), ["push_events"] = hook.PushEvents, ["push_events_branch_filter"] = hook.PushBranchFilter ?? "",
        ["tag_push_events"] = hook.TagPushEvents, ["job_events"] = hook.JobEvents, ["pipeline_events"] = hook.PipelineEvents,
        ["merge_requests_events"] = hook.MergeRequestsEvents, ["note_events"] = hook.NoteEvents, ["issues_events"] = false,
        ["confidential_issues_events"] = false, ["confidential_note_events"] = false, ["wiki_page_events"] = false, ["deployment_events"] = false,
        ["feature_flag_events"] = false, ["releases_events"] = false, ["emoji_events"] = false, ["resource_access_token_events"] = false,
        ["repository_update_events"] = false, ["enable_ssl_verification"] = true, ["alert_status"] = hook.AlertStatus(world.Now),
        ["disabled_until"] = Times.Api(hook.DisabledUntil), ["url_variables"] = new JsonArray(), ["custom_headers"] = new JsonArray(),
        ["branch_filter_strategy"] = "wildcard", ["custom_webhook_template"] = null,
        ["token_present"] = hook.Token is not null, ["signing_token_present"] = hook.SigningToken is not null,
    };
}
