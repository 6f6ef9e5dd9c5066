using Cki.Adapters;
using Cki.Tests.Doubles;
using Cki.Tests.ReportingRoom;
using MimeKit;
using Xunit;

namespace Cki.Tests.MailRooms;

/// <summary>A digest is stopped as a single mail is, and who stopped something gets nothing about it.</summary>
public sealed class DigestMuteTests
{
    private const string Job = "build arm64 allmodconfig";

    private readonly ReportingWorld _world = new(DistributionTests.Config(c => c with { Digest = MailDigest.Hourly, To = ["a@example.org", "B <b@example.org>"], MuteKeySecret = "mute-key" }));

    public DigestMuteTests() => _world.Memory.Secrets.Values["mute-key"] = "0123456789abcdef";

    private string[] Mails =>
        [.. _world.Taken.Where(t => t.Channel == "developers").Select(t => $"{string.Join(' ', t.Report.Envelope!.All)}: {t.Report.Subject}").Order(StringComparer.Ordinal)];

    private OutgoingReport Digest => Assert.Single(_world.Taken, t => t.Channel == "developers").Report;

    private async Task SettleAsync(char sha, RunResult result)
    {
        RunDetection run = A.Detection(sha) with { Title = $"commit {sha}" };
        _world.Memory.Store.Set(RunIds.DetectionKey(run.Run), run, DocumentJson.Default.RunDetection);
        _world.Memory.Store.Set(RunIds.PipelineKey(run.Run), Runs.Pipeline(run.Run, result), DocumentJson.Default.RunPipeline);
        _world.Send(new RunSettled(run.Run, 1));
        await _world.RunAsync(TimeSpan.FromMinutes(1));
    }

    private void Mute(string? address, string pattern = "*")
    {
        var mute = new Mute(A.Tree().Name, pattern, address, A.Noon, A.Noon.AddDays(7), address ?? "jane", "");
        _world.Memory.Store.Set(Cki.Mute.KeyOf(mute.Tree, pattern, address), mute, DocumentJson.Default.Mute);
    }

    private static MuteLink Read(string link)
    {
        string token = link[(link.LastIndexOf('/') + 1)..];
        Assert.True(MuteLink.IsGenuine(token, MuteLink.Keys("0123456789abcdef")));
        Assert.True(MuteLink.TryRead(token, out MuteLink? read));
        return read;
    }

    [Fact]
    public async Task Each_recipient_of_a_digest_gets_links_of_his_own()
    {
        await SettleAsync('1', Runs.Passed());
        await SettleAsync('2', Runs.Failed());
        await _world.RunAsync();
        IReadOnlyDictionary<string, MuteAddresses> mutes = Digest.Envelope!.Mutes!;
        Assert.Equal(["a@example.org", "b@example.org"], mutes.Keys);
        Assert.Equal([(A.Tree().Name, null), (A.Tree().Name, (string?)Job)], mutes["b@example.org"].Choices.Select(c => (c.Tree, c.Job)));
        DateTimeOffset until = Read(mutes["b@example.org"].Everything!).Until;
        Assert.InRange(until, A.Noon.AddDays(90), A.Noon.AddDays(90).AddMinutes(10));
        Assert.Equal(
            [new MuteLink("developers", A.Tree().Name, "*", "b@example.org", until), new MuteLink("developers", A.Tree().Name, Job, "b@example.org", until)],
            mutes["b@example.org"].Choices.Select(c => Read(c.Link)));
        Assert.Equal(mutes["b@example.org"].Choices[0].Link, mutes["b@example.org"].Everything);
    }

