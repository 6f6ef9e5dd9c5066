using Cki.Adapters;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AdapterRooms;

public sealed class MailSending : IDisposable
{
    private readonly SmtpServer _server = new();
    private readonly MemorySecrets _secrets = new() { Values = { ["smtp-user"] = "cki", ["smtp-password"] = "pass" } };

    private string Where => $"mail developers by 127.0.0.1:{_server.Port}";

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_report_arrives_as_plain_text_with_its_own_id_and_thread()
    {
        Assert.Equal(new ChannelOutcome.Sent("run-1.final@cki.example"), await SendAsync(AReport()));
        Assert.Equal(
            """
            From: CKI <cki@example.org>
            Date: Sun, 22 Nov 2026 12:00:00 +0000
            Subject: PASSED: mainline aaaaaaaaaaaa
            Message-Id: <run-1.final@cki.example>
            To: kernel@example.org, other@example.org
            In-Reply-To: <run-1.start@cki.example>
            References: <patch@lore.example> <run-1.start@cki.example>
            Auto-Submitted: auto-generated
            Precedence: bulk
            X-CKI-Kind: final-1
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 7bit

            All well.
            .. and so on

            """,
            Assert.Single(_server.Mails).Replace("\r", ""));
    }

    [Fact]
    public async Task Letters_beyond_ASCII_arrive_as_UTF_8()
    {
        await SendAsync(AReport() with { Text = "Grüße\n", Subject = "Prüfung" });
        string mail = Assert.Single(_server.Mails);
        Assert.Contains("Subject: =?utf-8?", mail);
        Assert.Contains("charset=utf-8", mail);
        Assert.Contains("Gr=C3=BC=C3=9Fe", mail);
    }

    [Fact]
    public async Task The_same_report_sent_twice_is_the_same_mail()
    {
        await SendAsync(AReport());
        await SendAsync(AReport());
        Assert.Equal(_server.Mails[0], _server.Mails[1]);
    }

    [Fact]
    public async Task A_no_for_good_is_permanent()
    {
        _server.Answer = line => line.StartsWith("MAIL", StringComparison.Ordinal) ? "550 5.7.1 not from you" : null;
        Assert.Equal(new ChannelOutcome.Refused($"{Where}: 550 5.7.1 not from you", Permanent: true), await SendAsync(AReport()));
    }

    [Fact]
    public async Task A_no_for_now_is_not_permanent()
    {
        _server.Answer = line => line == "." ? "451 4.7.1 greylisted" : null;
        Assert.Equal(new ChannelOutcome.Refused($"{Where}: 451 4.7.1 greylisted", Permanent: false), await SendAsync(AReport()));
        Assert.Empty(_server.Mails);
    }

    [Fact]
    public async Task One_unknown_recipient_does_not_keep_the_mail_from_the_others()
    {
        _server.Answer = line => line.Contains("<other@") ? "550 no such user" : null;
        Assert.Equal(
            new ChannelOutcome.Sent("run-1.final@cki.example") { Note = $"{Where}: not taken: other@example.org (550 no such user)" }, await SendAsync(AReport()));
        Assert.Single(_server.Mails);
    }

    [Fact]
    public async Task Without_any_recipient_nothing_is_sent()
    {
        _server.Answer = line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 no such user" : null;
        Assert.Equal(
            new ChannelOutcome.Refused($"{Where}: 550 kernel@example.org (550 no such user); other@example.org (550 no such user)", Permanent: true),
            await SendAsync(AReport()));
    }

    [Fact]
    public async Task A_lost_answer_is_unavailable_for_the_mail_may_have_been_taken()
    {
        _server.Answer = line => line == "." ? "" : null;
        Assert.StartsWith($"{Where}: ", Assert.IsType<ChannelOutcome.Unavailable>(await SendAsync(AReport())).Reason);
    }

    [Fact]
    public async Task Hanging_up_after_the_mail_was_taken_takes_nothing_back()
    {
        _server.Answer = line => line == "QUIT" ? "" : null;
        Assert.Equal(new ChannelOutcome.Sent("run-1.final@cki.example"), await SendAsync(AReport()));
    }

    [Fact]
    public async Task Nobody_listening_is_unavailable()
    {
        _server.Dispose();
        Assert.StartsWith($"{Where}: ", Assert.IsType<ChannelOutcome.Unavailable>(await SendAsync(AReport())).Reason);
    }

