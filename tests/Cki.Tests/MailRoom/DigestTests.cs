using Cki.Tests.Doubles;
using Cki.Tests.ReportingRoom;
using Xunit;

namespace Cki.Tests.MailRooms;

public sealed class DigestTests
{
    private readonly ReportingWorld _world = new(DistributionTests.Config(c => c with { Digest = MailDigest.Hourly, To = ["a@example.org", "b@example.org"] }));

    private IEnumerable<(string Channel, OutgoingReport Report)> Mails => _world.Taken.Where(t => t.Channel == "developers");

    /// <summary>A run of its own commit.</summary>
    private async Task<RunId> SettleAsync(char sha, RunResult result, TimeSpan? within = null)
    {
        RunDetection run = A.Detection(sha) with { Title = $"commit {sha}" };
        _world.Memory.Store.Set(RunIds.DetectionKey(run.Run), run, DocumentJson.Default.RunDetection);
        _world.Memory.Store.Set(RunIds.PipelineKey(run.Run), Runs.Pipeline(run.Run, result), DocumentJson.Default.RunPipeline);
        _world.Send(new RunSettled(run.Run, 1));
        await _world.RunAsync(within ?? TimeSpan.FromMinutes(1));
        return run.Run;
    }

    [Theory]
    [InlineData(MailDigest.Hourly, 0, "2026-11-22T12:00:00Z", "2026112213")]
    [InlineData(MailDigest.Hourly, 0, "2026-11-22T12:59:59Z", "2026112213")]
    [InlineData(MailDigest.Hourly, 0, "2026-12-31T23:10:00Z", "2027010100")]
    [InlineData(MailDigest.Daily, 6, "2026-11-22T05:59:59Z", "2026112206")]
    [InlineData(MailDigest.Daily, 6, "2026-11-22T06:00:00Z", "2026112306")]
    [InlineData(MailDigest.Daily, 0, "2026-11-22T12:00:00+05:00", "2026112300")]
    public void A_period_is_named_by_its_end(MailDigest digest, int hour, string at, string period)
    {
        Assert.Equal(period, DigestPeriod.Of(digest, hour, DateTimeOffset.Parse(at)));
        Assert.Equal(period, DigestPeriod.EndOf(period).ToString("yyyyMMddHH"));
    }

    [Fact]
    public async Task Reports_of_an_hour_are_one_mail_and_their_runs_are_closed_before()
    {
        RunId first = await SettleAsync('1', Runs.Passed());
        await SettleAsync('2', Runs.Failed());
        Assert.Empty(Mails);
        Assert.NotNull(_world.Report(first)!.ClosedAt);
        await _world.RunAsync();
        OutgoingReport mail = Assert.Single(Mails).Report;
        Assert.Equal("[CKI] 2 reports until 2026-11-22 13:00Z", mail.Subject);
        Assert.Equal(["a@example.org", "b@example.org"], mail.Envelope!.All);
        Assert.StartsWith(
            $"""
              1. {ReportSubject.Of(Model('1', Runs.Passed()))}
                 https://cki.example/board/runs/{first}.html
              2. {ReportSubject.Of(Model('2', Runs.Failed()))}
            """,
            mail.Text);
        Assert.Contains("drivers/net/foo/bar.c:812:17: error: 'struct foo_priv'", mail.Text);
        Assert.EndsWith("\n-- \nCKI Serverless, digest\n", mail.Text);
        Assert.Equal([], _world.Memory.Store.Under(DigestEntry.Prefix("developers")));
        Assert.Equal([], _world.Memory.Store.Under(DueMarker.Prefix));
    }

    [Fact]
    public async Task Each_hour_has_its_own_and_an_empty_hour_has_none()
    {
        await SettleAsync('1', Runs.Passed());
        await _world.RunAsync(TimeSpan.FromHours(3));
        _world.Memory.Clock.SetUtcNow(A.Noon.AddHours(5));
        await SettleAsync('2', Runs.Passed());
        await _world.RunAsync(TimeSpan.FromHours(5));
        Assert.Equal(["[CKI] 1 report until 2026-11-22 13:00Z", "[CKI] 1 report until 2026-11-22 18:00Z"], Mails.Select(m => m.Report.Subject));
    }

    [Fact]
    public async Task A_channel_that_sends_no_digests_any_more_sends_what_it_gathered()
    {
        await SettleAsync('1', Runs.Passed());
        _world.Memory.Config.Current = DistributionTests.Config(c => c with { To = ["new@example.org"] });
        await _world.RunAsync();
        Assert.Equal(["new@example.org [CKI] 1 report until 2026-11-22 13:00Z"], Mails.Select(m => $"{string.Join(' ', m.Report.Envelope!.All)} {m.Report.Subject}"));
    }

    [Fact]
    public async Task A_digest_due_twice_is_sent_once()
    {
        await SettleAsync('1', Runs.Passed());
        await _world.RunAsync(TimeSpan.FromHours(2));
        for (int i = 0; i < 3; i++)
            _world.Send(new DigestDue("developers", "2026112213"));
        await _world.RunAsync();
        Assert.Single(Mails);
    }

