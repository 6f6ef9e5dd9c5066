using Xunit;

namespace Cki.Tests.ConfigurationRooms;

public sealed class MailChannelReading : ConfigRoom
{
    private const string Required = "name: a, kind: mail, smtp_host: mx, from: a@b, to: c@d";

    [Fact]
    public void Everything_that_a_mail_channel_can_say_is_read()
    {
        Put("channels.yaml",
            """
            channels:
              - name: developers
                kind: mail
                smtp_host: smtp.example.org
                tls_ca_secret: smtp-ca
                from: CKI <cki@example.org>
                to: list@example.org
                cc: [Jane <jane@example.org>]
                reply_to: team@example.org
                only_on: change
                thread: branch
                size_max: 50_000
                mute_key_secret: mute-key
                rules:
                  - {trees: mainline, branches: [main, "release/*"], on: failure, paths: fs/, subsystems: [EXT4 FILE SYSTEM], to: fs@example.org}
                  - {to: [all@example.org]}
                maintainers: {roles: [lists, reviewers], on: change, file: docs/MAINTAINERS}
                authors: {opted_in: ["*@example.org"], trailer: CKI-Report, on: always}
              - {name: daily, kind: mail, smtp_host: mx, from: a@b, to: c@d, digest: daily, digest_hour: 7, only_on: failure}
              - {name: files, kind: folder, path: reports, only_on: failure}
              - {name: hook, kind: webhook, url: "https://results.example/x", key_secret: hook-key, only_on: change}
            """);
        IReadOnlyList<ChannelConfig> channels = Good().Channels;
        var mail = (ChannelConfig.Mail)channels[0];
        Assert.Equal(
            ("smtp-ca", "team@example.org", ReportOn.Change, MailThread.Branch, 50_000, "mute-key", MailDigest.None),
            (mail.TlsCaSecret, mail.ReplyTo, mail.OnlyOn, mail.Thread, mail.SizeMax, mail.MuteKeySecret, mail.Digest));
        Assert.Equal(["Jane <jane@example.org>"], mail.Cc);
        Assert.Equal(
            ["mainline | main release/* | Failure | fs/ | EXT4 FILE SYSTEM | fs@example.org", " |  | Always |  |  | all@example.org"],
            mail.Rules.Select(r => string.Join(" | ", Words(r.Trees), Words(r.Branches), r.On, Words(r.Paths), Words(r.Subsystems), Words(r.To))));
        Assert.Equal(("LR", ReportOn.Change, "docs/MAINTAINERS"), (string.Concat(mail.Maintainers!.Roles), mail.Maintainers.On, mail.Maintainers.File));
        Assert.Equal(("*@example.org", "CKI-Report", ReportOn.Always), (Words(mail.Authors!.OptedIn), mail.Authors.Trailer, mail.Authors.On));
        var daily = (ChannelConfig.Mail)channels[1];
        Assert.Equal((MailDigest.Daily, 7, ReportOn.Failure), (daily.Digest, daily.DigestHour, daily.OnlyOn));
        Assert.Equal([ReportOn.Failure, ReportOn.Change], channels.Skip(2).Select(c => c.OnlyOn));
    }

    [Fact]
    public void What_is_not_said_is_as_it_always_was()
    {
        Put("channels.yaml", $"channels: [{{{Required}, maintainers: {{}}, authors: {{trailer: X}}}}]");
        var mail = (ChannelConfig.Mail)Good().Channels[0];
        Assert.Equal(
            (ReportOn.Always, MailThread.Run, 100_000, MailDigest.None, null, null, 0, 0),
            (mail.OnlyOn, mail.Thread, mail.SizeMax, mail.Digest, mail.MuteKeySecret, mail.ReplyTo, mail.Cc.Count, mail.Rules.Count));
        Assert.Equal(("L", ReportOn.Failure, "MAINTAINERS"), (string.Concat(mail.Maintainers!.Roles), mail.Maintainers.On, mail.Maintainers.File));
    }

    [Theory]
    [InlineData("only_on: never", "only_on: is 'never', not one of always, change, failure")]
    [InlineData("thread: list", "thread: is 'list', not one of run, branch, patch")]
    [InlineData("cc: nobody", "cc: 'nobody' is no mail address")]
    [InlineData("reply_to: \"a@b\\r\\nBcc: x@y\"", "reply_to: 'a@b\r\nBcc: x@y' is no mail address")]
    [InlineData("size_max: 100", "size_max: must be a whole number from 10000 to 10000000, not '100'")]
    [InlineData("digest_hour: 5", "digest_hour: is for digest: daily")]
    [InlineData("digest: hourly, digest_hour: 5", "digest_hour: is for digest: daily")]
    [InlineData("digest: daily, digest_hour: 24", "digest_hour: must be a whole number from 0 to 23, not '24'")]
    [InlineData("digest: daily, rules: [{to: x@y}]", "rules: picks recipients report by report, a digest is one mail for all: use a channel of its own")]
    [InlineData("digest: daily, mute_key_secret: k", "mute_key_secret: a digest carries no mute links")]
    [InlineData("digest: daily, thread: branch", "thread: a digest answers nothing")]
    [InlineData("rules: [{trees: x}]", "rules[0].to: must name at least one recipient")]
    [InlineData("rules: [{to: x@y, branches: refs/heads/x}]", "rules[0].branches: 'refs/heads/x' must be the name without refs/heads/ or refs/tags/")]
    [InlineData("rules: [{to: x@y, path: fs/}]", "rules[0].path: is unknown; did you mean 'paths'?")]
    [InlineData("maintainers: {roles: [authors]}", "maintainers.roles: is 'authors', not one of lists, maintainers, reviewers")]
    [InlineData("maintainers: {file: ../x}", "maintainers.file: must be a path within the tree, such as MAINTAINERS")]
    [InlineData("authors: {on: always}", "authors.opted_in: or trailer must say who asked for mails: authors are not mailed otherwise")]
    [InlineData("authors: {trailer: \"a b\"}", "authors.trailer: 'a b' is no name of a trailer, such as CKI-Report")]
    [InlineData("tls_ca_secret: ca, starttls: false", "tls_ca_secret: needs starttls (or smtp_port 465)")]
    public void What_cannot_work_is_refused(string fields, string error)
    {
        Put("channels.yaml", $"channels: [{{{Required}, {fields}}}]");
        Assert.Equal([$"channels[0].{error}"], Errors().Select(e => e.Split(": ", 2)[1]));
    }

    private static string Words(IReadOnlyList<string> all) => string.Join(' ', all);
}
