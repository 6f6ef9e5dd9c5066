using System.IO.Compression;
using System.Text;

namespace Cki.GitLabSimulator;

/// <summary>Artifacts while they have not expired.</summary>
internal static class ArtifactsApi
{
    public static DateTimeOffset? ExpireAt(GitLabJob job) => job.FinishedAt + job.Attempt?.ArtifactsExpireIn;

    public static Answer File(GitLabWorld world, ApiRequest request) => JobsApi.With(world, request, job =>
        Available(world, job) && job.Attempt!.Artifacts.TryGetValue(request.Path["path"], out string? text)
            ? new Answer(200, text, "application/octet-stream")
            : Answer.Refuse(404, "404 Not Found"));

    public static Answer Archive(GitLabWorld world, ApiRequest request) => JobsApi.With(world, request, job =>
        Available(world, job)
            ? new Answer(200, "", "application/zip") { Bytes = Zip(job) }
            : Answer.Refuse(404, "404 Not Found"));

    private static bool Available(GitLabWorld world, GitLabJob job) =>
        HookJson.HasArtifacts(job) && !(ExpireAt(job) <= world.Now);

    private static byte[] Zip(GitLabJob job)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach ((string path, string text) in job.Attempt!.Artifacts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                Add(archive, path, (job.FinishedAt!.Value, text));
        return memory.ToArray();
    }

    private static void Add(ZipArchive archive, string path, (DateTimeOffset At, string Text) of)
    {
        ZipArchiveEntry entry = archive.CreateEntry(path);
        entry.LastWriteTime = of.At;
        using Stream stream = entry.Open();
        stream.Write(Encoding.UTF8.GetBytes(of.Text));
    }
}
