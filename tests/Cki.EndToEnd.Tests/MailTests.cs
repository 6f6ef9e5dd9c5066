using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>Our mails at an SMTP server that we did not write (npm smtp-server), read by a parser that we did not write (Python's).</summary>
public sealed class MailTests
{
    private const string Hostile =
        "\u001b[31m<script>\u001b]0;own\a & \"x\"\r\nBcc: all@example.org\r\n\r\n\u202Egnp.exe\u2066 \u200bzero\u0000 \ud800 @everyone %TOPIC 🐧 ";

    private static readonly RunId Run = new("mainline-main-777777777777-0123abcd");

    private static ChannelConfig.Mail Channel(Peer smtp, params string[] to) =>
        new("developers", "localhost", smtp.Port, false, "CKI <cki@example.org>", to.Length == 0 ? ["list@example.org"] : to, null, null) { Cc = ["Jane <jane@example.org>"] };

    private static async Task<ChannelOutcome> SendAsync(ChannelConfig.Mail channel, OutgoingReport report, string? ca = null) =>
        await new MailChannel(channel, new OneSecret(ca), TimeProvider.System).SendAsync(report, TestContext.Current.CancellationToken);

    private static OutgoingReport AReport(string text = "Result       PASS.\n") =>
        new("run-1-final-1", "final-1", "[CKI] PASS mainline/main 777777777777", text, $"{Run}.final-1@example.org", "{}");

    [Fact]
    public async Task Over_TLS_a_mail_goes_to_the_server_whose_certificate_our_authority_signed_and_to_no_other()
    {
        using var scratch = new Scratch();
        (string ca, JsonObject files) = Certificates(scratch, "localhost");
        (string otherCa, JsonObject otherName) = Certificates(scratch, "other.example");
        await using Peer smtp = await Peer.SmtpAsync(files);
        await using Peer other = await Peer.SmtpAsync(otherName);
        ChannelConfig.Mail channel = Channel(smtp) with { StartTls = true, TlsCaSecret = "ca" };

        Assert.Equal(new ChannelOutcome.Sent($"{Run}.final-1@example.org"), await SendAsync(channel, AReport(), ca));
        Assert.IsType<ChannelOutcome.Unavailable>(await SendAsync(channel, AReport(), otherCa));
        Assert.IsType<ChannelOutcome.Unavailable>(await SendAsync(channel with { TlsCaSecret = null }, AReport()));
        Assert.IsType<ChannelOutcome.Unavailable>(await SendAsync(channel with { SmtpPort = other.Port }, AReport(), otherCa));

        await Waiting.UntilAsync(() => smtp.Mails().Count > 0, TimeSpan.FromSeconds(60), () => "no mail");
        Assert.True(Assert.Single(smtp.Mails()).IsSecure);
        Assert.Empty(other.Mails());
    }

    [Fact]
    public async Task A_server_that_has_no_time_gets_the_mail_later_and_one_that_says_no_gets_it_never()
    {
        await using Peer smtp = await Peer.SmtpAsync(new JsonObject { ["refuseData"] = new JsonArray(451, 552) });
        Assert.False(Assert.IsType<ChannelOutcome.Refused>(await SendAsync(Channel(smtp), AReport())).Permanent);
        Assert.True(Assert.IsType<ChannelOutcome.Refused>(await SendAsync(Channel(smtp), AReport())).Permanent);
        Assert.Equal(new ChannelOutcome.Sent($"{Run}.final-1@example.org"), await SendAsync(Channel(smtp), AReport()));
        Assert.False(Assert.IsType<ChannelOutcome.Refused>(await SendAsync(Channel(smtp, "later@example.org", "never@example.org") with { Cc = [] }, AReport())).Permanent);
        var some = Assert.IsType<ChannelOutcome.Sent>(await SendAsync(Channel(smtp, "never@example.org"), AReport()));
        Assert.Equal($"mail developers by localhost:{smtp.Port}: not taken: never@example.org (550 no such user)", some.Note);
        await Waiting.UntilAsync(() => smtp.Mails().Count > 1, TimeSpan.FromSeconds(60), () => "no mail");
        Assert.Equal(["list@example.org jane@example.org", "jane@example.org"], smtp.Mails().Select(m => string.Join(' ', m.To)));
    }

    [Fact]
    public async Task Hostile_strings_are_read_as_text_by_others_and_each_reader_gets_his_own_link()
    {
        await using Peer smtp = await Peer.SmtpAsync();
        ReportModel model = ReportModel.Of(HostileRun(), HostilePipeline(), 1, null, new Uri("https://cki.example/board/"));
        ChannelConfig.Mail channel = Channel(smtp);
        OutgoingReport report = ReportLetters.Of(model, "final-1", channel, ["run.early-1@example.org"]) with
        {
            Envelope = new MailEnvelope(channel.To, channel.Cc, new HashSet<string>())
            {
                Mutes = new Dictionary<string, MuteAddresses> { ["jane@example.org"] = new("https://cki.example/mute/" + new string('x', 700)) },
            },
        };
        Assert.IsType<ChannelOutcome.Sent>(await SendAsync(channel, report));
        await Waiting.UntilAsync(() => smtp.Mails().Count > 1, TimeSpan.FromSeconds(60), () => "no mails");

        Assert.Equal([["list@example.org"], ["jane@example.org"]], smtp.Mails().Select(m => m.To.ToArray()));
        Assert.All(smtp.Mails(), m => Assert.InRange(m.Message.Length, 100, ChannelConfig.Mail.SizeMaxDefault));
        Assert.All(smtp.Mails().SelectMany(m => m.Message.Split('\n')), l => Assert.InRange(l.Length, 0, 998));
        JsonNode list = await ReadAsync(smtp.Mails()[0].Message);
        JsonNode jane = await ReadAsync(smtp.Mails()[1].Message);
        string marks = "In-Reply-To References Auto-Submitted Precedence X-CKI-Kind X-CKI-Run X-CKI-Tree X-CKI-Branch X-CKI-Commit X-CKI-Verdict X-CKI-Known";
        Assert.Equal($"From Date Subject Message-Id To Cc {marks} MIME-Version Content-Type Content-Transfer-Encoding", Words(list["headers"]));
        Assert.Equal($"From Date Subject Message-Id To Cc {marks} List-Unsubscribe List-Unsubscribe-Post MIME-Version Content-Type Content-Transfer-Encoding", Words(jane["headers"]));
        Assert.Equal(("", "", "quoted-printable", "text/plain"), (Words(list["defects"]), Words(jane["defects"]), (string)list["encoding"]!, (string)list["type"]!));
        Assert.Equal(report.Subject, (string)list["subject"]!);
        Assert.Equal(model.Branch, (string)list["branch"]!);
        Assert.Equal(report.Text, ((string)list["text"]!).ReplaceLineEndings("\n"));
        Assert.EndsWith(new string('x', 700) + "\n", ((string)jane["text"]!).ReplaceLineEndings("\n"));
        Assert.Equal(("list@example.org", "jane@example.org"), (Words(jane["to"]), Words(jane["cc"])));
    }

    private static string Words(JsonNode? list) => string.Join(' ', list!.AsArray().Select(n => (string)n!));

    private static RunDetection HostileRun() =>
        new(Run, new TreeName("mainline"), Hostile, CommitSha.Parse(new string('7', 40)), FoundBy.Poll, DateTimeOffset.UnixEpoch) { Title = Hostile + new string('A', 1 << 20) };

    private static RunPipeline HostilePipeline() => new(Run)
    {
        Attempts =
        [
            new RunAttempt(1)
            {
                Result = new RunResult(Verdict.Failed, Hostile)
                {
                    Failures = [.. Enumerable.Range(0, 200).Select(i => new FailedJob(Hostile, Hostile, i, "javascript:alert(1)", [Hostile, string.Concat(Enumerable.Repeat("🐧", 1 << 18))], Hostile))],
                    Warnings = [Hostile],
                },
            },
        ],
    };

    /// <summary>An authority of our own and a server's certificate by it.</summary>
    private static (string Ca, JsonObject Files) Certificates(Scratch scratch, string name)
    {
        DateTimeOffset from = DateTimeOffset.UtcNow.AddHours(-1);
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var caRequest = new CertificateRequest("CN=Test authority", caKey, HashAlgorithmName.SHA256);
        caRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 ca = caRequest.CreateSelfSigned(from, from.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 server = request.Create(ca, from, from.AddDays(1), [1, 2, 3, 4]);
        return (ca.ExportCertificatePem(), new JsonObject
        {
            ["key"] = scratch.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()), ["cert"] = scratch.Write($"{name}.pem", server.ExportCertificatePem()),
        });
    }

    private static async Task<JsonNode> ReadAsync(string mail)
    {
        var start = new ProcessStartInfo("python3", ["-B", Path.Combine(Repository.Peers, "mail.py")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process python = Process.Start(start)!;
        await python.StandardInput.WriteAsync(mail);
        python.StandardInput.Close();
        string told = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        return JsonNode.Parse(told)!;
    }

    private sealed class OneSecret(string? value) : ISecrets
    {
        public Task<string?> GetAsync(string name, CancellationToken cancellationToken) => Task.FromResult(value);
    }
}
