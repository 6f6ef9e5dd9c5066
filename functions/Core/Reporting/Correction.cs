namespace Cki;

/// <summary>
/// What a correction says of an earlier report that blamed the commit, where that holds no longer. Two kinds, and no other:
/// <list type="bullet">
/// <item>withdrawn: no finding against the commit is left in the result judged anew (a person overruled it, its record was mended);</item>
/// <item>softened: the finding stands, since evidence of a real failure is sticky, but the same commit passed as well. It fails sometimes, and a
/// retry does not forgive that.</item>
/// </list>
/// </summary>
/// <param name="ReportedAt">When the report went out that is corrected.</param>
/// <param name="Was">Its subject's words: <c>FAIL test x86_64</c>.</param>
/// <param name="Jobs">The jobs it blamed the commit for.</param>
/// <param name="WhatItWas">One sentence.</param>
/// <param name="CheckedBy">Who or what tells so.</param>
public sealed record Correction(DateTimeOffset? ReportedAt, string Was, IReadOnlyList<string> Jobs, bool IsWithdrawn, string WhatItWas, string? CheckedBy)
{
    /// <summary>Channels that were misled: each gets the correction. Empty: not looked up.</summary>
    public IReadOnlyList<string> Misled { get; init; } = [];

    /// <summary>The first line of a correction, behind "CORRECTION of our report of TIME: ".</summary>
    public string Now(RunResult result) => (IsWithdrawn, result.Verdict) switch
    {
        (false, _) => "it fails SOMETIMES.",
        (_, Verdict.Passed) => result.Known.Count > 0 ? "KNOWN FAIL, nothing new. The fault is not the commit's." : "PASS. The fault was not the commit's.",
        (_, Verdict.Failed) => "another failure, not this one.",
        _ => "withdrawn; there is no verdict. Operators look into it.",
    };
}

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
        RunResult result = ReportModel.Clean(now.Result);
        HashSet<string> always = [.. result.Failures.Where(f => !f.PassedLater).Select(f => f.Name)];
        if (picture.Failed.Any(always.Contains))
            return null;
        RunAttempt? blamed = run.Attempts.FirstOrDefault(a => a.Number == kind.Value.Attempt);
        bool isOtherAttempt = kind.Value.Attempt != now.Number;
        // Another attempt that did not pass says nothing against what the first one found.
        if (isOtherAttempt && result.Verdict != Verdict.Passed)
            return null;
        RunResult? stands = isOtherAttempt && blamed?.Result is { } first ? ReportModel.Clean(first) : result;
        FailedJob[] left = [.. stands.Failures.Where(f => picture.Failed.Contains(f.Name))];
        bool isWithdrawn = left.Length == 0;
        // It said "sometimes" before: only a withdrawal is news.
        if (!isWithdrawn && !isOtherAttempt && picture.Failed.All((picture.Sometimes ?? []).Contains))
            return null;
        return Made(told, picture, now, blamed, isWithdrawn, left);
    }

    private static Correction Made(ReportDelivery told, ToldPicture picture, RunAttempt now, RunAttempt? blamed, bool isWithdrawn, FailedJob[] left)
    {
        bool isOtherAttempt = blamed is not null && blamed.Number != now.Number;
        Reconsidered? why = blamed?.Reconsidered?.LastOrDefault();
        RunResult? was = (blamed?.Reconsidered ?? []).Select(r => r.Was).Append(blamed?.Result).OfType<RunResult>().FirstOrDefault(r => ToldPicture.Of(ReportModel.Clean(r)).IsSame(picture));
        string what = (isOtherAttempt && !isWithdrawn, why) switch
        {
            (true, _) => $"attempt {now.Number} of the same commit: {Word(now)}; what attempt {blamed!.Number} found stands beside it",
            (_, { } found) => SafeText.Line(found.Reason),
            _ => $"{string.Join(", ", picture.Failed)}: {(isWithdrawn ? "the finding did not stand" : "passed at a later attempt")}",
        };
        string? by = isOtherAttempt && !isWithdrawn ? $"a whole pipeline of its own ({now.WebUrl ?? now.Pipeline?.ToString() ?? "unknown"})" : why is null ? null : SafeText.Line(why.By, 80);
        if (!isWithdrawn && !isOtherAttempt && left.FirstOrDefault(f => f.PassedLater) is { } sometimes)
            what = $"{what}; failed {sometimes.FailedAttempts} of {sometimes.Attempts} attempts, so its evidence stands";
        return new Correction(told.SentAt, Was(was), [.. picture.Failed.Select(n => SafeText.Line(n, 120))], isWithdrawn, what, by);
    }

    private static string Was(RunResult? was) => was is null ? "FAIL" : ReportSubject.What(ReportModel.Clean(was));

    private static string Word(RunAttempt attempt) => ReportWords.Of(attempt.Result!.Verdict);
}
