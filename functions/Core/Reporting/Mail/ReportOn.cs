namespace Cki;

/// <summary>Which settled runs a channel or a rule wants to hear of.</summary>
public enum ReportOn
{
    Always,

    /// <summary>The verdict is not that of the branch's run before that had one; the first one of a branch counts as a change.</summary>
    Change,

    /// <summary>Any verdict but passed.</summary>
    Failure,
}

public static class ReportOns
{
    /// <summary>Null where the report is wanted, else why not.</summary>
    /// <param name="before">Verdict of the branch's last run before that passed or failed; null: there is none, or it is not known.</param>
    public static string? WhyNot(ReportOn on, Verdict verdict, Verdict? before) => on switch
    {
        ReportOn.Failure when verdict == Verdict.Passed => "only failures are wanted here",
        ReportOn.Change when before == verdict => $"only changes are wanted here: the branch's run before was {ReportWords.Of(verdict)} too",
        _ => null,
    };
}
