using Xunit;

namespace Cki.Tests.ConfigurationRooms;

public sealed class ChannelReading : ConfigRoom
{
    [Fact]
    public void Every_kind_of_channel_is_read()
    {
        Put("channels.yaml",
            """
            channels:
              - name: developers
                kind: mail
                for_operators: true
                smtp_host: smtp.example.org
                smtp_port: 587
                from: CKI <cki@example.org>
                to: [a@example.org, b@example.org]
                user_secret: smtp-user
                password_secret: smtp-password
              - {name: status, kind: commit_status, context: ci}
              - {name: hook, kind: webhook, url: "https://results.example/x", key_secret: hook-key}
              - {name: kcidb, kind: kcidb, url: "https://db.example", origin: example_ci, token_secret: kcidb-token}
              - {name: note, kind: merge_request_note}
            """);
        IReadOnlyList<ChannelConfig> channels = Good().Channels;
        ChannelConfig.Mail mail = Assert.IsType<ChannelConfig.Mail>(channels[0]);
        Assert.Equal(["a@example.org", "b@example.org"], mail.To);
        Assert.Equal(
            new ChannelConfig.Mail("developers", "smtp.example.org", 587, true, "CKI <cki@example.org>", mail.To, "smtp-user", "smtp-password") { ForOperators = true },
            mail);
        Assert.Equal(
            [new ChannelConfig.CommitStatus("status", "ci"), new ChannelConfig.Webhook("hook", new Uri("https://results.example/x"), "hook-key"),
                new ChannelConfig.Kcidb("kcidb", new Uri("https://db.example"), "example_ci", "kcidb-token"), new ChannelConfig.MergeRequestNote("note")], channels.Skip(1));
    }

    [Theory]
    [InlineData("{name: a}", "channels[0].kind: is missing; known are mail, commit_status, webhook, slack, irc, folder, kcidb, merge_request_note")]
    [InlineData("{name: a, kind: telex}", "channels[0].kind: is 'telex', not one of mail, commit_status, webhook, slack, irc, folder, kcidb, merge_request_note")]
    [InlineData("{name: a, kind: commit_status, for_operators: true}", "channels[0].for_operators: is unknown; known are name, kind, context")]
    [InlineData("{name: a, kind: webhook, url: 'https://x.example/', key_secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}",
        "channels[0].key_secret: must be the name of a secret (1 to 40 characters of a-z, 0-9, '.', '_', '-'), not the secret itself")]
    [InlineData("{name: a, kind: kcidb, url: 'https://db.example', origin: Red-Hat, token_secret: t}", "channels[0].origin: 'Red-Hat' must be 1 to 40 characters of a-z, 0-9 and '_'")]
    [InlineData("{name: a, kind: kcidb, url: 'http://db.example', origin: redhat, token_secret: t}", "channels[0].url: must be https: the token would travel in the clear")]
    [InlineData("{name: a, kind: kcidb, url: 'https://token@db.example', origin: redhat, token_secret: t}", "channels[0].url: must not hold a user or password: this file is no place for secrets")]
    [InlineData("{name: a, kind: kcidb, url: 'https://db.example', origin: redhat}", "channels[0].token_secret: is missing")]
    [InlineData("{name: a, kind: merge_request_note, context: x}", "channels[0].context: is unknown; known are name, kind")]
    [InlineData("{name: a, kind: mail, smtp_host: mx, from: a@b, to: c@d, smtp_port: 70000}",
        "channels[0].smtp_port: must be a whole number from 1 to 65535, not '70000'")]
    [InlineData("{name: a, kind: mail, smtp_host: mx, from: a@b, to: \"c@d\\r\\nBcc: x@y\"}", "channels[0].to: 'c@d\r\nBcc: x@y' is no mail address")]
    [InlineData("{name: a, kind: mail, smtp_host: mx, from: a@b, to: c@d, user_secret: u}", "channels[0].user_secret: user_secret and password_secret come together")]
    [InlineData("{name: a, kind: mail, smtp_host: mx, from: a@b, to: c@d, user_secret: u, password_secret: p, starttls: false}",
        "channels[0].starttls: must be true (or smtp_port 465): the password would travel in the clear")]
    [InlineData("{name: a, kind: mail, smtp_host: mx, from: a@b, to: c@d, starttls: yes}", "channels[0].starttls: must be true or false")]
    public void What_cannot_work_is_refused(string channel, string error)
    {
        Put("channels.yaml", $"channels: [{channel}]");
        Assert.Equal([error], Errors().Select(e => e.Split(": ", 2)[1]));
    }

    [Fact]
    public void A_source_is_read()
    {
        Put("sources.yaml", "sources: [{name: gitlab, kind: gitlab, host: gitlab.example, token_secrets: [old, new]}]");
        SourceConfig source = Assert.Single(Good().Sources);
        Assert.Equal(["old", "new"], source.TokenSecrets);
        Assert.Equal(new SourceConfig("gitlab", "gitlab", "gitlab.example", source.TokenSecrets) { SigningSecrets = source.SigningSecrets }, source);
    }

    [Fact]
    public void A_source_of_an_unknown_host_is_refused()
    {
        Put("sources.yaml", "sources: [{name: gitlab, kind: gitlab, host: gitlab.exmple, token_secrets: t}]");
        Assert.Equal(["sources.yaml:1:46: sources[0].host: 'gitlab.exmple' is none of the hosts in trees.yaml; did you mean 'gitlab.example'?"], Errors());
    }
}
