namespace Cki;

/// <summary><c>watch/compare.json</c>: how far the nightly pass over all runs is.</summary>
/// <param name="Day">UTC day of the pass.</param>
/// <param name="After">Key behind which it goes on; null from the first.</param>
public sealed record CompareProgress(DateOnly Day, string? After, bool IsDone, int V = 1)
{
    public const string Key = "watch/compare.json";
}

/// <summary>What the nightly compare does with a run that nobody seems to watch over.</summary>
public enum CompareAct
{
    Leave,

    /// <summary>CommitDetected again: no pipeline record.</summary>
    SendDetected,

    /// <summary>RunOverdue: an unsettled attempt.</summary>
    SendOverdue,
}

/// <summary>Catches lost markers: each run must be settled, or have a marker.</summary>
public static class NightlyCompare
{
    /// <summary>UTC; a pass that was missed is made up for later the same day.</summary>
    public const int StartHour = 2;

    /// <summary>A run younger than this may still be on its way.</summary>
    public static readonly TimeSpan YoungerIsLeft = TimeSpan.FromMinutes(10);

    /// <summary>The pass to go on with at <paramref name="now"/>; null when there is nothing to do.</summary>
    public static CompareProgress? Pass(CompareProgress? standing, DateTimeOffset now)
    {
        DateOnly today = DateOnly.FromDateTime(now.UtcDateTime);
        if (standing is { IsDone: false })
            return standing;
        return standing?.Day == today || now.UtcDateTime.Hour < StartHour ? null : new CompareProgress(today, null, false);
    }

    /// <param name="pipeline">Null when there is no such record.</param>
    /// <param name="markers">What is watched over, as <c>kind/id</c>.</param>
    public static CompareAct Decide(RunDetection run, RunPipeline? pipeline, IReadOnlySet<string> markers, DateTimeOffset now)
    {
        if (run.State != DetectionState.Detected || now - run.DetectedAt < YoungerIsLeft)
            return CompareAct.Leave;
        if (pipeline is null)
            return markers.Contains($"detect/{run.Run}") ? CompareAct.Leave : CompareAct.SendDetected;
        return pipeline.Latest.State == AttemptState.Settled || markers.Contains(MarkerOf(run.Run, pipeline.Latest.Number))
            ? CompareAct.Leave
            : CompareAct.SendOverdue;
    }

    /// <summary>The id of an attempt's marker with its kind.</summary>
    public static string MarkerOf(RunId run, int attempt) => $"run/{RunIds.Execution(run, attempt)}";
}
