using System.Diagnostics.Metrics;

namespace Cki;

/// <summary>The catalogue of the suite's metrics (System.Diagnostics.Metrics, meter <c>cki</c>). Tags are few-valued; ids never become tags.</summary>
public static class SuiteMetrics
{
    public const string MeterName = "cki";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>Deliveries by <c>source</c> and <c>outcome</c>: accepted, duplicate, unauthorized, unreadable, unknown-kind, too-large, unavailable.</summary>
    public static readonly Counter<long> Deliveries = Meter.CreateCounter<long>("cki_deliveries", "{delivery}", "Webhook deliveries by outcome");

    /// <summary>By <c>source</c> and <c>why</c>: failed, absent. Deliveries that GitLab's log of events told of.</summary>
    public static readonly Counter<long> DeliveriesReconciled = Meter.CreateCounter<long>("cki_deliveries_reconciled", "{delivery}", "Webhook deliveries found by reconciliation");

    /// <summary>By <c>change</c>: down, tested, up.</summary>
    public static readonly Counter<long> Hooks = Meter.CreateCounter<long>("cki_hooks", "{change}", "Webhooks of ours that GitLab disabled, and what became of them");

    /// <summary>By <c>found_by</c>: webhook, poll, reconciliation.</summary>
    public static readonly Counter<long> CommitsDetected = Meter.CreateCounter<long>("cki_commits_detected", "{commit}", "New heads that became runs");

    public static readonly Counter<long> PipelinesCreated = Meter.CreateCounter<long>("cki_pipelines_created", "{pipeline}", "POST pipeline that we know to have taken effect");

    /// <summary>By <c>verdict</c>.</summary>
    public static readonly Counter<long> RunsSettled = Meter.CreateCounter<long>("cki_runs_settled", "{run}", "Settled attempts by verdict");

    /// <summary>By <c>matcher</c> (CKI's name).</summary>
    public static readonly Counter<long> HerderProblemDetected = Meter.CreateCounter<long>("cki_herder_problem_detected", "{job}", "Failed jobs with a matcher");

    public static readonly Counter<long> HerderNoProblemDetected = Meter.CreateCounter<long>("cki_herder_no_problem_detected", "{job}", "Failed jobs without a matcher");

    public static readonly Counter<long> HerderProblemRetries = Meter.CreateCounter<long>("cki_herder_problem_retries", "{job}", "Jobs retried");

    /// <summary>By <c>by</c>: outage, budget.</summary>
    public static readonly Counter<long> HerderHolds = Meter.CreateCounter<long>("cki_herder_holds", "{job}", "Retries held back");

    /// <summary>By <c>class</c> and <c>change</c>: opened, closed, probed, released. Opened minus closed stand.</summary>
    public static readonly Counter<long> HerderOutages = Meter.CreateCounter<long>("cki_herder_outages", "{change}", "Outages of failure classes");

    /// <summary>By <c>matcher</c> and <c>end</c>: rescued, same-again, other-trouble, real-failure, unfinished.</summary>
    public static readonly Counter<long> HerderRescues = Meter.CreateCounter<long>("cki_herder_rescues", "{retry}", "Retries by how they ended");

    /// <summary>By <c>channel</c> and <c>outcome</c>: sent, failed, parked, repeated.</summary>
    public static readonly Counter<long> ChannelDeliveries = Meter.CreateCounter<long>("cki_channel_deliveries", "{delivery}", "Reports and notices by channel and outcome");

    /// <summary>By <c>consumer</c> and <c>outcome</c>: sent, repeated, failed, refused.</summary>
    public static readonly Counter<long> ConsumerDeliveries = Meter.CreateCounter<long>("cki_consumer_deliveries", "{delivery}", "Deliveries handed to consumers by outcome");

    /// <summary>By <c>queue</c>.</summary>
    public static readonly Counter<long> DeadLettersFiled = Meter.CreateCounter<long>("cki_dead_letters_filed", "{message}", "Messages filed after their last receive");

    /// <summary>By <c>check</c> and <c>kind</c>: 0 up, 1 degraded, 2 down, 3 not known. Names come from checks.yaml, which has at most 500.</summary>
    public static readonly Gauge<long> CheckStatus = Meter.CreateGauge<long>("cki_check_status", "{status}", "Checks by what they say: 0 up, 1 degraded, 2 down, 3 not known");

    /// <summary>By <c>kind</c>.</summary>
    public static readonly Histogram<double> CheckDuration = Meter.CreateHistogram(
        "cki_check_duration", "s", "How long looks at checks take", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60] });

    /// <summary>By <c>check</c>: lines that matched its pattern.</summary>
    public static readonly Counter<long> CheckLogMatches = Meter.CreateCounter<long>("cki_check_log_matches", "{line}", "Lines of logs that matched the pattern of a check");

    /// <summary>By <c>host</c>, <c>method</c> and <c>outcome</c> (2xx, 4xx, 429, 5xx, network).</summary>
    public static readonly Counter<long> ApiCalls = Meter.CreateCounter<long>("cki_api_calls", "{call}", "GitLab API calls by outcome");
}
