using Cki.Tests.Doubles;
using Cki.Tests.ReportingRoom;
using Xunit;

namespace Cki.Tests.MailRooms;

public sealed class MutedMailTests
{
    private readonly ReportingWorld _world = new(DistributionTests.Config(c => c with { Cc = ["Jane <jane@example.org>"], MuteKeySecret = "mute-key" }));

    public MutedMailTests() => _world.Memory.Secrets.Values["mute-key"] = "0123456789abcdef";

    private void Mute(string? address, string pattern = "*")
    {
        var mute = new Mute(A.Tree().Name, pattern, address, A.Noon, A.Noon.AddDays(7), address ?? "jane", "");
        _world.Memory.Store.Set(Cki.Mute.KeyOf(mute.Tree, pattern, address), mute, DocumentJson.Default.Mute);
    }

    private async Task<RunId> SettleAsync(RunResult result)
    {
        RunId run = _world.Arrange(result).Run;
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        return run;
    }

    [Fact]
    public async Task Who_muted_it_is_left_out_and_the_delivery_says_so_without_the_address()
    {
        Mute("jane@example.org");
        RunId run = await SettleAsync(Runs.Failed());
        Assert.Equal(["kernel@example.org"], _world.Taken[0].Report.Envelope!.All);
        Assert.Equal("j***@example.org left out, muted until 2026-11-29 12:00Z by j***@example.org", _world.Delivery(run, "developers", "final-1")!.Note);
    }

    [Fact]
    public async Task Where_all_muted_it_nothing_is_sent_and_the_run_is_closed()
    {
        Mute(null);
        RunId run = await SettleAsync(Runs.Failed());
        Assert.Empty(_world.Taken);
        Assert.Equal("muted until 2026-11-29 12:00Z by jane", _world.Delivery(run, "developers", "final-1")!.LastError);
        Assert.NotNull(_world.Report(run)!.ClosedAt);
    }

    [Fact]
    public async Task A_mute_of_other_jobs_hides_nothing()
    {
        Mute(null, "boot *");
        await SettleAsync(Runs.Failed());
        Assert.Equal(["developers"], _world.Taken.Select(t => t.Channel));
    }

    [Fact]
    public async Task A_mute_that_cannot_be_read_hides_nothing_and_stops_nothing()
    {
        Mute("jane@example.org");
        await _world.Memory.Ports.Store.PutAsync("mutes/broken.json", "{"u8.ToArray(), new PutCondition.Always(), CancellationToken.None);
        await SettleAsync(Runs.Failed());
        Assert.Equal(["kernel@example.org"], Assert.Single(_world.Taken).Report.Envelope!.All);
    }

    [Fact]
    public async Task Operators_are_never_muted()
    {
        Mute(null);
        Mute("ops@example.org");
        await SettleAsync(Runs.Other(Verdict.Infrastructure, "a disk was full."));
        Assert.Equal(["ops@example.org"], Assert.Single(_world.Taken).Report.Envelope!.All);
        Assert.Null(_world.Taken[0].Report.Envelope!.Mutes);
    }

    [Fact]
    public async Task Each_recipient_gets_links_of_his_own_which_say_what_they_do()
    {
        await SettleAsync(Runs.Failed());
        IReadOnlyDictionary<string, MuteAddresses> mutes = _world.Taken[0].Report.Envelope!.Mutes!;
        Assert.Equal(["jane@example.org", "kernel@example.org"], mutes.Keys);
        var all = new MuteLink("developers", A.Tree().Name, "*", "jane@example.org", A.Noon.AddMinutes(47).AddDays(90));
        Assert.Equal((all, all with { Pattern = "build arm64 allmodconfig" }), (Read(mutes["jane@example.org"].Everything!), Read(mutes["jane@example.org"].Pattern!)));
        Assert.Equal("build arm64 allmodconfig", mutes["jane@example.org"].Jobs);
    }

    [Fact]
    public async Task A_key_that_is_too_short_delays_the_mail_and_loses_none()
    {
        _world.Memory.Secrets.Values["mute-key"] = "short";
        RunId run = _world.Arrange(Runs.Failed()).Run;
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync(TimeSpan.FromMinutes(30));
        Assert.Contains("must hold at least 16 characters", _world.Delivery(run, "developers", "final-1")!.LastError);
        _world.Memory.Secrets.Values["mute-key"] = "0123456789abcdef";
        await _world.RunAsync();
        Assert.Contains("developers", _world.Taken.Select(t => t.Channel));
    }

    [Fact]
    public async Task The_later_wish_stands_in_whatever_order_the_wishes_come()
    {
        MuteAsked asked = new(A.Tree().Name, "*", "jane@example.org", A.Noon.AddSeconds(1), A.Noon.AddYears(5));
        _world.Send(asked with { AskedAt = A.Noon.AddSeconds(2), Until = A.Noon.AddSeconds(2) });
        _world.Send(asked);
        await _world.RunAsync();
        await SettleAsync(Runs.Failed());
        Assert.Equal(["kernel@example.org", "Jane <jane@example.org>"], _world.Taken[0].Report.Envelope!.All);
        _world.Send(asked with { AskedAt = A.Noon.AddHours(4), Until = A.Noon.AddYears(5) });
        await _world.RunAsync();
        Assert.Equal(A.Noon.AddHours(4).AddDays(90), _world.Memory.Store.Peek(Cki.Mute.KeyOf(asked.Tree, "*", asked.Address), DocumentJson.Default.Mute)!.Until);
    }

    private static MuteLink Read(string address)
    {
        string token = address["https://cki.example/mute/".Length..];
        Assert.True(MuteLink.IsGenuine(token, MuteLink.Keys("0123456789abcdef")));
        Assert.True(MuteLink.TryRead(token, out MuteLink? link));
        return link;
    }
}
