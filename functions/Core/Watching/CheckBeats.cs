namespace Cki;

/// <summary>What a heartbeat, or its absence, says.</summary>
public static class CheckBeats
{
    public static CheckSight Sight(CheckTarget.Heartbeat heartbeat, CheckState? state, DateTimeOffset now)
    {
        TimeSpan patience = heartbeat.Every + heartbeat.Grace;
        string expected = $"one is expected every {ConfigDuration.Write(heartbeat.Every)}, with {ConfigDuration.Write(heartbeat.Grace)} of grace";
        if (state?.BeatAt is not { } beat)
        {
            return state is null || (state.Status == CheckStatus.Pending && now - state.Since <= patience)
                ? new CheckSight(CheckStatus.Pending, $"no beat yet; {expected}")
                : CheckSight.Down($"no beat ever came; {expected}");
        }
        CheckSight sight = now - beat <= patience
            ? CheckSight.Up($"beat at {ReportWords.Time(beat)}")
            : CheckSight.Down($"no beat since {ReportWords.Time(beat)}; {expected}");
        return sight with { Value = (now - beat).TotalSeconds, Unit = "s" };
    }

    /// <summary>The beat is noted; an old one that comes late changes nothing.</summary>
    public static CheckState Beaten(CheckConfig check, CheckState? state, DateTimeOffset at, DateTimeOffset now) =>
        state?.BeatAt >= at ? state : (state ?? CheckJudgement.New(check, now)) with { BeatAt = at };
}
