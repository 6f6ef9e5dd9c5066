using System.Text.RegularExpressions;

namespace Cki;

/// <summary>channels.yaml: entries of the kinds <c>webhook</c>, <c>slack</c> and <c>irc</c>.</summary>
internal static partial class ChatChannelsReader
{
    public static ChannelConfig.Webhook Webhook(EntryReader entry)
    {
        string form = entry.Choice("form", ["cloud_event", "ready_for_test"], "cloud_event");
        var webhook = new ChannelConfig.Webhook(entry.Text("name") ?? "", entry.Address("url"), entry.RequiredSecretName("key_secret"))
        {
            ForOperators = entry.Flag("for_operators", otherwise: false),
            OnlyOn = entry.On("only_on", ReportOn.Always),
            Form = form == "ready_for_test" ? WebhookForm.ReadyForTest : WebhookForm.CloudEvent,
        };
        if (webhook is { ForOperators: true, Form: WebhookForm.ReadyForTest })
            entry.Wrong("for_operators", "must be false: a ready-for-test message cannot say what notices say");
        return webhook;
    }

    public static ChannelConfig.Slack Slack(EntryReader entry)
    {
        var slack = new ChannelConfig.Slack(
            entry.Text("name") ?? "", entry.SecretName("url_secret"), entry.SecretName("token_secret"), entry.Text("conversation"))
        {
            ForOperators = entry.Flag("for_operators", otherwise: false),
            OnlyOn = entry.On("only_on", ReportOn.Always),
        };
        if (slack.UrlSecret is null && slack.TokenSecret is null)
            entry.Wrong("url_secret", "is missing; an incoming webhook needs url_secret, a bot token_secret and conversation");
        else if (slack.UrlSecret is not null && slack.TokenSecret is not null)
            entry.Wrong("token_secret", "must not stand beside url_secret: either an incoming webhook or a bot posts");
        else if (slack.TokenSecret is not null == slack.Conversation is null)
            entry.Wrong("conversation", slack.Conversation is null ? "is missing: a bot must be told where to post" : "is the bot's; an incoming webhook knows its channel");
        if (slack.Conversation is { } conversation && !Conversation().IsMatch(conversation))
            entry.Wrong("conversation", $"'{conversation}' is no channel's id or #name");
        if (!entry.Has("api"))
            return slack;
        Uri api = entry.Address("api");
        if (!api.AbsoluteUri.EndsWith('/'))
            entry.Wrong("api", "must end in a slash: the method's name follows it");
        return slack with { Api = api };
    }

    public static ChannelConfig.Irc Irc(EntryReader entry)
    {
        IrcForm form = entry.Choice("form", ["irccat", "chatbot"], "irccat") == "chatbot" ? IrcForm.Chatbot : IrcForm.Irccat;
        var irc = new ChannelConfig.Irc(entry.Text("name") ?? "", entry.Address("url"), form, entry.Text("target"), entry.SecretName("token_secret"))
        {
            ForOperators = entry.Flag("for_operators", otherwise: false),
            OnlyOn = entry.On("only_on", ReportOn.Always),
            Field = entry.Text("field") ?? "message",
        };
        if (irc is { Form: IrcForm.Chatbot, Target: not null })
            entry.Wrong("target", "is irccat's; a chat bot knows its channel");
        else if (irc.Target is { } target && !Target().IsMatch(target))
            entry.Wrong("target", $"'{target}' is no IRC channel such as #kernel");
        if (irc.Form == IrcForm.Irccat && entry.Has("field"))
            entry.Wrong("field", "is the chat bot's; irccat takes plain text");
        else if (!Field().IsMatch(irc.Field))
            entry.Wrong("field", $"'{irc.Field}' is no field's name");
        return irc;
    }

    [GeneratedRegex(@"\A#?[A-Za-z0-9_-]{1,80}\z")]
    private static partial Regex Conversation();

    /// <summary>irccat splits recipients at commas, and reads % as the start of a command.</summary>
    [GeneratedRegex(@"\A[#&][^\s,%@\p{C}]{1,49}\z")]
    private static partial Regex Target();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,39}\z")]
    private static partial Regex Field();
}
