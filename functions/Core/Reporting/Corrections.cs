namespace Cki;

/// <summary>Decides whether a report needs correcting.</summary>
public static class Corrections
{
    /// <summary>Null: it holds, or never blamed the commit.</summary>
    /// <param name="told">The delivery that went out last on the channel.</param>
    /// <param name="now">The attempt that is told now, with a result.</param>
    /// <param name="run">Its run: where the told report was another attempt's, that attempt's evidence stands beside it.</param>
    public static Correction? Of(ReportDelivery told, RunAttempt now, RunPipeline run)
    {
        if (told.Told is not { BlamesCommit: true } picture || now.Result is null || !ReportKind.TryParse(told.Kind, out ReportKind? kind))
            return null;
        bool isOtherAttempt = kind.Value.Attempt != now.Number;
        // Another attempt that did not pass says nothing against what the first one found.
        if (isOtherAttempt && now.Result.Verdict != Verdict.Passed)
            return null;
        RunAttempt? blamed = run.Attempts.FirstOrDefault(a => a.Number == kind.Value.Attempt);
        RunResult stands = ReportModel.Clean(isOtherAttempt && blamed?.Result is { } first ? first : now.Result);
        FailedJob[] left = [.. stands.Failures.Where(f => picture.Failed.Contains(f.Name))];
        HashSet<string> always = isOtherAttempt ? [] : [.. left.Where(f => !f.PassedLater).Select(f => f.Name)];
        string[] saidSometimes = isOtherAttempt ? [] : [.. picture.Sometimes ?? []];
        string[] cleared = [.. picture.Failed.Except(left.Select(f => f.Name))];
        string[] softened = [.. picture.Failed.Except(cleared).Where(n => !always.Contains(n) && !saidSometimes.Contains(n))];
        if (cleared.Length == 0 && softened.Length == 0)
            return null;
        return Made(told, (blamed, now), left, (cleared, softened));
    }

    private static Correction Made(ReportDelivery told, (RunAttempt? Blamed, RunAttempt Now) attempts, FailedJob[] left, (string[] Cleared, string[] Softened) change)
    {
        (RunAttempt? blamed, RunAttempt now) = attempts;
        ToldPicture picture = told.Told!;
        bool isOtherAttempt = blamed is not null && blamed.Number != now.Number;
        bool isByOther = isOtherAttempt && change.Softened.Length > 0;
        Reconsidered? why = blamed?.Reconsidered?.LastOrDefault();
        string what = (isByOther, why) switch
        {
            (true, _) => $"attempt {now.Number} of the same commit: {ReportWords.Of(now.Result!.Verdict)}; what attempt {blamed!.Number} found stands beside it",
            (_, { } found) => SafeText.Line(found.Reason),
            _ => string.Join("; ", Found(change.Cleared, "the finding did not stand").Concat(Found(change.Softened, "passed at a later attempt"))),
        };
        string? by = isByOther ? $"a whole pipeline of its own ({now.WebUrl ?? now.Pipeline?.ToString() ?? "unknown"})" : why is null ? null : SafeText.Line(why.By, 80);
        if (!isOtherAttempt && left.FirstOrDefault(f => f.PassedLater && change.Softened.Contains(f.Name)) is { } sometimes)
            what = $"{what}; {(picture.Failed.Count > 1 ? $"{sometimes.Name} " : "")}failed {sometimes.FailedAttempts} of {sometimes.Attempts} attempts, so its evidence stands";
        return new Correction(told.SentAt, Was(picture, blamed), Clean(picture.Failed), change.Cleared.Length == picture.Failed.Count, what, by)
        {
            Cleared = Clean(change.Cleared),
            Softened = Clean(change.Softened),
            Standing = Clean(picture.Failed.Except(change.Cleared).Except(change.Softened)),
        };
    }

    private static IEnumerable<string> Found(string[] jobs, string what) => jobs.Length == 0 ? [] : [$"{string.Join(", ", jobs)}: {what}"];

    private static string[] Clean(IEnumerable<string> names) => [.. names.Select(n => SafeText.Line(n, 120))];

    /// <summary>Words of the result that was told, as far as it was kept.</summary>
    private static string Was(ToldPicture picture, RunAttempt? blamed)
    {
        RunResult? was = (blamed?.Reconsidered ?? []).Select(r => r.Was).Append(blamed?.Result).OfType<RunResult>().Select(ReportModel.Clean)
            .FirstOrDefault(r => ToldPicture.Of(r).IsSame(picture));
        string what = was is null ? "FAIL" : ReportSubject.What(was);
        return picture.Failed.All((picture.Sometimes ?? []).Contains) ? $"SOMETIMES {what}" : what;
    }
}
