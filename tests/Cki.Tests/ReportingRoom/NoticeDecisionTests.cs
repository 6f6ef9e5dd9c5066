using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed class NoticeDecisionTests
{
    private static readonly NoticeRaised Trouble = new("gitlab-down", "GitLab does not answer", "Runs wait.");
    private static readonly NoticeRaised Over = Trouble with { Title = "GitLab answers again", Text = "", Recovered = true };

    private static NoticeState Standing() => NoticeDecision.OnRaised(null, Trouble, A.Noon, A.Noon)! with { ToSend = [] };

    [Fact]
    public void A_first_notice_is_sent() =>
        Assert.Equal([new NoticeToSend("start", "GitLab does not answer", "Runs wait.")], NoticeDecision.OnRaised(null, Trouble, A.Noon, A.Noon)!.ToSend);

    [Fact]
    public void A_standing_notice_is_counted_and_not_sent_again()
    {
        NoticeState again = NoticeDecision.OnRaised(Standing(), Trouble, A.Noon.AddMinutes(1), A.Noon.AddMinutes(1))!;
        Assert.Equal((2, 0, A.Noon), (again.Count, again.ToSend.Count, again.Since));
    }

    [Fact]
    public void The_end_is_told_once()
    {
        NoticeState ended = NoticeDecision.OnRaised(Standing(), Over, A.Noon.AddHours(3), A.Noon.AddHours(3))!;
        Assert.Equal([new NoticeToSend("end", "ENDED: GitLab answers again", "It lasted 3 h 0 min.")], ended.ToSend);
        Assert.Equal(ended.ToSend, NoticeDecision.OnRaised(ended, Over, A.Noon.AddHours(4), A.Noon.AddHours(4))!.ToSend);
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
        NoticeState ended = NoticeDecision.OnRaised(Standing(), Over, A.Noon.AddHours(1), A.Noon.AddHours(1))! with { ToSend = [] };
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
        NoticeState ended = NoticeDecision.OnRaised(Standing(), Over, A.Noon.AddHours(1), A.Noon.AddHours(1))! with { ToSend = [] };
        Assert.Same(ended, NoticeDecision.OnReminderDue(ended, new NoticeReminderDue(Trouble.Key, A.Noon), A.Noon.AddDays(2)));
        NoticeState other = Standing();
        Assert.Same(other, NoticeDecision.OnReminderDue(other, new NoticeReminderDue(Trouble.Key, A.Noon.AddHours(-9)), A.Noon.AddDays(2)));
        Assert.Null(NoticeDecision.OnReminderDue(null, new NoticeReminderDue(Trouble.Key, A.Noon), A.Noon));
    }

    [Fact]
    public void What_was_handed_over_is_not_sent_again_and_the_rest_stays()
    {
        NoticeState raised = NoticeDecision.OnRaised(null, Trouble, A.Noon, A.Noon)!;
        NoticeState ended = NoticeDecision.OnRaised(raised, Over, A.Noon.AddHours(1), A.Noon.AddHours(1))!;
        Assert.Equal(["end"], NoticeDecision.OnHandedOver(ended, raised.ToSend)!.ToSend.Select(n => n.Kind));
    }
}
