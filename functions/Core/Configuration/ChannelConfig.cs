namespace Cki;

/// <summary>channels.yaml: where reports and notices go.</summary>
public abstract record ChannelConfig(string Name)
{
    /// <summary>True: gets operators' notices and the verdicts that are not for developers.</summary>
    public bool ForOperators { get; init; }

    /// <param name="UserSecret">With <paramref name="PasswordSecret"/>, secrets' names; null for no authentication.</param>
    public sealed record Mail(
        string Name, string SmtpHost, int SmtpPort, bool StartTls, string From, IReadOnlyList<string> To, string? UserSecret, string? PasswordSecret)
        : ChannelConfig(Name);

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
