namespace Cki.Watch;

/// <summary>What Watch tells operators.</summary>
internal static class WatchNotices
{
    public static NoticeRaised OfDeadLetter(DeadLetter letter)
    {
        string history = string.Join('\n', letter.History);
        return letter.Parked
            ? new NoticeRaised(
                LetterKey(letter.Queue, letter.Id, isParked: true),
                $"Dead letter {letter.Id} of queue {letter.Queue} is parked",
                $"It failed after each of {letter.Rounds} returns and is not returned any more. Its work is not done.\n"
                + $"Look: cki dead show {letter.Queue}/{letter.Id}. Then: cki dead return, or cki dead drop.\n{history}")
            : new NoticeRaised(
                LetterKey(letter.Queue, letter.Id, isParked: false),
                $"Dead letter {letter.Id} of queue {letter.Queue} was filed {letter.Rounds + 1} times",
                $"It returns to its queue at {letter.ReturnAt?.UtcDateTime:yyyy-MM-dd HH:mm} UTC.\n"
                + $"Look: cki dead show {letter.Queue}/{letter.Id}.\n{history}");
    }

    /// <param name="isParked">Of which of the two notices this is the end.</param>
    public static NoticeRaised OfLetterOver(string queue, string id, bool isParked, string why) =>
        new(LetterKey(queue, id, isParked), $"Dead letter {id} of queue {queue}", why, Recovered: true);

    private static string LetterKey(string queue, string id, bool isParked) => $"dead-letter-{(isParked ? "parked-" : "")}{queue}-{id}";

    public static readonly NoticeRaised FailingTicks = new(
        "watch-ticks",
        "Watch fails at its ticks",
        "A tick exhausted its receives. Reminders, polls and returns of dead letters may be late. Look at the log of cki.watch.");

    public static NoticeRaised OfHook(ProjectRef project, HookTrouble trouble) => new(
        HookRecord.NoticeKey(project),
        $"The webhook of {project} is down",
        $"Since {trouble.Since.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {trouble.Why}.\n"
        + "Commits are found by polling meanwhile, jobs by the checks of their runs. It is tested again and again until our front door answers.\n"
        + "Look: cki hooks status. If it does not come back by itself: is the front door reachable from GitLab? Then cki hooks repair.");

    public static NoticeRaised OfHookUp(ProjectRef project) =>
        new(HookRecord.NoticeKey(project), $"The webhook of {project} works", "What it did not tell of is being looked for.", Recovered: true);
}
