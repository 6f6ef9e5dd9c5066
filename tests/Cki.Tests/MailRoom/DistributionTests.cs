using System.Net;
using Cki.Tests.Doubles;
using Cki.Tests.ReportingRoom;
using Xunit;

namespace Cki.Tests.MailRooms;

public sealed class DistributionTests
{
    private readonly ReportingWorld _world = new(Config(c => c));

    internal static SuiteConfig Config(Func<ChannelConfig.Mail, ChannelConfig.Mail> vary)
    {
        SuiteConfig config = A.Config();
        return config with { Channels = [vary((ChannelConfig.Mail)config.Channels[0]), config.Channels[1]] };
    }

    private ChannelConfig.Mail Developers
    {
        set => _world.Memory.Config.Current = Config(_ => value);
        get => (ChannelConfig.Mail)_world.Memory.Config.Current.Channels[0];
    }

    private string[] Taken => [.. _world.Taken.Where(t => t.Channel == "developers").Select(t => $"{t.Report.Kind} {string.Join(' ', t.Report.Envelope!.All)}")];

    /// <summary>A run of the branch before the arranged one.</summary>
    private RunDetection Before(char sha, char? previous, Verdict? verdict)
    {
        RunDetection run = A.Detection(sha) with { Previous = previous is { } p ? A.Sha(p) : null };
        _world.Memory.Store.Set(RunIds.DetectionKey(run.Run), run, DocumentJson.Default.RunDetection);
        if (verdict is { } v)
            _world.Memory.Store.Set(RunIds.PipelineKey(run.Run), Runs.Pipeline(run.Run, new RunResult(v, "so it is")), DocumentJson.Default.RunPipeline);
        return run;
    }

    private async Task<RunId> SettleAsync(RunResult result, int attempt = 1)
    {
        RunId run = _world.Arrange(result, attempt).Run;
        _world.Send(new RunSettled(run, attempt));
        await _world.RunAsync();
        return run;
    }

    [Theory]
    [InlineData(ReportOn.Always, Verdict.Passed, true)]
    [InlineData(ReportOn.Failure, Verdict.Passed, false)]
    [InlineData(ReportOn.Change, Verdict.Passed, false)]
    [InlineData(ReportOn.Change, Verdict.Failed, true)]
    [InlineData(ReportOn.Change, null, true)]
    public async Task A_channel_hears_of_the_runs_that_it_wants(ReportOn on, Verdict? before, bool hears)
    {
        Developers = Developers with { OnlyOn = on };
        Before('5', null, before);
        RunId run = await SettleAsync(Runs.Passed());
        Assert.Equal(hears ? ["final-1 kernel@example.org"] : [], Taken);
        Assert.NotNull(_world.Report(run)!.ClosedAt);
        if (!hears)
            Assert.StartsWith("only ", _world.Delivery(run, "developers", "final-1")!.LastError);
    }

    [Fact]
    public async Task Runs_that_were_superseded_or_covered_in_between_are_no_verdict_to_compare_with()
    {
        Developers = Developers with { OnlyOn = ReportOn.Change };
        Before('3', null, Verdict.Passed);
        Before('4', '3', null);
        Before('5', '4', Verdict.Superseded);
        RunId run = await SettleAsync(Runs.Passed());
        Assert.Equal("only changes are wanted here: the branch's run before was PASS too", _world.Delivery(run, "developers", "final-1")!.LastError);
    }

    [Fact]
    public async Task What_follows_on_a_report_that_was_sent_comes_always()
    {
        Developers = Developers with { OnlyOn = ReportOn.Failure };
        await SettleAsync(Runs.Failed());
        await SettleAsync(Runs.Passed(), attempt: 2);
        Assert.Equal(["final-1 kernel@example.org", "final-2 kernel@example.org"], Taken);
    }

    [Fact]
    public async Task Copies_of_a_failure_get_what_follows_it_under_the_id_that_the_server_gave()
    {
        Developers = Developers with { Rules = [new MailRule(["net@example.org"]) { On = ReportOn.Failure }, new MailRule(["all@example.org"]) { On = ReportOn.Failure, Trees = ["other"] }] };
        _world.Answer = (_, r) => new ChannelOutcome.Sent(r.Kind == "final-1" ? "given@email.amazonses.com" : r.MessageId);
        RunId run = await SettleAsync(Runs.Failed());
        await SettleAsync(Runs.Passed(), attempt: 2);
        Assert.Equal(["final-1 kernel@example.org net@example.org", "final-2 kernel@example.org net@example.org"], Taken);
        Assert.Equal(["given@email.amazonses.com"], _world.Taken[1].Report.References);
        Assert.DoesNotContain("@", string.Concat(_world.Delivery(run, "developers", "final-1")!.Readers!));
    }

