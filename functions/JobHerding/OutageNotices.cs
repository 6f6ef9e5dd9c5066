namespace Cki.JobHerding;

/// <summary>What operators hear of an outage: once that it began, once that it ended.</summary>
internal static class OutageNotices
{
    public static NoticeRaised Down(OutageState state, OutageRule rule) => state.By is { } by
        ? new NoticeRaised(
            Key(state), $"Retries of class {state.Class} are held by {by}",
            $"{state.Reason}\nFailed jobs of this class wait. Let them go: cki outage close {state.Class} --reason ..., or try one: cki outage probe {state.Class}.")
        : new NoticeRaised(
            Key(state), $"Outage: {state.Class}",
            $"{state.Pipelines} pipelines failed of class {state.Class} within {rule.Window.TotalMinutes:0} minutes. Their retries are held and nobody is blamed.\n"
            + $"One job at a time tries whether it is over, the first 15 minutes or so after this; then the held ones go at {rule.ReleasePerMinute} a minute.\n"
            + $"Look: cki outage list. By hand: cki outage probe|close|release {state.Class} --reason ...");

    public static NoticeRaised Up(OutageState state) => new(
        Key(state), $"Outage: {state.Class}",
        state.By is null ? $"Held jobs of class {state.Class} are released, each looked at again." : $"Held jobs of class {state.Class} are released: {state.Reason}", Recovered: true);

    private static string Key(OutageState state) => $"outage-{state.Class}";
}
