using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Cki.PipelineTrigger;

/// <summary>What herding recorded about an attempt's jobs: read from the store, no GitLab is needed.</summary>
internal sealed class RecordedJobs(SuitePorts ports, ILogger log)
{
    /// <summary>Job names of one pipeline with failures; more than this is a fault, not a pipeline.</summary>
    private const int RecordsMax = 5000;

    private readonly Documents _documents = ports.Documents;

    /// <summary>Herding keeps records by pipeline. An unreadable one throws: what it says must not be missed while there is time to mend it.</summary>
    public async Task<IReadOnlyList<JobRecord>> OfAsync(IEnumerable<PipelineRef> pipelines, CancellationToken cancellationToken)
    {
        var records = new List<JobRecord>();
        foreach (PipelineRef of in pipelines.Distinct())
        {
            foreach (string key in await _documents.KeysAsync(JobRecord.Prefix(of), RecordsMax, cancellationToken))
            {
                if (await _documents.GetAsync(key, DocumentJson.Default.JobRecord, cancellationToken) is { } record)
                    records.Add(record.Value);
            }
        }
        return records;
    }

    /// <summary>At the end of an attempt that cannot go on: with the downstream pipelines herding knows, and past unreadable records, or it would never end.</summary>
    public async Task<IReadOnlyList<JobRecord>> LeftOfAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        PipelineState? state = await TryGetAsync(pipeline.Key, DocumentJson.Default.PipelineState, cancellationToken);
        var records = new List<JobRecord>();
        foreach (PipelineRef of in (state?.Downstream ?? []).Prepend(pipeline).Distinct())
        {
            foreach (string key in await _documents.KeysAsync(JobRecord.Prefix(of), RecordsMax, cancellationToken))
            {
                if (await TryGetAsync(key, DocumentJson.Default.JobRecord, cancellationToken) is { } record)
                    records.Add(record);
            }
        }
        return records;
    }

    private async Task<T?> TryGetAsync<T>(string key, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return (await _documents.GetAsync(key, type, cancellationToken))?.Value;
        }
        catch (UnreadableDocumentException e)
        {
            log.SetAside(e.Message);
            return null;
        }
    }
}
