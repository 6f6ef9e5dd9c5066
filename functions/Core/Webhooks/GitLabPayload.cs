using System.Text.Unicode;

namespace Cki;

/// <summary>GitLab's webhook bodies (project, group and system hooks) to <see cref="WebhookEvent"/>. Total: never throws, whatever the bytes.</summary>
public static class GitLabPayload
{
    private const int RefCharactersMax = 1024;
    private const int TitleCharactersMax = 200;
    private const int KindCharactersMax = 60;

    /// <param name="hostUrl">Base address of the GitLab; older job events name their project only by an address below it.</param>
    public static WebhookEvent Read(ReadOnlySpan<byte> body, Uri hostUrl)
    {
        if (!Utf8.IsValid(body))
            return new WebhookEvent.Unreadable("the body is not UTF-8");
        return PayloadFields.TryRead(body, out PayloadFields? fields, out string? fault)
            ? Of(fields, hostUrl)
            : new WebhookEvent.Unreadable(fault);
    }

    private static WebhookEvent Of(PayloadFields fields, Uri hostUrl)
    {
        // System hooks say event_name only; a system hook's repository_update or project_create has no object_kind either.
        string? kind = fields.Text("object_kind") ?? fields.Text("event_name");
        return kind switch
        {
            "push" or "tag_push" => Push(kind, fields, hostUrl),
            "build" => Job(fields, hostUrl),
            "pipeline" => Pipeline(fields, hostUrl),
            "merge_request" => MergeRequest(fields, hostUrl),
            "note" when fields.Text("object_attributes.noteable_type") == "MergeRequest" => Note(fields, hostUrl),
            null => new WebhookEvent.NotOurs("none (neither object_kind nor event_name)"),
            _ => new WebhookEvent.NotOurs(Printable(kind, KindCharactersMax), ProjectPath(fields, hostUrl)),
        };
    }

    private static WebhookEvent Push(string kind, PayloadFields fields, Uri hostUrl)
    {
        if (ProjectPath(fields, hostUrl) is not { } path)
            return Lacks(kind, "project.path_with_namespace");
        if (fields.Text("ref") is not { Length: > 0 and <= RefCharactersMax } gitRef)
            return Lacks(kind, "ref");
        if (!CommitSha.TryParse(fields.Text("before"), out CommitSha before))
            return Lacks(kind, "before");
        if (!CommitSha.TryParse(fields.Text("after"), out CommitSha after))
            return Lacks(kind, "after");
        // after is an annotated tag's own object; the commit is in checkout_sha.
        CommitSha head = kind == "tag_push" && !after.IsZero && CommitSha.TryParse(fields.Text("checkout_sha"), out CommitSha commit) ? commit : after;
        if (after.IsZero)
            return new WebhookEvent.Push(path, gitRef, before.IsZero ? null : before, null, null);
        string? title = fields.Titles.GetValueOrDefault(head.Value);
        return new WebhookEvent.Push(
            path, gitRef, before.IsZero ? null : before, head, title is null ? null : Printable(title, TitleCharactersMax));
    }

    private static WebhookEvent Job(PayloadFields fields, Uri hostUrl)
    {
        if (ProjectPath(fields, hostUrl) is not { } path)
            return Lacks("build", "project.path_with_namespace or repository.homepage");
        if (fields.Number("build_id") is not { } id)
            return Lacks("build", "build_id");
        if (fields.Number("pipeline_id") is not { } pipelineId)
            return Lacks("build", "pipeline_id");
        if (fields.Text("build_name") is not { Length: > 0 and <= RefCharactersMax } name)
            return Lacks("build", "build_name");
        return fields.Text("build_status") is { Length: > 0 and <= KindCharactersMax } status
            ? new WebhookEvent.Job(path, pipelineId, id, name, status) { IsRetry = fields.Number("retries_count") is not null }
            : Lacks("build", "build_status");
    }

    private static WebhookEvent Pipeline(PayloadFields fields, Uri hostUrl)
    {
        if (ProjectPath(fields, hostUrl) is not { } path)
            return Lacks("pipeline", "project.path_with_namespace");
        if (fields.Number("object_attributes.id") is not { } id)
            return Lacks("pipeline", "object_attributes.id");
        return fields.Text("object_attributes.status") is { Length: > 0 and <= KindCharactersMax } status
            ? new WebhookEvent.Pipeline(path, id, status)
            : Lacks("pipeline", "object_attributes.status");
    }

    private static WebhookEvent MergeRequest(PayloadFields fields, Uri hostUrl)
    {
        if (ProjectPath(fields, hostUrl) is not { } path)
            return Lacks("merge_request", "project.path_with_namespace");
        return fields.Number("object_attributes.iid") is { } iid
            ? new WebhookEvent.MergeRequest(path, iid)
            : Lacks("merge_request", "object_attributes.iid");
    }

    private static WebhookEvent Note(PayloadFields fields, Uri hostUrl)
    {
        if (ProjectPath(fields, hostUrl) is not { } path)
            return Lacks("note", "project.path_with_namespace");
        if (fields.Number("merge_request.iid") is not { } iid)
            return Lacks("note", "merge_request.iid");
        return fields.Number("object_attributes.id") is { } id
            ? new WebhookEvent.Note(path, iid, id, fields.Text("object_attributes.note"), Discussion(fields.Text("object_attributes.discussion_id")))
            : Lacks("note", "object_attributes.id");
    }

    /// <summary>GitLab's are SHA-1 sums; anything else is nothing to put into an address.</summary>
    private static string? Discussion(string? id) => id is { Length: 40 } && id.All(char.IsAsciiHexDigit) ? id : null;

    private static string? ProjectPath(PayloadFields fields, Uri hostUrl)
    {
        string? path = fields.Text("project.path_with_namespace");
        if (path is null && Uri.TryCreate(fields.Text("repository.homepage"), UriKind.Absolute, out Uri? page)
            && page.AbsolutePath.StartsWith(hostUrl.AbsolutePath, StringComparison.Ordinal))
            path = page.AbsolutePath[hostUrl.AbsolutePath.Length..].Trim('/');
        return path is { Length: > 0 and <= RefCharactersMax } && path.Contains('/') ? path : null;
    }

    private static WebhookEvent.Unreadable Lacks(string kind, string field) => new($"a {kind} event without a usable {field}");

    /// <summary>What strangers wrote goes into logs and reports as one line of bounded length.</summary>
    private static string Printable(string text, int charactersMax)
    {
        string cut = text.Length <= charactersMax ? text : text[..charactersMax];
        return string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }
}