    [Fact]
    public async Task A_digest_that_is_down_holds_its_reports_and_the_next_one_does_not_repeat_them()
    {
        await SettleAsync('1', Runs.Passed());
        DateTimeOffset back = A.Noon.AddHours(4);
        _world.Answer = (c, r) => r.Subject.EndsWith("13:00Z", StringComparison.Ordinal) && _world.Memory.Clock.GetUtcNow() < back ? new ChannelOutcome.Unavailable("down") : new ChannelOutcome.Sent(r.MessageId);
        await _world.RunAsync(TimeSpan.FromMinutes(90));
        await SettleAsync('2', Runs.Passed(), TimeSpan.FromMinutes(1));
        // Hour by hour: what is tried again is not all tried before the next marker.
        for (DateTimeOffset until = A.Noon.AddMinutes(130); until < A.Noon.AddHours(12); until += TimeSpan.FromHours(1))
            await _world.RunAsync(until - _world.Memory.Clock.GetUtcNow());
        Assert.Equal(
            ["[CKI] 1 report until 2026-11-22 13:00Z 111111111111", "[CKI] 1 report until 2026-11-22 17:00Z 222222222222"],
            Mails.Select(m => $"{m.Report.Subject} {(m.Report.Text.Contains("111111111111", StringComparison.Ordinal) ? "111111111111" : "222222222222")}"));
        Assert.Equal([], _world.Memory.Store.Under(DigestEntry.Prefix("developers")));
    }

    [Fact]
    public async Task A_report_that_is_gathered_again_after_it_was_told_is_not_told_again()
    {
        RunId run = await SettleAsync('1', Runs.Passed());
        await _world.RunAsync();
        var entry = new DigestEntry(run, "final-1", "again", "again\n", A.Noon, []);
        _world.Memory.Store.Set(DigestEntry.KeyOf("developers", run, "final-1"), entry, DocumentJson.Default.DigestEntry);
        _world.Send(new DigestDue("developers", "2026112214"));
        await _world.RunAsync();
        Assert.Single(Mails);
        Assert.Equal([], _world.Memory.Store.Under(DigestEntry.Prefix("developers")));
    }

    [Fact]
    public async Task Who_muted_some_of_it_gets_the_rest_in_a_mail_of_his_own()
    {
        await SettleAsync('1', Runs.Passed());
        var mute = new Mute(A.Tree().Name, "build *", "b@example.org", A.Noon, A.Noon.AddDays(1), "b", "");
        _world.Memory.Store.Set(Mute.KeyOf(mute.Tree, mute.Pattern, mute.Address), mute, DocumentJson.Default.Mute);
        await SettleAsync('2', Runs.Failed());
        await _world.RunAsync();
        Assert.Equal(
            ["a@example.org [CKI] 2 reports until 2026-11-22 13:00Z", "b@example.org [CKI] 1 report until 2026-11-22 13:00Z"],
            Mails.Select(m => $"{string.Join(' ', m.Report.Envelope!.All)} {m.Report.Subject}").Order(StringComparer.Ordinal));
    }

    /// <summary>kill -9 at every write, delete and send, first while gathering, later while sending: each report stands in one mail, never in two.</summary>
    [Fact]
    public async Task Crashes_at_every_step_lose_no_report_and_tell_none_in_two_digests()
    {
        int crashes = 0;
        int copies = 0;
        // Odd and even by turns: just before a step, just after it.
        for (int at = 0; at < 260; at += 3)
        {
            var test = new DigestTests();
            var crash = new Crash(test._world.Memory, at);
            await test.SettleAsync('1', Runs.Passed(), TimeSpan.FromMinutes(30));
            await test.SettleAsync('2', Runs.Failed(), TimeSpan.FromMinutes(1));
            await test._world.RunAsync(TimeSpan.FromHours(3));
            crashes += crash.Happened ? 1 : 0;
            string[] mails = [.. test.Mails.DistinctBy(m => m.Report.MessageId).Select(m => m.Report.Text)];
            copies += test.Mails.Count() - mails.Length;
            Assert.All(new[] { "111111111111", "222222222222" }, sha => Assert.Single(mails, m => m.Contains($"mainline/main {sha}", StringComparison.Ordinal)));
            Assert.Equal([], test._world.Memory.Store.Under(DigestEntry.Prefix("developers")));
            Assert.Equal([], test._world.Memory.Store.Under(DueMarker.Prefix));
        }
        Assert.InRange(crashes, 33, 86);
        Assert.InRange(copies, 0, 2);
    }

    private static ReportModel Model(char sha, RunResult result)
    {
        RunDetection run = A.Detection(sha) with { Title = $"commit {sha}" };
        return ReportModel.Of(run, Runs.Pipeline(run.Run, result), 1, A.Tree(), null);
    }
}
