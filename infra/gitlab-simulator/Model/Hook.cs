namespace Cki.GitLabSimulator;

/// <summary>A project's webhook.</summary>
public sealed class GitLabHook(long id, string url)
{
    public long Id { get; } = id;
    public string Url { get; set; } = url;

    /// <summary>Sent in clear as X-Gitlab-Token; null sends none.</summary>
    public string? Token { get; set; }

    /// <summary><c>whsec_</c> and base64 of 32 bytes; when set, deliveries carry a Standard Webhooks signature.</summary>
    public string? SigningToken { get; set; }
    public bool PushEvents { get; set; } = true;
    public bool TagPushEvents { get; set; }
    public bool JobEvents { get; set; }
    public bool PipelineEvents { get; set; }
    public bool MergeRequestsEvents { get; set; }
    public bool NoteEvents { get; set; }
    public string? PushBranchFilter { get; set; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Consecutive failures.</summary>
    public int RecentFailures { get; internal set; }
    public DateTimeOffset? DisabledUntil { get; internal set; }

    /// <summary>The 40th consecutive failure.</summary>
    public bool PermanentlyDisabled => RecentFailures >= 40;
    internal string Uuid { get; init; } = "";

    public string AlertStatus(DateTimeOffset now) =>
        PermanentlyDisabled ? "disabled" : DisabledUntil > now ? "temporarily_disabled" : "executable";

    internal bool Wants(string eventName) => eventName switch
    {
        "Push Hook" => PushEvents,
        "Tag Push Hook" => TagPushEvents,
        "Job Hook" => JobEvents,
        "Pipeline Hook" => PipelineEvents,
        "Merge Request Hook" => MergeRequestsEvents,
        "Note Hook" => NoteEvents,
        _ => false,
    };
}

/// <summary>One webhook request that GitLab wanted to send, with what became of it.</summary>
public sealed class WebhookDelivery
{
    public required long Id { get; init; }
    public required GitLabProject Project { get; init; }
    public required GitLabHook Hook { get; init; }

    /// <summary>Value of X-Gitlab-Event.</summary>
    public required string Event { get; init; }
    public required string EventUuid { get; init; }
    public required string IdempotencyKey { get; init; }
    public required string Body { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? SentAt { get; internal set; }

    /// <summary>The peer's HTTP status; null when there was none.</summary>
    public int? ResponseStatus { get; internal set; }

    /// <summary>waiting, sending, delivered, refused (not 2xx), failed (no answer), dropped (a fault), disabled (not sent: the hook is).</summary>
    public string Outcome { get; internal set; } = "waiting";
    public string? Error { get; internal set; }
}
