namespace Cki;

/// <summary>What trouble of each kind means and what to do, where checks.yaml does not say.</summary>
internal static class CheckWords
{
    public static (string Means, string Do) Of(CheckTarget target, CheckStatus status) => status switch
    {
        CheckStatus.Unknown => (
            "The trouble is on our side: nobody knows how the thing itself is.",
            target.IsLocal
                ? "Let a cron job on that machine send a heartbeat instead, run cki up there, or take the check out of checks.yaml."
                : "See that its secrets exist and that checks.yaml says what it should."),
        CheckStatus.Degraded => (Degraded(target), "See whether it gets worse; set the limit in checks.yaml to what is normal."),
        _ => Down(target),
    };

    private static string Degraded(CheckTarget target) => target switch
    {
        CheckTarget.Http or CheckTarget.Tcp or CheckTarget.GitLab => "It answers, but slower than its limit.",
        CheckTarget.Tls => "Its certificate expires soon; from then on nobody who checks certificates can connect.",
        CheckTarget.Filesystem => "It fills up; what writes there fails when it is full.",
        CheckTarget.Runners => "Jobs wait longer than they should: pipelines take longer, or fall back.",
        CheckTarget.S3 => "It holds more than it should: something is not cleaned up, or writes too much.",
        CheckTarget.Sqs or CheckTarget.RabbitMq => "More waits there than should: its consumers are slow or gone.",
        CheckTarget.Json => "A number is beyond its limit.",
        CheckTarget.Uptime => "The host was started anew: what ran there was cut off.",
        CheckTarget.LogMatch => "Its log has lines that should not be there.",
        _ => "It answers, but not as it should.",
    };

    private static (string Means, string Do) Down(CheckTarget target) => target switch
    {
        CheckTarget.Dns => ("The name is not resolved: whatever is reached by it fails.", "See the name servers, and whether the name was changed."),
        CheckTarget.Tls => ("Nobody who checks certificates can connect.", "Renew the certificate, or see what else the server presents."),
        CheckTarget.Git => ("New commits there are not seen; they are once it answers again.", "See the git server's own status."),
        CheckTarget.GitLab => ("Pipelines cannot be started or watched; everything is tried again for hours.", "See the status page of that GitLab, then cki doctor."),
        CheckTarget.Runners => ("Jobs for these runners wait until one is online.", "See the runners' hosts and the runner page of the project."),
        CheckTarget.Smtp => ("Mail through this server waits or is lost.", "See the mail server."),
        CheckTarget.RabbitMq => ("Messages there are not taken, or nobody may send.", "See the broker's own status: rabbitmq-diagnostics check_alarms."),
        CheckTarget.Filesystem => ("What writes there fails.", "Make room, or see whether it is still mounted."),
        CheckTarget.Mount => ("Whatever touches this path may hang until the server is back.", "See the NFS server and the network; then umount -f and mount again."),
        CheckTarget.Heartbeat => ("What should tell us of itself has stopped, hangs, or cannot reach us.", "See the cron job or host that sends it."),
        CheckTarget.Image => ("Jobs that pull this image may fail.", "See the registry, and whether the tag is still there."),
        _ => ("It does not answer as it should.", "See the service itself, and the way to it."),
    };
}
