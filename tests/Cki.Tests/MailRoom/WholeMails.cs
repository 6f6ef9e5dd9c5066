using System.Text;
using Cki.Adapters;
using Cki.Tests.Doubles;
using Cki.Tests.ReportingRoom;
using MimeKit;
using Xunit;

namespace Cki.Tests.MailRooms;

/// <summary>Whole mails as they go out: our header in full, then the report's own text.</summary>
public sealed class WholeMails
{
    private static readonly ChannelConfig.Mail Channel = (ChannelConfig.Mail)A.Config().Channels[0] with { From = "CKI <cki@example.org>", ReplyTo = "cki-team@example.org", Cc = ["Jane <jane@example.org>"] };

    public static TheoryData<Verdict> Verdicts => [.. Enum.GetValues<Verdict>()];

    private static RunResult Result(Verdict verdict) => verdict switch
    {
        Verdict.Passed => Runs.Passed(),
        Verdict.Failed => Runs.Failed(),
        _ => Runs.Other(verdict, "the disk was full."),
    };

    private static string Sent(OutgoingReport report, ChannelConfig.Mail channel, int letter = 0)
    {
        using var stream = new MemoryStream();
        FormatOptions options = FormatOptions.Default.Clone();
        options.NewLineFormat = NewLineFormat.Unix;
        MailMessages.Of(channel, report, A.Noon)[letter].Message.WriteTo(options, stream);
        return Encoding.ASCII.GetString(stream.ToArray());
    }

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void A_first_report_says_in_its_header_what_it_is(Verdict verdict)
    {
        ReportModel model = Runs.Model(Result(verdict));
        OutgoingReport report = ReportLetters.Of(model, "final-1", Channel, []);
        string known = verdict == Verdict.Failed ? "\nX-CKI-Known: no" : "";
        Assert.Equal(
            $"""
            From: CKI <cki@example.org>
            Date: Sun, 22 Nov 2026 12:00:00 +0000
            Subject: {report.Subject}
            Message-Id: <{model.Run}.final-1@example.org>
            To: kernel@example.org
            Cc: Jane <jane@example.org>
            Reply-To: cki-team@example.org
            Auto-Submitted: auto-generated
            Precedence: bulk
            X-CKI-Kind: final-1
            X-CKI-Run: {model.Run}
            X-CKI-Tree: mainline
            X-CKI-Branch: main
            X-CKI-Commit: 7777777777777777777777777777777777777777
            X-CKI-Verdict: {verdict.ToString().ToLowerInvariant()}{known}
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 7bit

            {report.Text}
            """,
            Unfolded(Sent(report, Channel)));
    }

    [Fact]
    public void What_follows_answers_what_was_sent_and_names_the_whole_thread()
    {
        OutgoingReport report = ReportLetters.Of(Runs.Model(Runs.Passed(), attempt: 2), "final-2", Channel, ["run.early-1@example.org", "run.final-1@example.org"]);
        string mail = Unfolded(Sent(report, Channel));
        Assert.Contains("\nIn-Reply-To: <run.final-1@example.org>\nReferences: <run.early-1@example.org> <run.final-1@example.org>\n", mail);
        Assert.Contains("\nSubject: Re: [CKI] PASS ", mail);
    }

    [Fact]
    public void A_known_failure_is_marked_as_one()
    {
        RunResult known = new(Verdict.Failed, "known") { Cells = [new ResultCell("arm64", "boot", CellResult.Known, 0, 1, null)] };
        Assert.Contains("\nX-CKI-Known: yes\n", Sent(ReportLetters.Of(Runs.Model(known), "final-1", Channel, []), Channel));
    }

    [Fact]
    public void Each_recipient_with_a_link_gets_a_letter_of_his_own_with_the_same_id_and_the_same_readers()
    {
        OutgoingReport report = ReportLetters.Of(Runs.Model(Runs.Failed()), "final-1", Channel, []) with
        {
            Envelope = new MailEnvelope(Channel.To, Channel.Cc, new HashSet<string>())
            {
                Mutes = new Dictionary<string, MuteAddresses> { ["jane@example.org"] = new("https://cki.example/mute/all", "https://cki.example/mute/one", "build arm64") },
            },
        };
        Assert.Equal(["kernel@example.org", "jane@example.org"], MailMessages.Of(Channel, report, A.Noon).Select(l => Assert.Single(l.Recipients).Address));
        string list = Sent(report, Channel);
        string jane = Unfolded(Sent(report, Channel, 1));
        Assert.DoesNotContain("mute", list);
        Assert.Contains("\nList-Unsubscribe: <https://cki.example/mute/all>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n", jane);
        Assert.EndsWith("\nStop these mails, for 90 days at most:\nhttps://cki.example/mute/all\nStop them where only build arm64 fails:\nhttps://cki.example/mute/one\n", jane);
        Assert.Contains("\nTo: kernel@example.org\nCc: Jane <jane@example.org>\n", jane);
    }

    [Fact]
    public void Letters_beyond_ASCII_travel_quoted_printable_never_base64()
    {
        OutgoingReport report = ReportLetters.Of(Runs.Model(Runs.Passed()), "final-1", Channel, []) with { Text = string.Concat(Enumerable.Repeat("Всё хорошо, 🐧 = да\n", 200)) };
        string mail = Sent(report, Channel);
        Assert.Contains("\nContent-Transfer-Encoding: quoted-printable\n", mail);
        Assert.All(mail.Split('\n'), l => Assert.InRange(l.Length, 0, 998));
        using MimeMessage read = MimeMessage.Load(new MemoryStream(Encoding.ASCII.GetBytes(mail)));
        Assert.Equal(report.Text, read.TextBody!.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Hostile_names_add_no_header_and_no_mail_is_larger_than_lists_take()
    {
        RunResult result = Runs.HostileResult() with { Failures = [.. Enumerable.Repeat(Runs.HostileResult().Failures[0] with { Lines = [.. Enumerable.Repeat(string.Concat(Enumerable.Repeat("🐧", 200)), 12)] }, 300)] };
        OutgoingReport report = ReportLetters.Of(Runs.Model(result, Runs.Hostile), "final-1", Channel, []);
        string mail = Sent(report with { Subject = $"[CKI] {Runs.Hostile}" }, Channel);
        Assert.InRange(mail.Length, 1000, Channel.SizeMax);
        using MimeMessage read = MimeMessage.Load(new MemoryStream(Encoding.ASCII.GetBytes(mail)));
        Assert.Empty(read.Bcc);
        Assert.Equal(
            "From Date Subject Message-Id To Cc Reply-To Auto-Submitted Precedence X-CKI-Kind X-CKI-Run X-CKI-Tree X-CKI-Branch X-CKI-Commit X-CKI-Verdict X-CKI-Known MIME-Version",
            string.Join(' ', read.Headers.Select(h => h.Field).Where(f => !f.StartsWith("Content-", StringComparison.Ordinal))));
        Assert.Contains("cki.example/board/runs/", read.TextBody);
        Assert.DoesNotContain("\u202e", read.Subject + read.TextBody);
        Assert.DoesNotContain("\u001b", read.TextBody);
    }

    /// <summary>RFC 5322 folds long header lines.</summary>
    private static string Unfolded(string mail)
    {
        int end = mail.IndexOf("\n\n", StringComparison.Ordinal);
        return mail[..end].Replace("\n\t", " ").Replace("\n ", " ") + mail[end..];
    }
}