    [Fact]
    public async Task A_mail_program_has_a_button_where_all_of_the_digest_is_one_trees()
    {
        await SettleAsync('1', Runs.Passed());
        await _world.RunAsync();
        MimeMessage mail = MailMessages.Of((ChannelConfig.Mail)_world.Memory.Config.Current.Channel("developers")!, Digest, A.Noon)[1].Message;
        string all = Digest.Envelope!.Mutes!["b@example.org"].Everything!;
        Assert.Equal(($"<{all}>", "List-Unsubscribe=One-Click"), (mail.Headers["List-Unsubscribe"], mail.Headers["List-Unsubscribe-Post"]));
        Assert.EndsWith($"CKI Serverless, digest\n\nStop mails, for 90 days at most:\nmainline, all:\n{all}\n", mail.TextBody!.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_digest_of_several_trees_has_no_button_for_all()
    {
        var mutes = new MuteAddresses(null) { Choices = [new MuteChoice(A.Tree().Name, null, "https://cki.example/mute/1"), new MuteChoice(new TreeName("stable"), null, "https://cki.example/mute/2")] };
        var report = new OutgoingReport("id", "digest", "[CKI] 2 reports", "Two.\n", "x@example.org", "{}")
        {
            Envelope = new MailEnvelope(["a@example.org"], [], new HashSet<string>()) { Mutes = new Dictionary<string, MuteAddresses> { ["a@example.org"] = mutes } },
        };
        MimeMessage mail = MailMessages.Of((ChannelConfig.Mail)A.Config().Channels[0], report, A.Noon)[0].Message;
        Assert.False(mail.Headers.Contains("List-Unsubscribe"));
        Assert.Equal("Two.\n\nStop mails, for 90 days at most:\nmainline, all:\nhttps://cki.example/mute/1\nstable, all:\nhttps://cki.example/mute/2\n", mail.TextBody!.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Who_muted_it_after_it_was_gathered_gets_nothing_about_it()
    {
        await SettleAsync('1', Runs.Passed());
        Mute("b@example.org");
        await SettleAsync('2', Runs.Passed());
        await _world.RunAsync();
        Assert.Equal(["a@example.org: [CKI] 2 reports until 2026-11-22 13:00Z"], Mails);
    }

    [Fact]
    public async Task Who_muted_one_job_gets_the_other_reports()
    {
        await SettleAsync('1', Runs.Failed());
        await SettleAsync('2', Runs.Passed());
        Mute("b@example.org", "build arm64 *");
        await _world.RunAsync();
        Assert.Equal(["B <b@example.org>: [CKI] 1 report until 2026-11-22 13:00Z", "a@example.org: [CKI] 2 reports until 2026-11-22 13:00Z"], Mails);
    }

    [Fact]
    public async Task A_digest_that_all_muted_is_not_sent_and_leaves_nothing()
    {
        await SettleAsync('1', Runs.Passed());
        Mute(null);
        await _world.RunAsync();
        Assert.Empty(Mails);
        Assert.Equal([], _world.Memory.Store.Under(DigestEntry.Prefix("developers")));
        Assert.Equal([], _world.Memory.Store.Under(DueMarker.Prefix));
    }

    [Fact]
    public async Task A_mute_of_other_jobs_or_of_another_tree_hides_nothing()
    {
        await SettleAsync('1', Runs.Failed());
        Mute("b@example.org", "boot *");
        var elsewhere = new Mute(new TreeName("stable"), "*", "b@example.org", A.Noon, A.Noon.AddDays(7), "b", "");
        _world.Memory.Store.Set(Cki.Mute.KeyOf(elsewhere.Tree, "*", elsewhere.Address), elsewhere, DocumentJson.Default.Mute);
        await _world.RunAsync();
        Assert.Equal(["a@example.org B <b@example.org>: [CKI] 1 report until 2026-11-22 13:00Z"], Mails);
    }

    [Fact]
    public async Task A_key_that_is_too_short_delays_the_digest_and_loses_none()
    {
        _world.Memory.Secrets.Values["mute-key"] = "short";
        await SettleAsync('1', Runs.Passed());
        await _world.RunAsync(TimeSpan.FromMinutes(90));
        Assert.Empty(Mails);
        _world.Memory.Secrets.Values["mute-key"] = "0123456789abcdef";
        await _world.RunAsync(TimeSpan.FromHours(10));
        Assert.Single(Digest.Envelope!.Mutes!["a@example.org"].Choices);
        Assert.Equal("[CKI] 1 report until 2026-11-22 13:00Z", Digest.Subject);
    }
}
