namespace Cki.Adapters;

public sealed partial class GitRefs
{
    private const string NotThere = "not our ref";

    /// <summary>
    /// Whether the repository still has a commit, whatever refs show it. Null where it does not tell: trouble, protocol 0 or 1, or a server that
    /// cannot leave files out, whose answer would be a whole tree.
    /// </summary>
    public async Task<bool?> HasCommitAsync(Uri repository, CommitSha sha, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(Limit, clock, cancellationToken);
        try
        {
            return await AskForAsync(repository, sha, deadline.Token);
        }
        catch (FormatException e) when (e.Message.Contains(NotThere, StringComparison.Ordinal))
        {
            return false;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or FormatException || (e is OperationCanceledException && deadline.IsOver))
        {
            return null;
        }
    }

    private async Task<bool?> AskForAsync(Uri repository, CommitSha sha, CancellationToken cancellationToken)
    {
        (Uri? root, Advertisement advertisement) = await AnnouncedAsync(repository, new WantedRefs(new RefGlobs([]), new RefGlobs([])), cancellationToken);
        if (advertisement is not Advertisement.Capabilities { Lines: var capabilities }
            || capabilities.FirstOrDefault(c => c.StartsWith("fetch=", StringComparison.Ordinal)) is not { } fetch
            || fetch["fetch=".Length..].Split(' ') is not { } features || !features.Contains("filter") || !features.Contains("shallow"))
            return null;
        PktWriter lines = new PktWriter().Line("command=fetch");
        foreach (string format in capabilities.Where(c => c.StartsWith("object-format=", StringComparison.Ordinal)))
            lines.Line(format);
        lines.Delimiter().Line($"want {sha}").Line("deepen 1").Line("filter tree:0").Line("done");
        using HttpResponseMessage response = await PostAsync(new Uri(root!, "git-upload-pack"), lines.Flush(), cancellationToken);
        Pkt first = await (await LinesAsync(response, ResultType, cancellationToken)).NextAsync(cancellationToken);
        // A section of the answer: the commit is there. The rest of the body is left unread.
        return first.Text is "shallow-info" or "packfile" ? true : null;
    }
}
