namespace Cki;

/// <summary>What operators hear of checks: once that one is not well, once that it is over. Every text of checks stands here.</summary>
public static class CheckNotices
{
    private const int DependantsMax = 10;

    /// <summary>The statuses of which operators should have been told. In maintenance nothing new; while it is not known, what stood stands on.</summary>
    public static IReadOnlyList<CheckStatus> Wanted(CheckState state)
    {
        CheckStatus[] known = state.Status switch
        {
            CheckStatus.Down => [CheckStatus.Down],
            CheckStatus.Degraded => [CheckStatus.Degraded],
            CheckStatus.Unknown when state.Because is null => [CheckStatus.Unknown],
            _ => [],
        };
        IEnumerable<CheckStatus> standing = state.Told.Where(told => (state.Status, told) switch
        {
            (CheckStatus.Unknown, CheckStatus.Unknown) => state.Because is null,
            (CheckStatus.Unknown, _) => true,
            (CheckStatus.Down, CheckStatus.Degraded) => true,
            _ => false,
        });
        IEnumerable<CheckStatus> fresh = state.Maintenance is null ? known : known.Where(state.Told.Contains);
        return [.. fresh.Concat(standing).Distinct().Order()];
    }

    /// <param name="checks">For the names of those that depend on it.</param>
    public static NoticeRaised Begun(CheckConfig check, CheckState state, CheckStatus status, ChecksConfig checks)
    {
        (string means, string act) = CheckWords.Of(check.Target, status);
        string[] dependants = [.. checks.Checks.Where(c => c.DependsOn.Contains(check.Name)).Select(c => c.Name).Order(StringComparer.Ordinal)];
        string others = status != CheckStatus.Down || dependants.Length == 0
            ? ""
            : $"Not judged meanwhile, since they depend on it: {string.Join(", ", dependants.Take(DependantsMax))}{(dependants.Length > DependantsMax ? " and others" : "")}.\n";
        string own = status == CheckStatus.Unknown ? $"{means}\n{act}" : $"{check.Means ?? means}\n{check.Do ?? act}";
        return new NoticeRaised(
            Key(check.Name, status), $"Check {check.Name} ({check.Target.Kind}) {Is(status)}",
            $"Since {ReportWords.Time(state.Since)}: {state.Said}.\n{own}\n{others}Look: cki checks list. Once more, now: cki checks look {check.Name}.");
    }

    public static NoticeRaised Over(CheckState state, CheckStatus status) => new(
        Key(state.Name, status), $"Check {state.Name} ({state.Kind}) {Is(status)}",
        state.Status == CheckStatus.Up ? $"It is well: {state.Said}." : $"It {Is(state.Status)} now: {state.Said}.", Recovered: true);

    /// <summary>Of a check that the configuration no longer has.</summary>
    public static NoticeRaised Gone(CheckState state, CheckStatus status) =>
        new(Key(state.Name, status), $"Check {state.Name} ({state.Kind}) {Is(status)}", "checks.yaml no longer has it: nobody looks any more.", Recovered: true);

    /// <summary>A tag means another image now.</summary>
    public static NoticeRaised Changed(CheckConfig check, ImageName image, string before, string now) => new(
        $"check-{check.Name}-{now}", $"Image {image} has changed",
        $"Its digest was {before} and is {now}.\n"
        + $"{check.Means ?? "Jobs that use this tag run in another image from now on: what failed or passed before may not tomorrow."}\n"
        + (check.Do ?? "If nobody meant it, let the jobs use the old image by its digest."))
    {
        Once = true,
    };

    private static string Key(string name, CheckStatus status) => status == CheckStatus.Down ? $"check-{name}" : $"check-{name}-{status.ToString().ToLowerInvariant()}";

    private static string Is(CheckStatus status) => status switch
    {
        CheckStatus.Up => "is well",
        CheckStatus.Degraded => "is degraded",
        CheckStatus.Down => "is down",
        CheckStatus.Pending => "waits for its first look",
        _ => "cannot be judged",
    };
}
