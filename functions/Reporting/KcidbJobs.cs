using System.Text.Json;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Reporting;

/// <summary>All jobs of an attempt, passed ones too, as GitLab and our records tell of them, and the KCIDB files that they left.</summary>
public sealed class KcidbJobs(GitLabClient gitLab, SuitePorts ports)
{
    private const int RecordsMax = 5000;
    private const int FileBytesMax = 32 << 20;

    /// <summary>Bytes of all files of one run.</summary>
    private const int FilesBytesMax = 48 << 20;

    /// <summary>Jobs that are asked for a file; each costs a request.</summary>
    private const int FilesMax = 200;

    private static readonly JsonDocumentOptions s_depth = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    public async Task<KcidbFacts> GatherAsync(string origin, RunDetection run, RunAttempt attempt, CancellationToken cancellationToken)
    {
        TreeConfig? tree = ports.Config.Current.Tree(run.Tree);
        var facts = new KcidbFacts(origin, run, attempt, tree, []);
        if (attempt.Pipeline is not { } pipeline)
            return facts with { Missing = "the attempt has no pipeline" };
        try
        {
            IReadOnlyList<PipelineBridge> expected = tree?.For(run).Pipeline is { Expects.Count: > 0 } expects
                ? await new ExpectedPipelines(gitLab, ports.Documents).FindAsync(run.Run, attempt, expects, ports.Clock.GetUtcNow(), cancellationToken)
                : [];
            if (await new PipelineTree(gitLab).ReadAsync(pipeline, expected, cancellationToken) is not { } view)
                return facts with { Missing = $"pipeline {pipeline} is gone" };
            IReadOnlyList<JobRecord> records = await RecordsAsync(view.Bridges.Select(b => b.Downstream).OfType<PipelineRef>().Prepend(pipeline), cancellationToken);
            facts = facts with { Jobs = RunOutcomes.Of(view.Jobs, records, view.Bridges) };
            return facts with { Files = await FilesAsync(facts, pipeline.Project, cancellationToken) };
        }
        catch (GitLabRefusedException e)
        {
            return facts with { Missing = $"GitLab does not show all of {pipeline}: {e.Message}" };
        }
    }

    private async Task<IReadOnlyList<JobRecord>> RecordsAsync(IEnumerable<PipelineRef> pipelines, CancellationToken cancellationToken)
    {
        var records = new List<JobRecord>();
        foreach (PipelineRef pipeline in pipelines.Distinct())
        {
            foreach (string key in await ports.Documents.KeysAsync(JobRecord.Prefix(pipeline), RecordsMax, cancellationToken))
            {
                if (await ports.Documents.GetAsync(key, DocumentJson.Default.JobRecord, cancellationToken) is { } record)
                    records.Add(record.Value);
            }
        }
        return records;
    }

    /// <summary>The last to finish comes first: it knows most.</summary>
    private async Task<IReadOnlyList<KcidbFile>> FilesAsync(KcidbFacts facts, ProjectRef project, CancellationToken cancellationToken)
    {
        string[] paths = [.. (facts.Tree?.Pipeline.Results ?? []).Where(p => p.EndsWith(".json", StringComparison.Ordinal))];
        DateTimeOffset now = ports.Clock.GetUtcNow();
        JobOutcome[] candidates =
        [
            .. facts.Jobs.Where(j => j.Last.Artifacts.Contains("archive") && !(j.Last.ArtifactsExpireAt <= now))
                .OrderByDescending(j => j.Last.FinishedAt).ThenByDescending(j => j.Last.Id).Take(FilesMax),
        ];
        var files = new List<KcidbFile>();
        long bytes = 0;
        foreach (JobOutcome job in paths.Length == 0 ? [] : candidates)
        {
            foreach (string path in paths)
            {
                ArtifactFile file = await gitLab.GetArtifactAsync(new JobRef(job.Last.Project ?? project, job.Last.Id), path, FileBytesMax, cancellationToken);
                if (file is ArtifactFile.Found found && (bytes += found.Bytes.Length) <= FilesBytesMax && Parse(found.Bytes) is { } content)
                    files.Add(new KcidbFile(job, content));
            }
        }
        return files;
    }

    /// <summary>Null: no KCIDB file; the job itself tells then.</summary>
    private static JsonObject? Parse(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes, documentOptions: s_depth) is JsonObject file && file["version"] is JsonObject ? file : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Cut off, a property twice, or names that are no text: nothing of it can be trusted.
            return null;
        }
    }
}
