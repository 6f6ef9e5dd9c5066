namespace Cki;

/// <summary>What a reader must know first: that we were wrong; that a failure is new; that nothing is.</summary>
internal static class ReportHeadline
{
    private const int NamesMax = 3;

    public static void Write(MailLines lines, ReportModel model)
    {
        if (model.Correction is { } correction)
            Corrected(lines, model, correction);
        else if (model.Result is { Verdict: Verdict.Failed, Failures.Count: > 0 })
            Novelty(lines, model);
        else if (model.Result is { Verdict: Verdict.Passed, Known.Count: > 0 })
            Known(lines, model);
    }

    private static void Corrected(MailLines lines, ReportModel model, Correction correction)
    {
        string report = correction.ReportedAt is { } at ? $"our report of {ReportWords.Time(at)}" : "our earlier report";
        lines.Hang("", "", $"CORRECTION of {report}: {correction.Now(model.Result)}");
        lines.Field("It said", $"{correction.Was} ({Jobs(correction.Jobs)})");
        if (correction.IsPartial)
            Parts(lines, correction);
        lines.Field("What it was", correction.WhatItWas);
        if (correction.CheckedBy is not null)
            lines.Field("Checked by", correction.CheckedBy);
        IReadOnlyList<string> cleared = correction.IsWithdrawn ? correction.Jobs : correction.Cleared;
        IReadOnlyList<string> softened = correction is { IsPartial: false, IsWithdrawn: false } ? correction.Jobs : correction.Softened;
        if (cleared.Count > 0)
            lines.Field("Please drop", $"any bisection of {model.Sha.Short} for {Jobs(cleared)}. Sorry for the noise.");
        if (softened.Count > 0)
            lines.Field("Please drop", $"the belief that {Jobs(softened)} always {(softened.Count > 1 ? "fail" : "fails")} at {model.Sha.Short}: a bisection needs several runs per step.");
        if (correction.Misled.Count > 0)
            lines.Field("It misled", $"the readers of {string.Join(", ", correction.Misled)}; all of them get this.");
        lines.Blank();
    }

    private static void Parts(MailLines lines, Correction correction)
    {
        if (correction.Cleared.Count > 0)
            lines.Field("Withdrawn", Jobs(correction.Cleared));
        if (correction.Softened.Count > 0)
            lines.Field("Sometimes", Jobs(correction.Softened));
        if (correction.Standing.Count > 0)
            lines.Field("Still holds", Jobs(correction.Standing));
    }

    private static string Jobs(IReadOnlyList<string> names) => names.Count > NamesMax ? $"{names.Count} jobs" : string.Join(", ", names);

    private static void Novelty(MailLines lines, ReportModel model)
    {
        IReadOnlyList<FailedJob> failures = model.Result.Failures;
        FailedJob[] fresh = [.. failures.Where(f => f.Parent?.Result == ParentResult.Passed)];
        if (fresh.Length == failures.Count)
        {
            lines.Hang("", "", Fresh(model, fresh));
        }
        else if (fresh.Length > 0)
            lines.Hang("", "", $"New in {model.Sha.Short}: {fresh.Length} of {failures.Count} failures, by comparison with the parent; of the others see each.");
        else
            lines.Field("Parent", $"{NotCompared(failures)}; the fault may be older than this commit.");
        lines.Blank();
    }

    /// <summary>A push of many commits is compared with the head before it, not with the tip's parent in git.</summary>
    private static string Fresh(ReportModel model, FailedJob[] fresh)
    {
        string jobs = fresh.Length == 1 ? "job" : "jobs";
        CommitSha[] compared = [.. fresh.Select(f => f.Parent!.Sha).OfType<CommitSha>().Distinct()];
        if (compared.Length != 1)
            return $"New in {model.Sha.Short}; what came before it passes the same {jobs}.";
        if (compared[0] != model.Previous)
            return $"New in {model.Sha.Short}; its parent {compared[0].Short} passes the same {jobs}.";
        return model.Covers is > 1
            ? $"New since {compared[0].Short} ({model.Covers} commits), which passes the same {jobs}."
            : $"New in {model.Sha.Short}; the head before it, {compared[0].Short}, passes the same {jobs}.";
    }

    /// <summary>Why nothing is called new.</summary>
    private static string NotCompared(IReadOnlyList<FailedJob> failures)
    {
        string[] told = [.. failures.Select(f => f.Parent?.Told).OfType<string>().Distinct()];
        bool isCompared = failures.Any(f => f.Parent?.Result == ParentResult.Failed);
        return told.Length switch
        {
            0 => "not compared",
            1 => isCompared ? told[0] : $"not compared: {told[0]}",
            _ => $"{(isCompared ? "" : "not compared: ")}{told[0]}, and more",
        };
    }

    private static void Known(MailLines lines, ReportModel model)
    {
        IReadOnlyList<FailedJob> known = model.Result.Known;
        KnownBefore[] before = [.. known.Select(k => k.Known).OfType<KnownBefore>()];
        string where = before.Length == 0 ? "" : $", also on {before[0].Where}{(before.Select(b => b.Where).Distinct().Count() > 1 ? " and elsewhere" : "")}";
        string since = "";
        if (before.Length > 0)
        {
            DateTimeOffset oldest = before.Min(b => b.Since);
            since = $", since {ReportWords.Time(oldest)}";
            if (model.SettledAt is { } settled)
                since += $" ({ReportWords.Span(settled - oldest)})";
        }
        lines.Hang("", "", $"Nothing new in {model.Sha.Short}. {ReportWords.Count(known.Count, "known failure", "known failures")}{where}{since}.").Blank();
    }
}
