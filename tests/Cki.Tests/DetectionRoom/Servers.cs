using System.Net;
using System.Text;

using Cki.Tests.Doubles;

namespace Cki.Tests.DetectionRooms;

/// <summary>A GitLab's branches API and a git server of protocol 0, both showing <see cref="Branches"/>.</summary>
internal sealed class Servers : HttpMessageHandler
{
    public SortedDictionary<string, CommitSha> Branches { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, CommitSha> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>One line of commits, oldest first, with the files that each changes.</summary>
    public List<(CommitSha Sha, string[] Files)> History { get; } = [];

    /// <summary>Requests about commits that were answered.</summary>
    public List<string> Asked { get; } = [];

    public bool AreDown { get; set; }

    /// <summary>GitLab shows branches, but answers no question about commits.</summary>
    public bool TellsNoCommits { get; set; }

    /// <summary>GitLab refuses our token.</summary>
    public bool RefuseToken { get; set; }

    /// <summary>What GitLab's clock shows; null: answers bear no date.</summary>
    public DateTimeOffset? Date { get; set; }

    public int Looks { get; private set; }

    /// <summary>Runs after the answer was made, before it arrives: what others do meanwhile.</summary>
    public Func<Task>? Meanwhile { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        if (path.Contains("/repository/compare") || path.Contains("/repository/commits"))
            return OfCommits(request);
        Looks++;
        HttpResponseMessage answer = RefuseToken ? new HttpResponseMessage(HttpStatusCode.Unauthorized) { Content = new StringContent("{\"message\":\"401 Unauthorized\"}") }
            : AreDown ? new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("{\"message\":\"404 Project Not Found\"}") }
            : path.Contains("/repository/branches") ? OfGitLab() : OfGit();
        answer.RequestMessage = request;
        answer.Headers.Date = Date;
        if (Meanwhile is { } act)
        {
            Meanwhile = null;
            await act();
        }
        return answer;
    }

    private HttpResponseMessage OfCommits(HttpRequestMessage request)
    {
        string query = request.RequestUri!.Query;
        Asked.Add(request.RequestUri.AbsolutePath.Split('/')[^1]);
        string from = query.Contains("from=") ? query.Split("from=")[1][..40] : query.Split("ref_name=")[1][..40];
        string to = query.Contains("&to=") ? query.Split("&to=")[1][..40] : query.Split("..")[1][..40];
        (CommitSha Sha, string[] Files)[] range = [.. History.SkipWhile(c => c.Sha.Value != from).Skip(1).TakeWhile(c => c.Sha.Value != to)];
        (CommitSha Sha, string[] Files)[] whole = [.. range, History.FirstOrDefault(c => c.Sha.Value == to) is { Files: not null } head ? head : (CommitSha.Parse(to), [])];
        string body = request.RequestUri.AbsolutePath.EndsWith("/compare", StringComparison.Ordinal)
            ? $$"""{"diffs":[{{string.Join(',', whole.SelectMany(c => c.Files).Select(f => $$"""{"old_path":"{{f}}","new_path":"{{f}}"} """))}}]}"""
            : $"[{string.Join(',', whole.Reverse().Select(c => $$"""{"id":"{{c.Sha}}","title":"Title of {{c.Sha.Short}}"} """))}]";
        HttpStatusCode status = TellsNoCommits ? HttpStatusCode.BadGateway : HttpStatusCode.OK;
        return new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json"), RequestMessage = request };
    }

    private HttpResponseMessage OfGitLab()
    {
        IEnumerable<string> rows = Branches.Select(b => $$"""{"name":"{{b.Key}}","commit":{"id":"{{b.Value}}","title":"Title of {{b.Value.Short}}"} }""");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent($"[{string.Join(',', rows)}]", Encoding.UTF8, "application/json") };
    }

    private HttpResponseMessage OfGit()
    {
        var body = new StringBuilder(Line("# service=git-upload-pack\n") + "0000");
        string capabilities = "\0side-band-64k";
        IEnumerable<(string Name, CommitSha Sha)> refs =
            Branches.Select(b => ($"refs/heads/{b.Key}", b.Value)).Concat(Tags.Select(t => ($"refs/tags/{t.Key}", t.Value)));
        foreach ((string name, CommitSha sha) in refs)
        {
            body.Append(Line($"{sha} {name}{capabilities}\n"));
            capabilities = "";
        }
        if (capabilities.Length > 0)
            body.Append(Line($"{A.Sha('0')} capabilities^{{}}{capabilities}\n"));
        body.Append("0000");
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToString()));
        content.Headers.ContentType = new("application/x-git-upload-pack-advertisement");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }

    private static string Line(string text) => $"{Encoding.UTF8.GetByteCount(text) + 4:x4}{text}";
}
