namespace Cki.Adapters;

/// <summary>A queue that feeds this function: the suite's name for it, and the address that takes visibility changes.</summary>
public sealed record SqsSource(string Queue, string Url);

/// <summary>The queues by the last segment of their ARN, as the environment's queue addresses tell: template.yaml gives each function those it uses.</summary>
public sealed class SqsSources
{
    private readonly Dictionary<string, SqsSource> _byPhysicalName = [];

    /// <param name="environment">Reads the variables of <see cref="SuiteEnvironment"/>; a dead-letter queue is named <c>{name}-dead</c>.</param>
    public SqsSources(Func<string, string?> environment)
    {
        foreach (string queue in QueueNames.All)
        {
            Add(queue, environment(SuiteEnvironment.QueueUrl(queue)));
            Add(queue + "-dead", environment(SuiteEnvironment.DeadQueueUrl(queue)));
        }
    }

    /// <summary>Null for a queue that the environment does not name.</summary>
    public SqsSource? Find(string? eventSourceArn) =>
        eventSourceArn is null ? null : _byPhysicalName.GetValueOrDefault(eventSourceArn[(eventSourceArn.LastIndexOf(':') + 1)..]);

    private void Add(string queue, string? url)
    {
        if (!string.IsNullOrEmpty(url))
            _byPhysicalName[url[(url.LastIndexOf('/') + 1)..]] = new SqsSource(queue, url);
    }
}
