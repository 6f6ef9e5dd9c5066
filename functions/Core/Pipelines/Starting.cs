namespace Cki;

/// <summary>What start-pipeline does next for an attempt.</summary>
public abstract record StartDecision
{
    private StartDecision() { }   // closed

    /// <summary>The attempt's pipeline is known; <paramref name="Twins"/> of it are cancelled.</summary>
    public sealed record AlreadyRunning(PipelineRef Pipeline, IReadOnlyList<PipelineShown> Twins) : StartDecision;

    /// <summary>An earlier POST, whose answer we never read, took effect.</summary>
    public sealed record Adopt(PipelineShown Pipeline, IReadOnlyList<PipelineShown> Twins) : StartDecision;

    /// <summary>Claim, then POST once.</summary>
    public sealed record Post : StartDecision;

    /// <summary>A POST is under way or was lost, and may still take effect.</summary>
    public sealed record WaitForClaim(DateTimeOffset Until) : StartDecision;

    /// <summary>An operator's switch holds the act.</summary>
    public sealed record Held(string Reason) : StartDecision;
}

/// <summary>Poster's care for <c>POST pipeline</c> (architecture.md, rule 3): one attempt is one pipeline.</summary>
public static class Starting
{
    /// <summary>
    /// How long a claim bars another POST: a request starts at most <see cref="PostWithin"/> after its claim, and an unanswered one may take
    /// effect for as long as GitLab works on it (60 s) after we gave up on it (60 s).
    /// </summary>
    public static readonly TimeSpan ClaimLasts = TimeSpan.FromMinutes(3);

    /// <summary>A process that was halted for longer between its claim and its POST does not post any more.</summary>
    public static readonly TimeSpan PostWithin = TimeSpan.FromSeconds(30);

    /// <summary>How far before the claim a pipeline of the attempt may seem to be updated: clocks differ.</summary>
    public static readonly TimeSpan LookBack = TimeSpan.FromMinutes(5);

    /// <summary>Once a look this long after the last claim found no twin, none will come.</summary>
    public static readonly TimeSpan TwinsAppearWithin = TimeSpan.FromMinutes(10);

    /// <param name="found">The pipelines that carry this run and attempt, in any order, as seen at or after <paramref name="now"/>.</param>
    /// <param name="held">The switch that holds triggering, if one does. It never keeps us from adopting what is there.</param>
    public static StartDecision Decide(RunAttempt attempt, IReadOnlyList<PipelineShown> found, Switch? held, DateTimeOffset now)
    {
        PipelineShown[] byId = [.. found.OrderBy(p => p.Ref.Id)];
        if (attempt.Pipeline is { } known)
            return new StartDecision.AlreadyRunning(known, [.. byId.Where(p => p.Ref.Id != known.Id)]);
        if (byId.Length > 0)
            return new StartDecision.Adopt(byId[0], byId[1..]);
        if (IsClaimed(attempt, now))
            return new StartDecision.WaitForClaim(attempt.ClaimedAt!.Value + ClaimLasts);
        return held is null ? new StartDecision.Post() : new StartDecision.Held($"{held.What} is paused by {held.By}: {held.Reason}");
    }

    /// <summary>
    /// False for what a bridge started: it may carry the run's variables too, and it is part of a pipeline of ours, never its twin.
    /// </summary>
    public static bool MayBePosted(PipelineShown pipeline) => pipeline.Source is not ("parent_pipeline" or "pipeline");

    public static bool IsClaimed(RunAttempt attempt, DateTimeOffset now) => attempt.ClaimedAt is { } at && now < at + ClaimLasts;

    /// <summary>The attempt with a fresh claim, or null when it is not ours to post: claimed by another, started or settled meanwhile.</summary>
    public static RunAttempt? Claim(RunAttempt attempt, DateTimeOffset now) =>
        attempt.State == AttemptState.Starting && attempt.Pipeline is null && !IsClaimed(attempt, now)
            ? attempt with { ClaimedAt = now, Claims = attempt.Claims + 1 }
            : null;

    /// <summary>False when the process was held up since its claim; posting now could overlap the next claim.</summary>
    public static bool MayStillPost(DateTimeOffset claimedAt, DateTimeOffset now) => now - claimedAt <= PostWithin;

    /// <summary>
    /// A twin needs a second POST, so an attempt that was claimed once has none. One claimed again is looked after until a look came late enough.
    /// </summary>
    public static bool MayHaveTwins(RunAttempt attempt) =>
        attempt.Claims > 1 && (attempt.TwinsSoughtAt is null || attempt.TwinsSoughtAt < attempt.ClaimedAt + TwinsAppearWithin);

    /// <summary>
    /// The attempt with its pipeline. The pipeline that was recorded first stays: ids rise with creation, so that a POST that takes effect late
    /// never has the lower id, and jobs of the recorded one may have been herded already.
    /// </summary>
    public static RunAttempt Record(RunAttempt attempt, PipelineShown pipeline, DateTimeOffset now) =>
        attempt.Pipeline is not null || attempt.State == AttemptState.Settled
            ? attempt
            : attempt with
            {
                State = AttemptState.Running, Pipeline = pipeline.Ref, WebUrl = pipeline.WebUrl, StartedAt = now, ProgressAt = now,
            };
}
