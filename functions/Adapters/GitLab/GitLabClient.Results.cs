using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>One file of a job's artefacts.</summary>
public abstract record ArtifactFile
{
    private ArtifactFile() { }   // closed

    public sealed record Found(byte[] Bytes) : ArtifactFile;

    /// <summary>No such file, expired, or erased: GitLab says 404 to all of them.</summary>
    public sealed record Absent : ArtifactFile;

    /// <summary>Not for our eyes.</summary>
    public sealed record Forbidden(string Message) : ArtifactFile;

    /// <summary>Longer than was asked for; nothing of it is kept.</summary>
    public sealed record TooLong : ArtifactFile;
}

public sealed partial class GitLabClient
{
    /// <summary>One file out of a job's artefacts, by its path in the archive.</summary>
    public async Task<ArtifactFile> GetArtifactAsync(JobRef job, string path, int bytesMax, CancellationToken cancellationToken)
    {
        string escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        GitLabCall call = Call(HttpMethod.Get, job.Project, $"/jobs/{job.Id}/artifacts/{escaped}");
        using HttpResponseMessage response = await retries.SafelyAsync(token => _wire.OpenAsync(call, token), cancellationToken);
        switch ((int)response.StatusCode)
        {
            case 404:
                return new ArtifactFile.Absent();
            case 403:
                return new ArtifactFile.Forbidden($"{call}: 403 {response.ReasonPhrase}");
            case >= 400:
                throw new GitLabRefusedException((int)response.StatusCode, $"{call}: {(int)response.StatusCode} {response.ReasonPhrase}");
        }
        if (response.Content.Headers.ContentLength > bytesMax)
            return new ArtifactFile.TooLong();
        await using Stream body = await TraceStream.OpenAsync(response, call.ToString(), retries.Clock, cancellationToken);
        return await ReadAsync(body, bytesMax, cancellationToken);
    }

    private static async Task<ArtifactFile> ReadAsync(Stream body, int bytesMax, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        byte[] chunk = new byte[64 * 1024];
        int read;
        while ((read = await body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (kept.Length + read > bytesMax)
                return new ArtifactFile.TooLong();
            kept.Write(chunk, 0, read);
        }
        return new ArtifactFile.Found(kept.ToArray());
    }

    /// <summary>GitLab's own sum of the JUnit reports of a pipeline's latest jobs, those of one suite (a job's name) only. Null: no such suite.</summary>
    public async Task<TestResults?> GetTestReportAsync(PipelineRef pipeline, string suite, CancellationToken cancellationToken)
    {
        JsonObject? report = await GetAsync(pipeline.Project, $"/pipelines/{pipeline.Id}/test_report", GitLabJson.Default.JsonObject, cancellationToken);
        JsonNode? found = (report?["test_suites"] as JsonArray ?? []).FirstOrDefault(s => (string?)s?["name"] == suite);
        if (found?["test_cases"] is not JsonArray cases)
            return null;
        string StatusOf(JsonNode? one) => (string?)one?["status"] ?? "";
        return new TestResults(
            cases.Count(c => StatusOf(c) == "success"),
            [.. cases.Where(c => StatusOf(c) is "failed" or "error").Select(c => $"{(string?)c?["classname"]} {(string?)c?["name"]}".Trim())],
            cases.Count(c => StatusOf(c) == "skipped"));
    }

    /// <summary>Starts a manual job. Sent once; false: it is not to be started (any more).</summary>
    public async Task<bool> PlayJobAsync(JobRef job, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Post, job.Project, $"/jobs/{job.Id}/play");
        GitLabAnswer answer = await PostAsync(call, body: null, cancellationToken);
        return answer.IsSuccess || (answer.Status is 400 or 403 or 404 ? false : throw answer.Refusal(call));
    }

    /// <summary>Online runners that a project can use, with their tags: one request each. Needs the Maintainer role (<see cref="GitLabRefusedException"/> 403).</summary>
    public async Task<IReadOnlyList<RunnerShown>> ListRunnersAsync(ProjectRef project, CancellationToken cancellationToken)
    {
        List<GitLabRunnerJson> found = await ListAsync(project, "/runners?per_page=100&status=online", GitLabJson.Default.GitLabRunnerJsonArray, cancellationToken);
        var runners = new List<RunnerShown>();
        foreach (GitLabRunnerJson runner in found.Where(r => r.Id is not null).DistinctBy(r => r.Id).OrderBy(r => r.Id).Take(RunnersMax))
        {
            GitLabRunnerJson? whole = await AskAsync(HostCall(project, $"/runners/{runner.Id}"), GitLabJson.Default.GitLabRunnerJson, cancellationToken);
            runners.Add(new RunnerShown(
                runner.Id!.Value, runner.Description ?? runner.Name ?? $"{runner.Id}", runner.Online ?? true, runner.Paused, whole?.TagList ?? [], whole?.RunUntagged ?? false));
        }
        return runners;
    }
}
