using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>The winning matcher, and those in shadow that would have won before it.</summary>
public sealed record MatcherHit(MatcherConfig? Matcher, IReadOnlyList<string> Shadows)
{
    /// <summary>The line that the winner's message matches; null where it looks at reasons only.</summary>
    public string? Line { get; init; }
}

/// <summary>
/// A compiled matcher tree. One winner, in order; its messages are alternatives. They are looked for only in the lines that explain the job's end
/// (<see cref="TraceReading.Ending"/>): a line that merely occurs explains nothing. Going back from the end, an error that neither this file nor the
/// known words of trouble explain stands in the way of all that came before it.
/// </summary>
public sealed class Matchers
{
    private readonly IReadOnlyList<Compiled> _matchers;
    private readonly MessageScan _messages;
    private readonly HashSet<int> _live;

    private Matchers(IReadOnlyList<Compiled> matchers, IReadOnlyList<string> messages, IReadOnlyList<ConfigError> refused)
    {
        (_matchers, _messages, Refused) = (matchers, new MessageScan(messages), refused);
        _live = [.. matchers.Where(m => !m.Config.IsShadow).SelectMany(m => m.Messages)];
    }

    /// <summary>Matchers set aside, each with its reason; the others go on (architecture.md, rule 7).</summary>
    public IReadOnlyList<ConfigError> Refused { get; }

    // Some 50 ms for the shipped tree, paid once per process however often stages are composed: a pure function of an immutable tree.
    private static readonly ConditionalWeakTable<MatcherTree, Matchers> Known = [];

    /// <summary>Compiled once per tree (by reference).</summary>
    public static Matchers Compile(MatcherTree tree) => Known.GetValue(tree, CompileAnew);

    private static Matchers CompileAnew(MatcherTree tree)
    {
        var compiled = new List<Compiled>();
        var messages = new List<string>();
        var refused = new List<ConfigError>();
        foreach (MatcherConfig config in tree.Matchers)
        {
            if (WhyNot(config) is { } why)
                refused.Add(why);
            else
                compiled.Add(new Compiled(config, [.. config.Messages.Select(m => IndexOf(messages, m))]));
        }
        return new Matchers(compiled, messages, refused);
    }

    private static int IndexOf(List<string> messages, string message)
    {
        int at = messages.IndexOf(message);
        if (at >= 0)
            return at;
        messages.Add(message);
        return messages.Count - 1;
    }

    /// <summary>True when some matcher looks at such a job: only then is a passed job's trace worth reading.</summary>
    public bool LooksAt(PipelineJob job) => _matchers.Any(m => m.LooksAt(job));

    public MatcherHit Find(FailedJobFacts facts)
    {
        (Dictionary<int, TraceLine> live, Dictionary<int, TraceLine> all) = Said(facts.Trace);
        var shadows = new List<string>();
        foreach (Compiled matcher in _matchers.Where(m => m.Covers(facts, m.Config.IsShadow ? all : live)))
        {
            if (!matcher.Config.IsShadow)
                return new MatcherHit(matcher.Config, shadows) { Line = matcher.Messages.Where(live.ContainsKey).Select(m => live[m].Text).FirstOrDefault() };
            shadows.Add(matcher.Config.Name);
        }
        return new MatcherHit(null, shadows);
    }

    /// <summary>Names of the matchers, shadow ones included, whose messages match the line, whatever job it is of.</summary>
    public IReadOnlyList<string> Naming(string line)
    {
        IReadOnlyList<int> said = _messages.Of(line);
        return said.Count == 0 ? [] : [.. _matchers.Where(m => m.Messages.Any(said.Contains)).Select(m => m.Config.Name)];
    }

