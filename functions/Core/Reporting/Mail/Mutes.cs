namespace Cki;

/// <summary>Who is spared which report. Pure; asked for channels of developers only: operators and the board are never muted.</summary>
public static class Mutes
{
    /// <summary>The mute that spares them this report; null: they get it.</summary>
    /// <param name="all">All mutes, run out ones too.</param>
    /// <param name="failing">Names of the jobs that fail; empty for a pass, which only a mute of everything spares.</param>
    /// <param name="address">A mail's recipient; null: a channel as a whole, for which only mutes without an address count.</param>
    public static Mute? Of(IReadOnlyList<Mute> all, TreeName tree, IReadOnlyList<string> failing, string? address, DateTimeOffset now)
    {
        List<Mute> standing = [.. all.Where(m => m.Until > now && m.Since <= now && (m.Tree is null || m.Tree == tree) && IsFor(m, address)).OrderByDescending(m => m.Until).ThenBy(m => m.Pattern, StringComparer.Ordinal)];
        if (standing.FirstOrDefault(m => m.Pattern == "*") is { } whole)
            return whole;
        bool isCovered = failing.Count > 0 && failing.All(job => standing.Any(m => JobGlob.Matches(m.Pattern, job)));
        return isCovered ? standing.First(m => JobGlob.Matches(m.Pattern, failing[0])) : null;
    }

    public static Mute? Of(IReadOnlyList<Mute> all, ReportModel model, string? address, DateTimeOffset now) =>
        Of(all, model.Tree, [.. model.Result.Failures.Select(f => f.Name)], address, now);

    /// <summary>For the delivery's note and the log.</summary>
    public static string Words(Mute mute) =>
        $"muted until {ReportWords.Time(mute.Until)} by {SafeText.Line(mute.By, 80)}{(mute.Pattern == "*" ? "" : $" for jobs {SafeText.Line(mute.Pattern, 120)}")}{(mute.Reason.Length == 0 ? "" : $": {SafeText.Line(mute.Reason, 160)}")}";

    private static bool IsFor(Mute mute, string? address) =>
        mute.Address is null || (address is not null && MailAddressing.Bare(mute.Address) == MailAddressing.Bare(address));
}
