namespace Cki;

/// <summary>channels.yaml: where reports and notices go.</summary>
public abstract record ChannelConfig(string Name)
{
    /// <summary>True: gets operators' notices and the verdicts that are not for developers.</summary>
    public bool ForOperators { get; init; }

    /// <summary>Which settled runs the channel hears of. A follow-up of what it heard comes always. Not for a commit status.</summary>
    public ReportOn OnlyOn { get; init; } = ReportOn.Always;

    /// <param name="UserSecret">With <paramref name="PasswordSecret"/>, secrets' names; null for no authentication.</param>
    public sealed record Mail(
        string Name, string SmtpHost, int SmtpPort, bool StartTls, string From, IReadOnlyList<string> To, string? UserSecret, string? PasswordSecret)
        : ChannelConfig(Name)
    {
        public const int SizeMaxDefault = 100_000;

        public IReadOnlyList<string> Cc { get; init; } = [];

        public string? ReplyTo { get; init; }

        public MailThread Thread { get; init; } = MailThread.Run;

        /// <summary>Bytes of a whole mail; kernel lists refuse more than the default 100,000.</summary>
        public int SizeMax { get; init; } = SizeMaxDefault;

        public MailDigest Digest { get; init; } = MailDigest.None;

        /// <summary>Hour of the day (UTC) at which a daily digest goes out.</summary>
        public int DigestHour { get; init; } = 6;

        /// <summary>Secret that signs mute links; null: mails carry none.</summary>
        public string? MuteKeySecret { get; init; }

        /// <summary>Secret with the PEM of the certificate authority that the server's certificate must be of; null: the machine's own.</summary>
        public string? TlsCaSecret { get; init; }

        public IReadOnlyList<MailRule> Rules { get; init; } = [];

        public MailMaintainers? Maintainers { get; init; }

        public MailAuthors? Authors { get; init; }
    }

    /// <summary>Commit status on the tree's own GitLab project.</summary>
    /// <param name="Context">The status' name; default <c>cki</c>.</param>
    public sealed record CommitStatus(string Name, string Context) : ChannelConfig(Name);

    /// <summary>A file per report in a directory of this machine; for <c>cki up</c> only.</summary>
    /// <param name="Path">Created where absent; relative to the process' working directory.</param>
    public sealed record Folder(string Name, string Path) : ChannelConfig(Name);

    /// <summary>Checkouts, builds and tests for KCIDB, the kernel community's database of results.</summary>
    /// <param name="Url">Base address; <c>submit</c> and <c>status</c> lie below it.</param>
    /// <param name="Origin">Who we are there: letters a-z, digits, <c>_</c>.</param>
    /// <param name="TokenSecret">Secret with the JSON web token that KCIDB's operators gave out for the origin.</param>
    public sealed record Kcidb(string Name, Uri Url, string Origin, string TokenSecret) : ChannelConfig(Name);

    /// <summary>One note on the merge request that a run tests, edited in place. Runs without a merge request have none.</summary>
    public sealed record MergeRequestNote(string Name) : ChannelConfig(Name);

    /// <summary>JSON, signed by Standard Webhooks 1.0.</summary>
    /// <param name="KeySecret">Secret with <c>whsec_</c> + base64.</param>
    public sealed record Webhook(string Name, Uri Url, string KeySecret) : ChannelConfig(Name)
    {
        public WebhookForm Form { get; init; } = WebhookForm.CloudEvent;
    }

    /// <summary>
    /// Slack, in one of two ways: an incoming webhook, which cannot learn a message's id and so has no threads, or <c>chat.postMessage</c>, where
    /// follow-ups and corrections go into the run's thread.
    /// </summary>
    /// <param name="UrlSecret">Secret with the incoming webhook's address; null: <c>chat.postMessage</c>.</param>
    /// <param name="TokenSecret">Secret with the bot's token; null: an incoming webhook.</param>
    /// <param name="Conversation">Channel id or name for <c>chat.postMessage</c>; null: an incoming webhook, which knows its channel.</param>
    public sealed record Slack(string Name, string? UrlSecret, string? TokenSecret, string? Conversation) : ChannelConfig(Name)
    {
        /// <summary>Where the methods are, ending in a slash.</summary>
        public Uri Api { get; init; } = new("https://slack.com/api/");
    }

    /// <summary>One line to an IRC channel, through a bot that takes lines by HTTP.</summary>
    /// <param name="Target">irccat: where to, e.g. <c>#kernel</c>; null: the bot's first channel. Always null for <see cref="IrcForm.Chatbot"/>.</param>
    /// <param name="TokenSecret">Secret with the bearer token; null: none.</param>
    public sealed record Irc(string Name, Uri Url, IrcForm Form, string? Target, string? TokenSecret) : ChannelConfig(Name)
    {
        /// <summary>Chatbot: the JSON field with the line.</summary>
        public string Field { get; init; } = "message";
    }
}

/// <summary>What a webhook channel posts.</summary>
public enum WebhookForm
{
    /// <summary>CloudEvents 1.0, structured mode.</summary>
    CloudEvent,

    /// <summary>CKI's message to labs that go on testing (<see cref="Cki.ReadyForTest"/>); final reports only.</summary>
    ReadyForTest,
}

/// <summary>How the bot takes a line.</summary>
public enum IrcForm
{
    /// <summary>irccat's <c>POST /send</c>: plain text, where a leading <c>#</c>, <c>@</c> or <c>%</c> is an instruction.</summary>
    Irccat,

    /// <summary>CKI's chat bot (its tools' <c>CHATBOT_URL</c>): a JSON object with the line in one field.</summary>
    Chatbot,
}