    // What the lines of the end say. A shadow matcher explains for itself only: it must not clear the way for a live one.
    private (Dictionary<int, TraceLine> Live, Dictionary<int, TraceLine> All) Said(TraceReading trace)
    {
        var live = new Dictionary<int, TraceLine>();
        var all = new Dictionary<int, TraceLine>();
        bool liveGoesOn = true;
        foreach (EndingLine line in trace.Ending)
        {
            IReadOnlyList<int> said = _messages.Of(line.Line.Text);
            if (line.IsUnexplained && said.Count == 0)
                break;
            liveGoesOn &= !line.IsUnexplained || said.Any(_live.Contains);
            foreach (int message in said)
            {
                all.TryAdd(message, line.Line);
                if (liveGoesOn)
                    live.TryAdd(message, line.Line);
            }
        }
        return (live, all);
    }

    private static ConfigError? WhyNot(MatcherConfig config)
    {
        bool explains = config.Messages.Count > 0 || config.Builtin is not null
            || config.FailureReasons.Any(r => FailureReasons.KindOf(r) is not FailureKind.Script);
        if (config.Action == HerdAct.Retry && !explains)
            return new ConfigError(config.Place, config.Name, "retries without a message, a builtin or a system failure reason: it would retry real failures away");
        if (config.Builtin is not (null or "no_trace" or "missed_tests"))
            return new ConfigError(config.Place, config.Name, $"unknown builtin '{config.Builtin}'; known are no_trace and missed_tests");
        string? fault = config.Messages.Append(config.JobName).Append(config.WebUrl).OfType<string>().Select(EntryChecks.PatternFault).FirstOrDefault(f => f is not null);
        return fault is null ? null : new ConfigError(config.Place, config.Name, $"a regular expression {fault}");
    }

    private sealed class Compiled(MatcherConfig config, int[] messages)
    {
        private readonly Regex? _job = Of(config.JobName);
        private readonly Regex? _url = Of(config.WebUrl);

        public MatcherConfig Config { get; } = config;

        public int[] Messages { get; } = messages;

        public bool Covers(FailedJobFacts facts, Dictionary<int, TraceLine> said)
        {
            PipelineJob job = facts.Job;
            if (!IsFor(job))
                return false;
            if (Config.FailureReasons.Count > 0 && !Config.FailureReasons.Any(r => FailureReasons.Covers(r, job.FailureReason)))
                return false;
            // A raw log without the runner's marks has no sections.
            if (Config.Sections.Count > 0 && facts.Trace.Section != TraceSection.Unknown && !Config.Sections.Contains(TraceSections.NameOf(facts.Trace.Section), StringComparer.Ordinal))
                return false;
            bool builtin = Config.Builtin switch
            {
                "no_trace" => facts.Trace.IsEmpty,
                "missed_tests" => facts.Trace.MissedTests is not null,
                _ => true,
            };
            return builtin && (Messages.Length == 0 || Messages.Any(m => said.TryGetValue(m, out TraceLine line) && IsNearEnough(line, facts.Trace)));
        }

        /// <summary>A matcher for missed tests that names neither job nor stage means jobs that test.</summary>
        public bool LooksAt(PipelineJob job) =>
            IsFor(job) && (Config.Builtin != "missed_tests" || _job is not null || Config.Stage is not null || HerdScope.IsTest(job));

        // The end is explained by few lines, so that this bounds little; but who sets it expects it to be kept.
        private bool IsNearEnough(TraceLine line, TraceReading trace) =>
            Config.MaximumArtifactSize is not { } most || trace.Tail.Where(l => l.Number >= line.Number).Sum(l => (long)Encoding.UTF8.GetByteCount(l.Text) + 1) <= most;

        private bool IsFor(PipelineJob job) =>
            IsOf(job.Status) && Fits(_job, job.OwnName) && (Config.Stage is not { } stage || stage == job.Stage) && Fits(_url, job.WebUrl);

        private bool IsOf(string status) => Config.JobStatus.Count == 0 || Config.JobStatus.Contains(status, StringComparer.Ordinal);

        private static bool Fits(Regex? expression, string text) => expression is null || expression.IsMatch(text);

        private static Regex? Of(string? pattern) =>
            pattern is null ? null : MessageScan.Compile(pattern);
    }
}