    [Fact]
    public async Task A_login_is_made_where_secrets_are_named()
    {
        await SendAsync(AReport(), channel => channel with { UserSecret = "smtp-user", PasswordSecret = "smtp-password" });
        Assert.Contains(_server.Commands, c => c.StartsWith("AUTH PLAIN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_login_waits_for_a_person()
    {
        _server.Answer = line => line.StartsWith("AUTH", StringComparison.Ordinal) ? "535 5.7.8 wrong password" : null;
        var outcome = await SendAsync(AReport(), channel => channel with { UserSecret = "smtp-user", PasswordSecret = "smtp-password" });
        Assert.False(Assert.IsType<ChannelOutcome.Refused>(outcome).Permanent);
        Assert.Empty(_server.Mails);
    }

    [Fact]
    public async Task A_missing_secret_is_no_outcome_of_the_channel() =>
        await Assert.ThrowsAsync<SecretsUnavailableException>(
            () => SendAsync(AReport(), channel => channel with { UserSecret = "gone", PasswordSecret = "smtp-password" }));

    [Fact]
    public async Task A_server_without_the_encryption_we_want_gets_nothing()
    {
        Assert.False(Assert.IsType<ChannelOutcome.Refused>(await SendAsync(AReport(), channel => channel with { StartTls = true })).Permanent);
        Assert.Empty(_server.Mails);
    }

    [Fact]
    public async Task Recipients_with_links_get_letters_of_their_own_over_one_connection()
    {
        _server.Answer = line => line.Contains("<kernel@") && line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 no such list" : null;
        Assert.Equal(
            new ChannelOutcome.Sent("run-1.final@cki.example") { Note = $"{Where}: not taken: kernel@example.org (550 no such list)" }, await SendAsync(WithLinks()));
        Assert.Contains("List-Unsubscribe: <https://cki.example/mute/x>", Assert.Single(_server.Mails));
        Assert.Single(_server.Commands, c => c.StartsWith("EHLO", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_recipient_who_may_be_taken_later_keeps_a_mail_that_nobody_took_from_being_given_up()
    {
        _server.Answer = line => !line.StartsWith("RCPT", StringComparison.Ordinal) ? null : line.Contains("<kernel@") ? "451 later" : "550 no such user";
        Assert.False(Assert.IsType<ChannelOutcome.Refused>(await SendAsync(WithLinks())).Permanent);
        Assert.False(Assert.IsType<ChannelOutcome.Refused>(await SendAsync(AReport())).Permanent);
        _server.Answer = line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 no such user" : null;
        Assert.True(Assert.IsType<ChannelOutcome.Refused>(await SendAsync(WithLinks())).Permanent);
    }

    [Theory]
    [InlineData("email-smtp.us-east-1.amazonaws.com", "Ok 010001930a6b1c2d-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-000000", "010001930a6b1c2d-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-000000@email.amazonses.com")]
    [InlineData("email-smtp.eu-west-1.amazonaws.com", "Ok 0102018f00000000-00000000-0000-0000-0000-000000000000-000000", "0102018f00000000-00000000-0000-0000-0000-000000000000-000000@eu-west-1.amazonses.com")]
    [InlineData("email-smtp.eu-west-1.amazonaws.com", "Ok", null)]
    [InlineData("smtp.example.org", "Ok 0102018f00000000-00000000-0000-0000-0000-000000000000-000000", null)]
    public void A_server_that_writes_an_id_of_its_own_is_believed(string host, string said, string? id) => Assert.Equal(id, AmazonMessageId.Of(host, said));

    [Fact]
    public async Task A_certificate_authority_that_cannot_be_read_waits_for_a_person()
    {
        _secrets.Values["ca"] = "no PEM";
        var outcome = await SendAsync(AReport(), channel => channel with { StartTls = true, TlsCaSecret = "ca" });
        Assert.Equal(new ChannelOutcome.Refused($"{Where}: secret 'ca' holds no certificate in PEM", Permanent: false), outcome);
    }

    private static OutgoingReport WithLinks() => AReport() with
    {
        Envelope = new MailEnvelope(["kernel@example.org"], ["other@example.org"], new HashSet<string>())
        {
            Mutes = new Dictionary<string, MuteAddresses> { ["other@example.org"] = new("https://cki.example/mute/x") },
        },
    };

    internal static OutgoingReport AReport() =>
        new("run-1-final-1", "final-1", "PASSED: mainline aaaaaaaaaaaa", "All well.\n. and so on\n", "run-1.final@cki.example", """{"specversion":"1.0"}""")
        {
            InReplyTo = "run-1.start@cki.example",
            References = ["patch@lore.example", "run-1.start@cki.example"],
        };

    private Task<ChannelOutcome> SendAsync(OutgoingReport report, Func<ChannelConfig.Mail, ChannelConfig.Mail>? vary = null)
    {
        var channel = new ChannelConfig.Mail(
            "developers", "127.0.0.1", _server.Port, false, "CKI <cki@example.org>", ["kernel@example.org", "other@example.org"], null, null);
        return new MailChannel(vary is null ? channel : vary(channel), _secrets, new FakeTimeProvider(A.Noon)).SendAsync(report, TestContext.Current.CancellationToken);
    }
}
