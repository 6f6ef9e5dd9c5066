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

    /// <summary>CloudEvents, signed by Standard Webhooks 1.0.</summary>
    /// <param name="KeySecret">Secret with <c>whsec_</c> + base64.</param>
    public sealed record Webhook(string Name, Uri Url, string KeySecret) : ChannelConfig(Name);
}
