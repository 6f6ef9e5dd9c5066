using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Pipelines: create, read, retry, cancel.</summary>
internal static class PipelinesApi
{
    public static Answer Create(GitLabWorld world, ApiRequest request)
    {
        if (request.Text("ref") is not { Length: > 0 } reference)
            return Answer.Invalid("ref is missing");
        if (ReadVariables(request.Body["variables"]) is not { } variables)
            return Answer.Invalid("variables is invalid");
        if (variables.Count > 0 && !request.Project.VariablesAllowed)
            return Refused("Insufficient permissions to set pipeline variables");
        return Start(world, request, reference, ("api", request.Caller, variables));
    }

    public static Answer Trigger(GitLabWorld world, ApiRequest request)
    {
        string? reference = request.Path.GetValueOrDefault("ref") ?? request.Text("ref");
        if (string.IsNullOrEmpty(reference))
            return Answer.Invalid("ref is missing");
        if (request.Text("token") is not { Length: > 0 } token)
            return Answer.Invalid("token is missing");
        if (!request.Project.TriggerTokens.TryGetValue(token, out GitLabUser? user))
            return Answer.Refuse(404, "404 Not Found");
        if (ReadVariables(request.Body["variables"]) is not { } variables)
            return Answer.Invalid("variables needs to be a map of key-valued strings");
        return Start(world, request, reference, ("trigger", user, variables));
    }

    private static Answer Start(GitLabWorld world, ApiRequest request, string reference,
        (string Source, GitLabUser User, SortedDictionary<string, string> Variables) by)
    {
        var inputs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, JsonNode? value) in request.Body["inputs"] as JsonObject ?? [])
            inputs[key] = value?.ToJsonString() ?? "null";
        PipelineCreation made = world.StartPipeline(request.Project, reference, by.Source, by.User,
            new PipelineExtras { Variables = by.Variables, Inputs = inputs });
        return made.Pipeline is null ? Refused(made.Refusal!) : Answer.Created(ApiJson.Pipeline(world, made.Pipeline));
    }

    private static Answer Refused(string why) => Answer.Refuse(400, new JsonObject { ["base"] = new JsonArray(why) });

    /// <summary>An array of key and value, or a map; null when it is neither.</summary>
    private static SortedDictionary<string, string>? ReadVariables(JsonNode? node)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (node is JsonObject map)
            foreach ((string key, JsonNode? value) in map)
                variables[key] = value?.ToString() ?? "";
        else if (node is JsonArray rows && rows.All(row => row is JsonObject pair && pair.ContainsKey("key")))
            foreach (JsonObject row in rows.OfType<JsonObject>())
                variables[row["key"]!.ToString()] = row["value"]?.ToString() ?? "";
        else if (node is not null)
            return null;
        return variables;
    }

    public static Answer List(GitLabWorld world, ApiRequest request) =>
        Paging.Page(world, request, PipelineFilter.Select(request), pipeline => ApiJson.PipelineBasic(world, pipeline));

    public static Answer Latest(GitLabWorld world, ApiRequest request)
    {
        string reference = request.Text("ref") ?? request.Project.DefaultBranch;
        GitLabPipeline? latest = request.Project.Pipelines
            .LastOrDefault(pipeline => pipeline.Ref == reference && pipeline.Source != "parent_pipeline");
        return latest is null ? Answer.Forbidden() : Answer.Ok(ApiJson.Pipeline(world, latest));
    }

    public static Answer One(GitLabWorld world, ApiRequest request) =>
        With(request, pipeline => Answer.Ok(ApiJson.Pipeline(world, pipeline)));

    public static Answer Variables(GitLabWorld world, ApiRequest request) =>
        With(request, pipeline => Answer.Ok(CommonJson.Array(pipeline.Variables.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new JsonObject { ["key"] = pair.Key, ["value"] = pair.Value, ["variable_type"] = "env_var", ["raw"] = false }))));

    public static Answer Retry(GitLabWorld world, ApiRequest request) => With(request, pipeline =>
    {
        world.RetryPipeline(pipeline, request.Caller);
        return Answer.Created(ApiJson.Pipeline(world, pipeline));
    });

    public static Answer Cancel(GitLabWorld world, ApiRequest request) => With(request, pipeline =>
    {
        world.CancelPipeline(pipeline);
        return Answer.Ok(ApiJson.Pipeline(world, pipeline));
    });

    internal static Answer With(ApiRequest request, Func<GitLabPipeline, Answer> act)
    {
        GitLabPipeline? pipeline = request.Project.Pipelines.FirstOrDefault(pipeline => pipeline.Id == request.Number("pipeline"));
        return pipeline is null ? Answer.NotFound("Pipeline") : act(pipeline);
    }
}
