namespace Cki;

/// <summary>
/// What the work at hand is about. It goes with the work by itself: every log line carries it, and every message that is made on the way carries
/// <see cref="Correlation"/> on, so that one delivery can be followed through all stages, flows and due markers by one id.
/// </summary>
/// <param name="Correlation">Id of what began it: the delivery's, where a webhook did; else that of the first message, e.g. of the tick that asked for a poll.</param>
/// <remarks>For telling only: no decision may read it.</remarks>
public sealed record Trail(string Correlation)
{
    private static readonly AsyncLocal<Step?> s_step = new();

    /// <summary>What is handled: a message's type, a task's name, <c>delivery</c>.</summary>
    public string? Kind { get; init; }

    public string? Delivery { get; init; }

    public string? Run { get; init; }

    public string? Tree { get; init; }

    public string? Sha { get; init; }

    /// <summary><c>gitlab.example/cki/pipelines/pipelines/1000</c>.</summary>
    public string? Pipeline { get; init; }

    /// <summary><c>gitlab.example/cki/pipelines/jobs/77</c>.</summary>
    public string? Job { get; init; }

    /// <summary>When the commit under test was detected, where that was read.</summary>
    public DateTimeOffset? DetectedAt { get; init; }

    /// <summary>The delivery that announced the run, where that was read: a poll that sends the run on again does not make it its own.</summary>
    public string? AnnouncedBy { get; init; }

    /// <summary>Null: nothing that has a name is being worked on.</summary>
    public static Trail? Current => s_step.Value?.Trail;

    /// <summary>From here on, in this piece of work and what it awaits, until the answer is disposed.</summary>
    public static IDisposable Begin(Trail trail)
    {
        var step = new Step(s_step.Value, trail);
        s_step.Value = step;
        return step;
    }

    /// <summary>As <see cref="Begin"/>, for one of several things that are worked on in turn.</summary>
    public static IDisposable? With(Func<Trail, Trail> more) => Current is { } trail ? Begin(more(trail)) : null;

    /// <summary>Notes what the whole piece of work turned out to be about; what is known already stays.</summary>
    public static void Learn(RunDetection run)
    {
        if (s_step.Value is { } step)
            step.Trail = step.Trail.About(run);
    }

    /// <summary>With what a run is about added.</summary>
    public Trail About(RunDetection run) => this with
    {
        Run = Run ?? run.Run.Value,
        Tree = Tree ?? run.Tree.Value,
        Sha = Sha ?? run.Sha.Value,
        DetectedAt = DetectedAt ?? run.DetectedAt,
        AnnouncedBy = AnnouncedBy ?? run.Delivery,
    };

    /// <summary>Its facts under the keys that log lines and error reports have: <c>run_id, tree, sha, pipeline, job, delivery, announced_by</c>; what is not known is left out, and who announced the run where the correlation says it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts()
    {
        var facts = new List<KeyValuePair<string, string>>(7);
        Add("run_id", Run);
        Add("tree", Tree);
        Add("sha", Sha);
        Add("pipeline", Pipeline);
        Add("job", Job);
        Add("delivery", Delivery);
        Add("announced_by", AnnouncedBy == Correlation ? null : AnnouncedBy);
        return facts;

        void Add(string key, string? value)
        {
            if (value is not null)
                facts.Add(new(key, value));
        }
    }

    private sealed class Step(Step? before, Trail trail) : IDisposable
    {
        public Trail Trail { get; set; } = trail;

        public void Dispose() => s_step.Value = before;
    }
}
