using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

public sealed class HostTroubleTests
{
    private readonly DetectionWorld _world = new(Config(Tree(), GitTree()));

    public HostTroubleTests() => _world.Know(("main", 'a'));

    private string[] Told => [.. _world.Ports.Queue.Messages<NoticeRaised>().Select(n => $"{n.Key}{(n.Recovered ? " ended" : "")}")];

    [Fact]
    public async Task A_token_that_GitLab_refuses_twice_in_a_row_is_told_and_told_when_it_works_again()
    {
        _world.Servers.RefuseToken = true;
        await _world.PollAsync();
        Assert.Empty(Told);
        await PollLaterAsync();
        NoticeRaised notice = Assert.Single(_world.Ports.Queue.Messages<NoticeRaised>());
        Assert.Equal(
            (
                "token-gitlab.example", "GitLab gitlab.example refuses our token: it has expired or was revoked",
                """
                Seen by the polls of tree mainline: our token is refused: GitLab GET https://gitlab.example/api/v4/projects/kernel%2Flinux/repository/branches: 401 401 Unauthorized
                Nothing can be started, retried or reported there. Make a new token with the scopes that cki doctor names, and put it in the place of the old one.
                """),
            (notice.Key, notice.Title, notice.Text));

        _world.Servers.RefuseToken = false;
        await PollLaterAsync();
        await PollLaterAsync();
        Assert.Equal(["token-gitlab.example", "token-gitlab.example ended"], Told);
    }

    [Fact]
    public async Task A_server_that_is_down_says_nothing_of_tokens()
    {
        _world.Servers.AreDown = true;
        await _world.PollAsync();
        await PollLaterAsync();
        Assert.Empty(Told);
    }

    [Theory]
    [InlineData(90, "GitLab's clock is 90 s ahead of ours.")]
    [InlineData(-3600, "GitLab's clock is 3600 s behind ours.")]
    public async Task A_clock_that_differs_is_told_once_and_told_when_it_agrees_again(int seconds, string says)
    {
        _world.Servers.Date = _world.Ports.Clock.GetUtcNow().AddSeconds(seconds);
        await _world.PollAsync();
        _world.Servers.Date += TimeSpan.FromMinutes(5);
        await PollLaterAsync();
        NoticeRaised notice = Assert.Single(_world.Ports.Queue.Messages<NoticeRaised>());
        Assert.Equal(("clock-gitlab.example", "Our clock and that of GitLab gitlab.example differ"), (notice.Key, notice.Title));
        Assert.StartsWith(says, notice.Text, StringComparison.Ordinal);

        _world.Servers.Date = _world.Ports.Clock.GetUtcNow() + TimeSpan.FromMinutes(5);
        await PollLaterAsync();
        Assert.Equal(["clock-gitlab.example", "clock-gitlab.example ended"], Told);
    }

    [Fact]
    public async Task A_clock_that_is_seconds_off_is_not_told()
    {
        _world.Servers.Date = _world.Ports.Clock.GetUtcNow().AddSeconds(55);
        await _world.PollAsync();
        Assert.Empty(Told);
        Assert.Null(_world.Heads()!.ClockOffSince);
    }

    private Task PollLaterAsync()
    {
        _world.Ports.Clock.Advance(TimeSpan.FromMinutes(5));
        return _world.PollAsync();
    }
}
