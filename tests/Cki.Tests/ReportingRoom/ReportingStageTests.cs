using System.Net;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed class ReportingStageTests
{
    private readonly ReportingWorld _world = new();

    private static string[] Kinds(ReportingWorld world) => [.. world.Taken.Select(t => $"{t.Channel} {t.Report.Kind} {t.Report.Subject}")];

    [Fact]
    public async Task A_passed_run_is_reported_once_on_each_channel_and_closed()
    {
        RunId run = _world.Arrange(null).Run;
        _world.Send(new RunStarted(run, 1));
        await _world.RunAsync();
        _world.Arrange(Runs.Passed());
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        Assert.Equal(["developers final-1 [CKI] PASS mainline/main 777777777777, s390x boot+test not run"], Kinds(_world));
        Assert.Equal(
            [("running", "Testing started"), ("success", "PASS, s390x boot+test not run: all 11 jobs that ran have passed.")], _world.Peer.Statuses);
        Assert.Equal(["developers", "status"], _world.Report(run)!.Wanted);
        Assert.NotNull(_world.Report(run)!.ClosedAt);
        Assert.Equal([], _world.Memory.Store.Under(DueMarker.Prefix));
    }

    [Fact]
    public async Task Duplicates_of_every_message_repeat_nothing()
    {
        RunId run = _world.Arrange(Runs.Failed()).Run;
        for (int i = 0; i < 5; i++)
            _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        for (int i = 0; i < 5; i++)
            _world.Send(new DeliverReport(run, 1, "developers", "final-1"));
        await _world.RunAsync();
        Assert.Equal(["developers final-1 [CKI] FAIL build arm64: mainline/main 777777777777 (foo: add bar)"], Kinds(_world));
        Assert.Equal(["failed"], _world.Peer.Statuses.Select(s => s.State));
        Assert.Equal([], _world.Memory.Store.Under(DueMarker.Prefix));
    }

    [Theory]
    [InlineData(Verdict.Undetermined)]
    [InlineData(Verdict.Infrastructure)]
    [InlineData(Verdict.Configuration)]
    [InlineData(Verdict.Superseded)]
    [InlineData(Verdict.Canceled)]
    [InlineData(Verdict.Incomplete)]
    public async Task Developers_do_not_hear_of_other_verdicts(Verdict verdict)
    {
        RunId run = _world.Arrange(Runs.Other(verdict, "a disk was full.")).Run;
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        Assert.Equal(["operators"], _world.Taken.Select(t => t.Channel));
        Assert.Equal(["canceled"], _world.Peer.Statuses.Select(s => s.State));
        Assert.NotNull(_world.Report(run)!.ClosedAt);
    }

    [Fact]
    public async Task A_late_start_never_overwrites_the_final_status()
    {
        RunId run = _world.Arrange(Runs.Passed()).Run;
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        _world.Send(new RunStarted(run, 1));
        _world.Send(new DeliverReport(run, 1, "status", "start-1"));
        await _world.RunAsync();
        Assert.Equal(["success"], _world.Peer.Statuses.Select(s => s.State));
    }

    [Fact]
    public async Task A_channel_that_is_down_delays_no_other_and_gets_everything_afterwards()
    {
        RunId run = _world.Arrange(Runs.Passed()).Run;
        DateTimeOffset back = A.Noon.AddHours(6);
        _world.Answer = (_, r) => _world.Memory.Clock.GetUtcNow() < back ? new ChannelOutcome.Unavailable("connection refused") : new ChannelOutcome.Sent(r.MessageId);
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync(TimeSpan.FromHours(1));
        Assert.Equal(("success", 0), (_world.Peer.Statuses.Single().State, _world.Taken.Count));
        Assert.Null(_world.Report(run)!.ClosedAt);
        await _world.RunAsync(TimeSpan.FromHours(9));
        Assert.Equal(
            [
                "developers final-1 [CKI] PASS mainline/main 777777777777, s390x boot+test not run",
                "operators notice [CKI] NOTICE ENDED: channel developers takes reports again",
                "operators notice [CKI] NOTICE channel developers does not take reports",
            ],
            Kinds(_world).Where(k => !k.Contains("channel operators")).Order(StringComparer.Ordinal));
        Assert.NotNull(_world.Report(run)!.ClosedAt);
        Assert.DoesNotContain(_world.Memory.Store.Under(DueMarker.Prefix), k => k.Contains("/report/"));
    }

    [Fact]
    public async Task A_refusal_for_good_is_parked_and_operators_are_told_once()
    {
        RunId run = _world.Arrange(Runs.Passed()).Run;
        _world.Answer = (c, r) => c == "developers" ? new ChannelOutcome.Refused("550 no such list", Permanent: true) : new ChannelOutcome.Sent(r.MessageId);
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        Assert.Equal(["operators notice [CKI] NOTICE channel developers refuses reports"], Kinds(_world));
        Assert.Equal((DeliveryState.Parked, "550 no such list"), (_world.Delivery(run, "developers", "final-1")!.State, _world.Delivery(run, "developers", "final-1")!.LastError));
        Assert.NotNull(_world.Report(run)!.ClosedAt);
        Golden.Check("reports/notice-parked.txt", _world.Taken[0].Report.Text);
    }

    [Fact]
    public async Task A_passing_refusal_is_tried_again_and_is_no_copy()
    {
        RunId run = _world.Arrange(Runs.Passed()).Run;
        int asked = 0;
        _world.Answer = (_, r) => asked++ < 3 ? new ChannelOutcome.Refused("450 greylisted", Permanent: false) : new ChannelOutcome.Sent(r.MessageId);
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        Assert.Single(_world.Taken);
        Assert.Equal(4, _world.Delivery(run, "developers", "final-1")!.Tries);
    }

    [Fact]
    public async Task A_commit_status_that_GitLab_refuses_is_parked()
    {
        RunId run = _world.Arrange(Runs.Passed()).Run;
        _world.Peer.Status = HttpStatusCode.NotFound;
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        Assert.Equal(DeliveryState.Parked, _world.Delivery(run, "status", "final-1")!.State);
        Assert.NotNull(_world.Report(run)!.ClosedAt);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task A_commit_status_outlives_an_expired_token_and_operators_hear_of_it(HttpStatusCode status)
    {
        RunId run = _world.Arrange(Runs.Passed()).Run;
        _world.Peer.Status = status;
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        _world.Peer.Status = HttpStatusCode.Created;
        await _world.RunAsync();
        Assert.Equal(["success"], _world.Peer.Statuses.Select(s => s.State));
        Assert.Equal(
            ["operators notice [CKI] NOTICE channel status does not take reports", "operators notice [CKI] NOTICE ENDED: channel status takes reports again"],
            Kinds(_world).Where(k => k.StartsWith("operators", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Secrets_that_cannot_be_read_delay_a_report_and_make_no_copy()
    {
        RunId run = _world.Arrange(Runs.Passed()).Run;
        int asked = 0;
        _world.Answer = (_, r) => asked++ < 2 ? throw new SecretsUnavailableException("the parameter store did not answer") : new ChannelOutcome.Sent(r.MessageId);
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        Assert.Single(_world.Taken);
        Assert.Equal(3, _world.Delivery(run, "developers", "final-1")!.Tries);
    }

    [Fact]
    public async Task Held_mail_waits_for_the_switch_and_nothing_is_lost()
    {
        RunId run = _world.Arrange(Runs.Passed()).Run;
        var held = new Switch("mail", "the list asked for silence", "op", A.Noon, A.Noon.AddHours(5));
        _world.Memory.Store.Set(held.Key, held, DocumentJson.Default.Switch);
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync(TimeSpan.FromMinutes(290));
        Assert.Equal((0, 0), (_world.Taken.Count, _world.Peer.Statuses.Count));
        await _world.RunAsync();
        Assert.Equal((1, 1), (_world.Taken.Count, _world.Peer.Statuses.Count));
        Assert.NotNull(_world.Report(run)!.ClosedAt);
    }

    [Fact]
    public async Task The_final_of_a_second_attempt_threads_under_the_first()
    {
        RunId run = _world.Arrange(Runs.Passed()).Run;
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        _world.Arrange(Runs.Passed(), attempt: 2);
        _world.Send(new RunSettled(run, 2));
        await _world.RunAsync();
        Assert.Equal([$"{run}.final-1@example.org"], _world.Taken[1].Report.References);
        Assert.StartsWith("Re: [CKI] PASS ", _world.Taken[1].Report.Subject);
    }

    [Fact]
    public async Task A_channel_taken_out_of_the_configuration_does_not_keep_the_run_open()
    {
        RunId run = _world.Arrange(Runs.Passed()).Run;
        _world.Answer = (_, _) => new ChannelOutcome.Unavailable("down");
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync(TimeSpan.FromMinutes(1));
        SuiteConfig config = _world.Memory.Config.Current;
        _world.Memory.Config.Current = config with { Channels = [.. config.Channels.Where(c => c.Name != "developers")] };
        _world.Answer = null;
        await _world.RunAsync();
        Assert.Equal(DeliveryState.Parked, _world.Delivery(run, "developers", "final-1")!.State);
        Assert.NotNull(_world.Report(run)!.ClosedAt);
    }

    [Fact]
    public async Task An_unknown_message_is_unreadable()
    {
        MessageHandler handler = Cki.Reporting.ReportingStage.Compose(
            _world.Memory.Ports, new HttpClient(_world.Peer), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance).Queues[QueueNames.Report];
        await Assert.ThrowsAsync<UnreadableMessageException>(() => handler(_world.Memory.Message(new Tick(A.Noon)), CancellationToken.None));
    }
}
