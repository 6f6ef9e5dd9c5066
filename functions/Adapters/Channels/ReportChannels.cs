namespace Cki.Adapters;

/// <summary>Makes the channel that a configuration entry describes.</summary>
public static class ReportChannels
{
    /// <summary>Null for what needs the run and GitLab: Reporting sets commit statuses, writes notes and makes KCIDB's documents itself.</summary>
    public static IReportChannel? Create(ChannelConfig channel, HttpClient http, ISecrets secrets, TimeProvider clock) => channel switch
    {
        ChannelConfig.Mail mail => new MailChannel(mail, secrets, clock),
        ChannelConfig.Webhook webhook => new WebhookChannel(webhook, http, secrets, clock),
        ChannelConfig.Slack slack => new SlackChannel(slack, http, secrets, clock),
        ChannelConfig.Irc irc => new IrcChannel(irc, http, secrets, clock),
        ChannelConfig.Folder folder => new FolderChannel(folder),
        ChannelConfig.CommitStatus or ChannelConfig.MergeRequestNote or ChannelConfig.Kcidb => null,
        _ => throw new System.Diagnostics.UnreachableException(channel.GetType().Name),
    };
}
