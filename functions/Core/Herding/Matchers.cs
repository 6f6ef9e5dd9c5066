using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>The winning matcher, and those in shadow that would have won before it.</summary>
public sealed record MatcherHit(MatcherConfig? Matcher, IReadOnlyList<string> Shadows);

/// <summary>
/// A compiled matcher tree. One winner, in order; its messages are alternatives. They are looked for only in the lines that explain the job's end
/// (<see cref="TraceReading.Explaining"/>): a line that merely occurs explains nothing.
/// </summary>
public sealed class Matchers
{
    private readonly IReadOnlyList<Compiled> _matchers;

    private Matchers(IReadOnlyList<Compiled> matchers, IReadOnlyList<ConfigError> refused) => (_matchers, Refused) = (matchers, refused);

    /// <summary>Matchers set aside, each with its reason; the others go on (architecture.md, rule 7).</summary>
    public IReadOnlyList<ConfigError> Refused { get; }

    // Some 50 ms for the shipped tree, paid once per process however often stages are composed: a pure function of an immutable tree.
    private static readonly ConditionalWeakTable<MatcherTree, Matchers> Known = [];

    /// <summary>Compiled once per tree (by reference).</summary>
    public static Matchers Compile(MatcherTree tree) => Known.GetValue(tree, CompileAnew);

    private static Matchers CompileAnew(MatcherTree tree)
    {
        var compiled = new List<Compiled>();
        var refused = new List<ConfigError>();
        foreach (MatcherConfig config in tree.Matchers)
        {
            if (WhyNot(config) is { } why)
                refused.Add(why);
            else if (TryCompile(config, out Compiled? matcher, out ConfigError? error))
                compiled.Add(matcher!);
            else
                refused.Add(error!);
        }
        return new Matchers(compiled, refused);
    }

    /// <summary>True when some matcher looks at such a job: only then is a passed job's trace worth reading.</summary>
    public bool LooksAt(PipelineJob job) => _matchers.Any(m => m.LooksAt(job));

    public MatcherHit Find(FailedJobFacts facts)
    {
        string explaining = string.Join('\n', facts.Trace.Explaining.Select(l => l.Text));
        var shadows = new List<string>();
        foreach (Compiled matcher in _matchers.Where(m => m.Covers(facts, explaining)))
        {
            if (!matcher.Config.IsShadow)
                return new MatcherHit(matcher.Config, shadows);
            shadows.Add(matcher.Config.Name);
        }
        return new MatcherHit(null, shadows);
    }

    private static ConfigError? WhyNot(MatcherConfig config)
    {
        bool explains = config.Messages.Count > 0 || config.Builtin is not null
            || config.FailureReasons.Any(r => FailureReasons.KindOf(r) is not FailureKind.Script);
        if (config.Action == HerdAct.Retry && !explains)
            return new ConfigError(config.Place, config.Name, "retries without a message, a builtin or a system failure reason: it would retry real failures away");
        return config.Builtin is null or "no_trace" or "missed_tests"
            ? null
            : new ConfigError(config.Place, config.Name, $"unknown builtin '{config.Builtin}'; known are no_trace and missed_tests");
    }

    private static bool TryCompile(MatcherConfig config, out Compiled? matcher, out ConfigError? error)
    {
        try
        {
            matcher = new Compiled(config);
            error = null;
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // Look-arounds and back-references cannot run in linear time.
            matcher = null;
            error = new ConfigError(config.Place, config.Name, $"a regular expression cannot be used: {e.Message}");
            return false;
        }
    }

    private sealed class Compiled(MatcherConfig config)
    {
        private readonly Regex? _job = Of(config.JobName);
        private readonly Regex? _url = Of(config.WebUrl);
        private readonly Regex[] _messages = [.. config.Messages.Select(m => Of(m)!)];

        public MatcherConfig Config { get; } = config;

        public bool Covers(FailedJobFacts facts, string explaining)
        {
            PipelineJob job = facts.Job;
            if (!IsFor(job))
                return false;
            if (Config.FailureReasons.Count > 0 && !Config.FailureReasons.Any(r => FailureReasons.Covers(r, job.FailureReason)))
                return false;
            if (Config.Section is { } section && TraceSections.NameOf(facts.Trace.Section) != section)
                return false;
            bool builtin = Config.Builtin switch
            {
                "no_trace" => facts.Trace.IsEmpty,
                "missed_tests" => facts.Trace.MissedTests is not null,
                _ => true,
            };
            return builtin && (_messages.Length == 0 || _messages.Any(m => m.IsMatch(explaining)));
        }

        /// <summary>A matcher for missed tests that names neither job nor stage means jobs that test.</summary>
        public bool LooksAt(PipelineJob job) =>
            IsFor(job) && (Config.Builtin != "missed_tests" || _job is not null || Config.Stage is not null || HerdScope.IsTest(job));

        private bool IsFor(PipelineJob job) =>
            IsOf(job.Status) && Fits(_job, job.OwnName) && (Config.Stage is not { } stage || stage == job.Stage) && Fits(_url, job.WebUrl);

        private bool IsOf(string status) => Config.JobStatus.Count == 0 || Config.JobStatus.Contains(status, StringComparer.Ordinal);

        private static bool Fits(Regex? expression, string text) => expression is null || expression.IsMatch(text);

        private static Regex? Of(string? pattern) =>
            pattern is null ? null : new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.Multiline | RegexOptions.CultureInvariant);
    }
}