    [Fact]
    public async Task A_branch_that_goes_on_failing_is_one_thread()
    {
        Developers = Developers with { Thread = MailThread.Branch };
        Before('2', null, Verdict.Passed);
        RunDetection first = Before('4', '2', Verdict.Failed);
        RunDetection second = Before('5', '4', Verdict.Failed);
        foreach (RunDetection run in new[] { first, second })
        {
            var sent = new ReportDelivery(run.Run, "developers", "final-1", DeliveryState.Sent) { SentAt = A.Noon, PeerId = $"{run.Run}.final-1@example.org" };
            _world.Memory.Store.Set(ReportDelivery.KeyOf(run.Run, "developers", "final-1"), sent, DocumentJson.Default.ReportDelivery);
        }
        await SettleAsync(Runs.Failed());
        Assert.Equal([$"{first.Run}.final-1@example.org", $"{second.Run}.final-1@example.org"], _world.Taken[0].Report.References);
        Assert.Equal($"{second.Run}.final-1@example.org", _world.Taken[0].Report.InReplyTo);
    }

    [Fact]
    public async Task A_report_answers_the_patch_that_its_commit_names()
    {
        Developers = Developers with { Thread = MailThread.Patch };
        _world.Peer.Pages.Add(($"/repository/commits/{A.Sha('7')}", () => Page($$"""{"id":"{{A.Sha('7')}}","message":"foo\n\nLink: https://lore.kernel.org/r/p1@example.org\n"}""")));
        await SettleAsync(Runs.Failed());
        Assert.Equal("p1@example.org", _world.Taken[0].Report.InReplyTo);
    }

    [Fact]
    public async Task Maintainers_of_what_changed_get_a_copy_by_the_file_as_it_was_before()
    {
        Developers = Developers with { Maintainers = new MailMaintainers(['L']) };
        _world.Peer.Pages.Add(($"compare?from={A.Sha('5')}&to={A.Sha('7')}&straight=true", () => Page("""{"diffs":[{"old_path":"fs/ext4/inode.c","new_path":"fs/ext4/inode.c"}]}""")));
        _world.Peer.Pages.Add(($"/repository/files/MAINTAINERS/raw?ref={A.Sha('5')}", () => Page(MaintainersTests.File)));
        await SettleAsync(Runs.Failed());
        Assert.Equal(["final-1 kernel@example.org linux-ext4@vger.kernel.org"], Taken);
    }

    [Fact]
    public async Task Where_GitLab_has_no_answer_the_report_goes_to_whom_it_can_and_says_so()
    {
        Developers = Developers with { Maintainers = new MailMaintainers(['L']) };
        RunId run = await SettleAsync(Runs.Failed());
        Assert.Equal(["final-1 kernel@example.org"], Taken);
        Assert.Equal(
            "recipients by what changed or who wrote it were left out: GitLab does not know all files that changed", _world.Delivery(run, "developers", "final-1")!.Note);
    }

    [Fact]
    public async Task A_report_waits_an_hour_for_a_GitLab_that_is_down_and_no_longer()
    {
        Developers = Developers with { Maintainers = new MailMaintainers(['L']) };
        _world.Peer.Pages.Add(("straight=true", () => new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("") }));
        _world.Arrange(Runs.Failed());
        _world.Send(new RunSettled(_world.Arrange(Runs.Failed()).Run, 1));
        await _world.RunAsync(TimeSpan.FromMinutes(40));
        Assert.Empty(Taken);
        await _world.RunAsync(TimeSpan.FromHours(3));
        Assert.Equal(["final-1 kernel@example.org"], Taken);
        Assert.DoesNotContain(_world.Taken, t => t.Channel == "operators");
    }

    [Fact]
    public async Task A_channel_without_rules_asks_GitLab_nothing()
    {
        await SettleAsync(Runs.Failed());
        Assert.Empty(_world.Peer.Asked);
    }

    private static HttpResponseMessage Page(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text) };
}
