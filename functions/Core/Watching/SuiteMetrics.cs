using System.Diagnostics.Metrics;

namespace Cki;

/// <summary>
/// The suite's metrics (System.Diagnostics.Metrics, meter <c>cki</c>), and the <see cref="Catalogue"/> that says what each may be tagged with. Tags are
/// few-valued; ids never become tags.
/// </summary>
public static class SuiteMetrics
{
    public const string MeterName = "cki";

    /// <summary>CloudWatch's custom metrics cost by the series: an installation has no more than this.</summary>
    public const int CloudWatchSeriesMax = 60;

    /// <summary>Seconds: what a person waits for, up to three days (a lab's queue).</summary>
    private static readonly double[] s_long = [10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 28_800, 86_400, 259_200];

    /// <summary>Seconds: what a program waits for.</summary>
    private static readonly double[] s_short = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180];

    private static readonly Meter s_meter = new(MeterName);

    private static readonly List<MetricInfo> s_catalogue = [];

    private static readonly MetricTag s_stage = Listed("stage", "webhook-intake", "commit-detection", "pipeline-trigger", "job-herding", "reporting", "watch");

    private static readonly MetricTag s_verdict = Listed("verdict", [.. Enum.GetNames<Verdict>().Select(name => name.ToLowerInvariant())]);

    /// <summary>Every metric of the suite, in the order of its life.</summary>
    public static IReadOnlyList<MetricInfo> Catalogue => s_catalogue;

    public static readonly Counter<long> Deliveries = Count(
        "cki_deliveries", "{delivery}", "Webhook deliveries by outcome", Of("source"),
        Listed("outcome", "accepted", "duplicate", "unauthorized", "unavailable", "unreadable", "unknown-kind", "too-large", "too-deep").First(4));

    public static readonly Counter<long> DeliveriesReconciled = Count(
        "cki_deliveries_reconciled", "{delivery}", "Webhook deliveries that GitLab's log of events told of", Of("source"), Listed("why", "failed", "absent"));

    public static readonly Counter<long> Hooks = Count(
        "cki_hooks", "{change}", "Webhooks of ours that GitLab disabled, and what became of them", Listed("change", "down", "tested", "up"));

    public static readonly Counter<long> Handled = Count(
        "cki_handled", "{piece}", "Messages and tasks that stages worked on, by how that ended", s_stage, Of("kind"), Listed("outcome", "done", "refused", "failed").First(3));

    public static readonly Histogram<double> HandledSeconds = Time(
        "cki_handled_seconds", "How long stages worked on a message or task", s_short, s_stage, Of("kind"), Listed("outcome", "done", "refused", "failed"));

    public static readonly Histogram<double> MessageAge = Time(
        "cki_message_age_seconds", "Age of messages when a stage took them, since they were first sent", s_long, Of("queue"));

    /// <summary>CKI's name.</summary>
    public static readonly Counter<long> MessageDelayed = Count("cki_message_delayed", "{message}", "Messages that were put off to be looked at later", Of("queue"));

    public static readonly Counter<long> CommitsDetected = Count(
        "cki_commits_detected", "{commit}", "New heads that became runs", Listed("found_by", "webhook", "poll", "reconciliation").First(3), Of("tree"));

    public static readonly Histogram<double> PushToDetection = Time(
        "cki_push_to_detection_seconds", "From when a commit came, as near as is known, to its detection", s_long, Listed("found_by", "webhook", "poll", "reconciliation"));

    public static readonly Counter<long> PipelinesCreated = Count("cki_pipelines_created", "{pipeline}", "Pipelines posted that are known to have taken effect");

    public static readonly Histogram<double> PushToPipeline = Time(
        "cki_push_to_pipeline_seconds", "From the detection of a commit to the pipeline of its first attempt", s_long, Listed("found_by", "webhook", "poll", "reconciliation"));

    public static readonly Counter<long> RunsSettled = Count("cki_runs_settled", "{run}", "Settled attempts by verdict", s_verdict.First(s_verdict.Values.Count), Of("tree"));

    public static readonly Histogram<double> CommitToVerdict = Time(
        "cki_commit_to_verdict_seconds", "From the detection of a commit to the verdict on it", s_long, s_verdict, Of("tree"));

    public static readonly Counter<long> Cells = Count(
        "cki_cells", "{cell}", "Cells of the result matrix of settled attempts", Of("architecture"), Listed("result", "pass", "fail", "known", "flaky", "notrun"));

    public static readonly Histogram<double> ProbeSeconds = Time("cki_probe_seconds", "From the push of the synthetic probe to the end of its run", s_long);

    /// <summary>CKI's name; <c>matcher</c> likewise.</summary>
    public static readonly Counter<long> HerderProblemDetected = Count("cki_herder_problem_detected", "{job}", "Failed jobs with a matcher", Of("matcher"));

    /// <summary>CKI's name.</summary>
    public static readonly Counter<long> HerderNoProblemDetected = Count("cki_herder_no_problem_detected", "{job}", "Failed jobs without a matcher");

    /// <summary>CKI's name.</summary>
    public static readonly Counter<long> HerderProblemRetries = Count("cki_herder_problem_retries", "{job}", "Jobs retried");

    public static readonly Counter<long> HerderHolds = Count("cki_herder_holds", "{job}", "Retries held back", Listed("by", "outage", "budget"));

    /// <summary>Opened minus closed stand.</summary>
    public static readonly Counter<long> HerderOutages = Count(
        "cki_herder_outages", "{change}", "Outages of failure classes", Of("class"), Listed("change", "opened", "closed", "probed", "released").First(2));

    public static readonly Counter<long> HerderRescues = Count("cki_herder_rescues", "{retry}", "Retries by how they ended", Of("matcher"), Listed("end", "rescued", "same-again", "other-trouble", "real-failure", "unfinished"));

    public static readonly Counter<long> ChannelDeliveries = Count(
        "cki_channel_deliveries", "{delivery}", "Reports and notices by channel and outcome; a correction takes a failure back", Of("channel"),
        Listed("outcome", "sent", "failed", "parked", "repeated").First(4), Listed("kind", "start", "early", "final", "correction", "notice"));

    public static readonly Histogram<double> VerdictToReport = Time("cki_verdict_to_report_seconds", "From a verdict to its report on a channel", s_long, Of("channel"));

    /// <summary>Started minus ended stand. Told: once, without an end.</summary>
    public static readonly Counter<long> Notices = Count(
        "cki_notices", "{change}", "Notices to operators, by their entry in the runbook", Of("notice"), Listed("change", "started", "ended", "told"));

    public static readonly Counter<long> ConsumerDeliveries = Count(
        "cki_consumer_deliveries", "{delivery}", "Deliveries handed to consumers by outcome", Of("consumer"), Listed("outcome", "sent", "repeated", "failed", "refused"));

    public static readonly Counter<long> DeadLettersFiled = Count("cki_dead_letters_filed", "{message}", "Messages filed after their last receive", Of("queue"));

    public static readonly Counter<long> ApiCalls = Count(
        "cki_api_calls", "{call}", "GitLab API calls by outcome", Of("host"), Of("method"), Listed("outcome", "2xx", "4xx", "429", "5xx", "network", "3xx").First(5));

    public static readonly Histogram<double> ApiSeconds = Time(
        "cki_api_seconds", "How long GitLab took to answer, the body not included", s_short, Of("host"), Of("method"));

    /// <summary>0 up, 1 degraded, 2 down, 3 not known. Names of checks come from checks.yaml, which has at most 500: too many for CloudWatch.</summary>
    public static readonly Gauge<long> CheckStatus = Level(
        "cki_check_status", "{status}", "Checks by what they say: 0 up, 1 degraded, 2 down, 3 not known", Of("check"), Of("kind"));

    public static readonly Histogram<double> CheckSeconds = Time("cki_check_seconds", "How long looks at checks take", s_short, Of("kind"));

    /// <summary>On CloudWatch never: a Lambda sees no log files.</summary>
    public static readonly Counter<long> CheckLogMatches = CountHere("cki_check_log_matches", "{line}", "Lines of logs that matched the pattern of a check", Of("check"));

    public static readonly Counter<long> CallRetries = Count("cki_call_retries", "{call}", "Calls made once more within one piece of work", Listed("to", "gitlab", "aws"));

    /// <summary>On AWS the log group's filter counts them (<c>{stack}-error-lines</c>).</summary>
    public static readonly Counter<long> LogErrors = CountHere("cki_log_errors", "{line}", "Log lines of level Error and above", Of("logger"));

    /// <summary>Measured by <c>cki up</c> alone: SQS tells of its queues itself.</summary>
    public static readonly MetricInfo QueueDepth = Gauge(
        "cki_queue_depth", "{message}", "Messages by queue and state", Of("queue"), Listed("state", "ready", "delayed", "in_flight"));

    /// <summary>Likewise. Since first sent: work that is retried does not hide.</summary>
    public static readonly MetricInfo QueueOldest = Gauge("cki_queue_oldest_seconds", "s", "Age of the oldest message since it was first sent", Of("queue"));

    /// <summary>Likewise.</summary>
    public static readonly MetricInfo EngineRefusing = Gauge("cki_engine_refusing", "{database}", "1 while the engine's database refuses to write, as on a full disk");

    /// <summary>Likewise.</summary>
    public static readonly MetricInfo WatchSilent = Gauge("cki_watch_silent_seconds", "s", "Time since Watch last handled a message");

    /// <summary>Null where the suite has no such metric.</summary>
    public static MetricInfo? Find(string name) => s_catalogue.Find(info => info.Name == name);

    private static MetricTag Of(string name) => new(name, []);

    private static MetricTag Listed(string name, params string[] values) => new(name, values);

    /// <summary>The first so many values are dimensions on CloudWatch.</summary>
    private static MetricTag First(this MetricTag tag, int count) => tag with { Dimension = [.. tag.Values.Take(count)] };

    private static Counter<long> Count(string name, string unit, string description, params MetricTag[] tags)
    {
        s_catalogue.Add(new MetricInfo(name, MetricKind.Counter, unit, description, tags));
        return s_meter.CreateCounter<long>(name, unit, description);
    }

    /// <summary>For <c>cki up</c> alone.</summary>
    private static Counter<long> CountHere(string name, string unit, string description, params MetricTag[] tags)
    {
        Counter<long> counter = Count(name, unit, description, tags);
        s_catalogue[^1] = s_catalogue[^1] with { IsOnCloudWatch = false };
        return counter;
    }

    private static Histogram<double> Time(string name, string description, double[] bounds, params MetricTag[] tags)
    {
        s_catalogue.Add(new MetricInfo(name, MetricKind.Histogram, "s", description, tags));
        return s_meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
    }

    /// <summary>For <c>cki up</c> alone.</summary>
    private static Gauge<long> Level(string name, string unit, string description, params MetricTag[] tags)
    {
        Gauge(name, unit, description, tags);
        return s_meter.CreateGauge<long>(name, unit, description);
    }

    private static MetricInfo Gauge(string name, string unit, string description, params MetricTag[] tags)
    {
        var info = new MetricInfo(name, MetricKind.Gauge, unit, description, tags) { IsOnCloudWatch = false };
        s_catalogue.Add(info);
        return info;
    }
}
