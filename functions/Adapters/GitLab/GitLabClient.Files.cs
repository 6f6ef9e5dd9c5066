using System.Text;

namespace Cki.Adapters;

/// <summary>A commit as its author made it.</summary>
/// <param name="Message">Whole, its trailers included.</param>
public sealed record CommitWritten(CommitSha Sha, string Message, string? AuthorAddress);

/// <summary>What a tree holds at a commit. Asked once and briefly, as comparisons are.</summary>
public sealed partial class GitLabClient
{
    /// <summary>Null where GitLab does not know the commit, or it is none for our eyes.</summary>
    public async Task<CommitWritten?> GetCommitAsync(ProjectRef project, CommitSha sha, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Get, project, $"/repository/commits/{sha}") with { Limit = CompareLimit };
        GitLabAnswer answer = await _wire.AskAsync(call, cancellationToken);
        if (answer.Status == 404)
            return null;
        GitLabCommitJson found = answer.Read(call, GitLabJson.Default.GitLabCommitJson);
        return new CommitWritten(sha, found.Message ?? found.Title ?? "", found.AuthorEmail);
    }

    /// <summary>A text file of the tree at a commit; null where there is none, or it is longer than <paramref name="bytesMax"/>.</summary>
    public async Task<string?> GetFileAsync(ProjectRef project, string path, CommitSha at, int bytesMax, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Get, project, $"/repository/files/{Uri.EscapeDataString(path)}/raw?ref={at}") with { Limit = CompareLimit };
        using HttpResponseMessage response = await _wire.OpenAsync(call, cancellationToken);
        int status = (int)response.StatusCode;
        if (status == 404)
            return null;
        if (!response.IsSuccessStatusCode)
            throw new GitLabRefusedException(status, $"{call}: {status} {response.ReasonPhrase}");
        if (response.Content.Headers.ContentLength > bytesMax)
            return null;
        await using Stream body = await TraceStream.OpenAsync(response, call.ToString(), retries.Clock, cancellationToken);
        return await ReadAsync(body, bytesMax, cancellationToken) is ArtifactFile.Found file ? Encoding.UTF8.GetString(file.Bytes) : null;
    }
}
