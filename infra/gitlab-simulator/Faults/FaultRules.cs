namespace Cki.GitLabSimulator;

/// <summary>An ordered list of rules of one kind.</summary>
internal sealed class FaultRules<T>(TimeProvider clock, GitLabDice dice, string site) where T : notnull
{
    private readonly List<Rule> _rules = [];
    private readonly Lock _gate = new();

    public void Add(T fault, FaultWhen when)
    {
        lock (_gate) _rules.Add(new Rule(fault, when) { Left = when.Times });
    }

    public void Clear()
    {
        lock (_gate) _rules.Clear();
    }

    public bool Take(string subject, out T fault, Func<T, bool>? among = null)
    {
        lock (_gate)
        {
            Rule? hit = _rules.FirstOrDefault(rule => (among is null || among(rule.Fault)) && Strikes(rule, subject));
            fault = hit is null ? default! : hit.Fault;
            if (hit is not null)
                hit.Left--;
            return hit is not null;
        }
    }

    private bool Strikes(Rule rule, string subject)
    {
        DateTimeOffset now = clock.GetUtcNow();
        FaultWhen when = rule.When;
        if (rule.Left is <= 0 || (when.On is not null && when.On != subject) || now < when.From || now >= when.Until)
            return false;
        // A sure fault rolls nothing: scripted tests do not shift the rolls of a seed.
        return when.Chance >= 1 || dice($"{site}.{rule.Fault}") < when.Chance;
    }

    private sealed class Rule(T fault, FaultWhen when)
    {
        public T Fault { get; } = fault;
        public FaultWhen When { get; } = when;
        public int? Left { get; set; }
    }
}

/// <summary>A runner that dies: what it does to the try it was running.</summary>
internal sealed record Breakage(bool InScript)
{
    public JobAttempt Apply(JobAttempt attempt) => attempt with
    {
        Status = "failed",
        FailureReason = "runner_system_failure",
        Duration = InScript ? attempt.Duration / 2 : TimeSpan.FromSeconds(30),
        Trace = (InScript ? RunnerTraces.PodLost(attempt.Trace) : RunnerTraces.SystemFailure()) with { Timestamps = attempt.Trace.Timestamps },
        Artifacts = new SortedDictionary<string, string>(StringComparer.Ordinal),
        Tests = [],
    };
}
