using Xunit;

namespace Cki.Tests.ConfigurationRooms;

public sealed class ChatChannelReading : ConfigRoom
{
    [Fact]
    public void Chat_channels_and_forms_of_webhooks_are_read()
    {
        Put("channels.yaml",
            """
            channels:
              - {name: hook, kind: slack, url_secret: slack-url}
              - {name: bot, kind: slack, token_secret: slack-token, conversation: C0123, for_operators: true, api: "https://chat.example/api/"}
              - {name: irc, kind: irc, url: "http://irccat.example:8045/send"}
              - {name: cat, kind: irc, url: "https://irccat.example/send", form: irccat, target: "#kernel", token_secret: irccat, for_operators: true}
              - {name: chat, kind: irc, url: "https://bot.example/message", form: chatbot, field: text}
              - {name: labs, kind: webhook, url: "https://labs.example/", key_secret: key, form: ready_for_test}
            """);
        Assert.Equal(
            [
                new ChannelConfig.Slack("hook", "slack-url", null, null),
                new ChannelConfig.Slack("bot", null, "slack-token", "C0123") { ForOperators = true, Api = new Uri("https://chat.example/api/") },
                new ChannelConfig.Irc("irc", new Uri("http://irccat.example:8045/send"), IrcForm.Irccat, null, null),
                new ChannelConfig.Irc("cat", new Uri("https://irccat.example/send"), IrcForm.Irccat, "#kernel", "irccat") { ForOperators = true },
                new ChannelConfig.Irc("chat", new Uri("https://bot.example/message"), IrcForm.Chatbot, null, null) { Field = "text" },
                new ChannelConfig.Webhook("labs", new Uri("https://labs.example/"), "key") { Form = WebhookForm.ReadyForTest },
            ],
            Good().Channels);
    }

    [Theory]
    [InlineData("{name: a, kind: slack}", "channels[0].url_secret: is missing; an incoming webhook needs url_secret, a bot token_secret and conversation")]
    [InlineData("{name: a, kind: slack, url_secret: u, token_secret: t, conversation: c}",
        "channels[0].token_secret: must not stand beside url_secret: either an incoming webhook or a bot posts")]
    [InlineData("{name: a, kind: slack, token_secret: t}", "channels[0].conversation: is missing: a bot must be told where to post")]
    [InlineData("{name: a, kind: slack, url_secret: u, conversation: c}", "channels[0].conversation: is the bot's; an incoming webhook knows its channel")]
    [InlineData("{name: a, kind: slack, token_secret: t, conversation: 'a b'}", "channels[0].conversation: 'a b' is no channel's id or #name")]
    [InlineData("{name: a, kind: slack, token_secret: t, conversation: c, api: 'https://slack.com/api'}", "channels[0].api: must end in a slash: the method's name follows it")]
    [InlineData("{name: a, kind: slack, url_secret: 'https://hooks.slack.com/services/T/B/x'}",
        "channels[0].url_secret: must be the name of a secret (1 to 40 characters of a-z, 0-9, '.', '_', '-'), not the secret itself")]
    [InlineData("{name: a, kind: irc, url: 'https://x.example/', target: '%TOPIC'}", "channels[0].target: '%TOPIC' is no IRC channel such as #kernel")]
    [InlineData("{name: a, kind: irc, url: 'https://x.example/', target: '#a,#b'}", "channels[0].target: '#a,#b' is no IRC channel such as #kernel")]
    [InlineData("{name: a, kind: irc, url: 'https://x.example/', form: chatbot, target: '#a'}", "channels[0].target: is irccat's; a chat bot knows its channel")]
    [InlineData("{name: a, kind: irc, url: 'https://x.example/', field: text}", "channels[0].field: is the chat bot's; irccat takes plain text")]
    [InlineData("{name: a, kind: irc, url: 'https://x.example/', form: chatbot, field: 'a\"b'}", "channels[0].field: 'a\"b' is no field's name")]
    [InlineData("{name: a, kind: irc, url: 'https://x.example/', form: slack}", "channels[0].form: is 'slack', not one of irccat, chatbot")]
    [InlineData("{name: a, kind: webhook, url: 'https://x.example/', key_secret: k, form: xml}", "channels[0].form: is 'xml', not one of cloud_event, ready_for_test")]
    [InlineData("{name: a, kind: webhook, url: 'https://x.example/', key_secret: k, form: ready_for_test, for_operators: true}",
        "channels[0].for_operators: must be false: a ready-for-test message cannot say what notices say")]
    public void What_cannot_work_is_refused(string channel, string error)
    {
        Put("channels.yaml", $"channels: [{channel}]");
        Assert.Equal([error], Errors().Select(e => e.Split(": ", 2)[1]));
    }
}
