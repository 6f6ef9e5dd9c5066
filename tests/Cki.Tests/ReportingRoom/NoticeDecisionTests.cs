using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed class NoticeDecisionTests
{
    private static readonly NoticeRaised Trouble = new("gitlab-down", "GitLab does not answer", "Runs wait.");
    private static readonly NoticeRaised Over = Trouble with { Title = "GitLab answers again", Text = "", Recovered = true };

    private static NoticeState Standing() => NoticeDecision.OnRaised(null, Trouble, A.Noon, A.Noon)! with { ToSend = [] };

    private static NoticeState Told(NoticeState ended) => ended with { QuietEnd = null, ToSend = [] };

    [Fact]
    public void A_first_notice_is_sent() =>
        Assert.Equal([new NoticeToSend("start", "GitLab does not answer", "Runs wait.")], NoticeDecision.OnRaised(null, Trouble, A.Noon, A.Noon)!.ToSend);

    [Fact]
    public void A_standing_notice_is_counted_and_not_sent_again()
    {
        NoticeState again = NoticeDecision.OnRaised(Standing(), Trouble, A.Noon.AddMinutes(1), A.Noon.AddMinutes(1))!;
        Assert.Equal((2, 0, A.Noon), (again.Count, again.ToSend.Count, again.Since));
    }

    private static readonly NoticeReminderDue Look = new(Trouble.Key, A.Noon);

    [Fact]
    public void The_end_is_told_once_when_it_has_lasted_ten_minutes()
    {
        NoticeState ended = NoticeDecision.OnRaised(Standing(), Over, A.Noon.AddHours(3), A.Noon.AddHours(3))!;
        Assert.Equal((A.Noon.AddHours(3), 0), (ended.EndedAt!.Value, ended.ToSend.Count));
        Assert.Same(ended, NoticeDecision.OnReminderDue(ended, Look, A.Noon.AddHours(3).AddMinutes(9)));
        NoticeState told = NoticeDecision.OnReminderDue(ended, Look, A.Noon.AddHours(3).AddMinutes(10))!;
        Assert.Equal([new NoticeToSend("end", "ENDED: GitLab answers again", "It lasted 3 h 0 min.")], told.ToSend);
        Assert.Same(told, NoticeDecision.OnReminderDue(told, Look, A.Noon.AddHours(4)));
        Assert.Equal(told.ToSend, NoticeDecision.OnRaised(told, Over, A.Noon.AddHours(4), A.Noon.AddHours(4))!.ToSend);
    }

    [Fact]
    public void Trouble_that_is_back_within_ten_minutes_never_ended()
    {
        NoticeState ended = NoticeDecision.OnRaised(Standing(), Over, A.Noon.AddHours(1), A.Noon.AddHours(1))!;
        NoticeState back = NoticeDecision.OnRaised(ended, Trouble, A.Noon.AddMinutes(69), A.Noon.AddMinutes(69))!;
        Assert.Equal((A.Noon, null, null, 2, 0), (back.Since, back.EndedAt, back.QuietEnd, back.Count, back.ToSend.Count));
        Assert.Same(back, NoticeDecision.OnReminderDue(back, Look, A.Noon.AddMinutes(70)));
    }

    [Fact]
    public void What_comes_back_four_times_within_an_hour_is_flapping_and_then_silent()
    {
        NoticeState state = NoticeDecision.OnRaised(null, Trouble, A.Noon, A.Noon)! with { ToSend = [] };
        var told = new List<NoticeToSend>();
        for (int minute = 5; minute < 80; minute += 10)
        {
            state = NoticeDecision.OnRaised(state, Over, A.Noon.AddMinutes(minute), A.Noon.AddMinutes(minute))!;
            state = NoticeDecision.OnRaised(state, Trouble, A.Noon.AddMinutes(minute + 5), A.Noon.AddMinutes(minute + 5))!;
            told.AddRange(state.ToSend);
            state = state with { ToSend = [] };
        }
        Assert.Equal(
            [
                new NoticeToSend(
                    "flapping", "FLAPPING: GitLab does not answer",
                    "It began 5 times within an hour. You hear of it again when it has stayed away for 60 min, or tomorrow.\n\nRuns wait."),
            ],
            told);
        state = NoticeDecision.OnRaised(state, Over, A.Noon.AddMinutes(85), A.Noon.AddMinutes(85))!;
        Assert.Same(state, NoticeDecision.OnReminderDue(state, Look, A.Noon.AddMinutes(144)));
        Assert.Equal(["end"], NoticeDecision.OnReminderDue(state, Look, A.Noon.AddMinutes(145))!.ToSend.Select(n => n.Kind));
    }

    [Fact]
    public void Returns_spread_over_more_than_an_hour_are_no_flapping()
    {
        NoticeState state = NoticeDecision.OnRaised(null, Trouble, A.Noon, A.Noon)!;
        for (int minute = 20; minute < 400; minute += 25)
        {
            state = NoticeDecision.OnRaised(state, Over, A.Noon.AddMinutes(minute), A.Noon.AddMinutes(minute))!;
            state = NoticeDecision.OnRaised(state, Trouble, A.Noon.AddMinutes(minute + 5), A.Noon.AddMinutes(minute + 5))!;
        }
        Assert.False(state.IsFlapping);
    }

    [Fact]
    public void An_end_that_overtook_its_beginning_silences_it()
    {
        NoticeState ended = NoticeDecision.OnRaised(null, Over, A.Noon.AddMinutes(5), A.Noon.AddMinutes(6))!;
        NoticeState after = NoticeDecision.OnRaised(ended, Trouble, A.Noon, A.Noon.AddMinutes(7))!;
        Assert.Same(ended, after);
        Assert.Empty(ended.ToSend);
    }

    [Fact]
    public void An_old_end_does_not_end_a_later_trouble() =>
        Assert.Null(NoticeDecision.OnRaised(Standing(), Over, A.Noon.AddMinutes(-1), A.Noon.AddMinutes(1))!.EndedAt);

    [Fact]
    public void Trouble_after_its_end_is_another_trouble()
    {
        NoticeState ended = Told(NoticeDecision.OnRaised(Standing(), Over, A.Noon.AddHours(1), A.Noon.AddHours(1))!);
        NoticeState again = NoticeDecision.OnRaised(ended, Trouble, A.Noon.AddHours(2), A.Noon.AddHours(2))!;
        Assert.Equal((A.Noon.AddHours(2), 1, "start"), (again.Since, again.Count, again.ToSend.Single().Kind));
    }

    [Fact]
    public void Standing_trouble_is_recalled_daily_and_not_before()
    {
        var due = new NoticeReminderDue(Trouble.Key, A.Noon);
        Assert.Empty(NoticeDecision.OnReminderDue(Standing(), due, A.Noon.AddHours(23))!.ToSend);
        NoticeState day = NoticeDecision.OnReminderDue(Standing(), due, A.Noon.AddHours(24))!;
        Assert.Equal(
            [new NoticeToSend("reminder-1", "STILL: GitLab does not answer", "It has stood since 2026-11-22 12:00Z and was seen 1 time.\n\nRuns wait.")], day.ToSend);
        Assert.Same(day, NoticeDecision.OnReminderDue(day, due, A.Noon.AddHours(25)));
    }

    [Fact]
    public void Ended_or_other_trouble_is_not_recalled()
    {
        NoticeState ended = Told(NoticeDecision.OnRaised(Standing(), Over, A.Noon.AddHours(1), A.Noon.AddHours(1))!);
        Assert.Same(ended, NoticeDecision.OnReminderDue(ended, new NoticeReminderDue(Trouble.Key, A.Noon), A.Noon.AddDays(2)));
        NoticeState other = Standing();
        Assert.Same(other, NoticeDecision.OnReminderDue(other, new NoticeReminderDue(Trouble.Key, A.Noon.AddHours(-9)), A.Noon.AddDays(2)));
        Assert.Null(NoticeDecision.OnReminderDue(null, new NoticeReminderDue(Trouble.Key, A.Noon), A.Noon));
    }

    [Fact]
    public void What_was_handed_over_is_not_sent_again_and_the_rest_stays()
    {
        NoticeState raised = NoticeDecision.OnRaised(null, Trouble, A.Noon, A.Noon)!;
        NoticeState ended = NoticeDecision.OnReminderDue(NoticeDecision.OnRaised(raised, Over, A.Noon.AddHours(1), A.Noon.AddHours(1))!, Look, A.Noon.AddHours(2))!;
        Assert.Equal(["end"], NoticeDecision.OnHandedOver(ended, raised.ToSend)!.ToSend.Select(n => n.Kind));
    }

    private static readonly NoticeRaised Fading = Trouble with { Fades = true };

    [Fact]
    public void Trouble_whose_end_nobody_can_see_ends_when_it_was_not_seen_for_a_day_and_two_hours()
    {
        NoticeState standing = NoticeDecision.OnRaised(null, Fading, A.Noon, A.Noon)! with { ToSend = [] };
        standing = NoticeDecision.OnRaised(standing, Fading, A.Noon.AddHours(1), A.Noon.AddHours(1))!;
        NoticeState reminded = NoticeDecision.OnReminderDue(standing, Look, A.Noon.AddHours(25))!;
        Assert.Equal("reminder-1", Assert.Single(reminded.ToSend).Kind);
        NoticeState ended = NoticeDecision.OnReminderDue(reminded with { ToSend = [] }, Look, A.Noon.AddHours(49))!;
        Assert.Equal(
            (A.Noon.AddHours(49), false, new NoticeToSend("end", "ENDED: GitLab does not answer", "It was seen 2 times, last at 2026-11-22 13:00Z, and not since.")),
            (ended.EndedAt!.Value, ended.IsStanding, Assert.Single(ended.ToSend)));
        Assert.Same(ended, NoticeDecision.OnReminderDue(ended, Look, A.Noon.AddHours(90)));
    }

    [Fact]
    public void Trouble_that_is_seen_each_day_does_not_fade_and_one_with_an_end_of_its_own_never_does()
    {
        NoticeState daily = NoticeDecision.OnRaised(null, Fading, A.Noon, A.Noon)! with { ToSend = [] };
        NoticeState own = Standing();
        for (int day = 1; day < 5; day++)
        {
            daily = NoticeDecision.OnReminderDue(NoticeDecision.OnRaised(daily, Fading, A.Noon.AddDays(day), A.Noon.AddDays(day)), Look, A.Noon.AddDays(day).AddHours(1))! with { ToSend = [] };
            own = NoticeDecision.OnReminderDue(own, Look, A.Noon.AddDays(day).AddHours(1))! with { ToSend = [] };
        }
        Assert.Equal((true, true), (daily.IsStanding, own.IsStanding));
    }
}
