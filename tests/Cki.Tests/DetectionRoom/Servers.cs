using System.Net;
using System.Text;

using Cki.Tests.Doubles;

namespace Cki.Tests.DetectionRooms;

/// <summary>A GitLab's branches API and a git server of protocol 0, both showing <see cref="Branches"/>.</summary>
internal sealed class Servers : HttpMessageHandler
{
    public SortedDictionary<string, CommitSha> Branches { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, CommitSha> Tags { get; } = new(StringComparer.Ordinal);

    public bool AreDown { get; set; }

    public int Looks { get; private set; }

    /// <summary>Runs after the answer was made, before it arrives: what others do meanwhile.</summary>
    public Func<Task>? Meanwhile { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Looks++;
        HttpResponseMessage answer = AreDown ? new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("{\"message\":\"404 Project Not Found\"}") }
            : request.RequestUri!.AbsolutePath.Contains("/repository/branches") ? OfGitLab() : OfGit();
        answer.RequestMessage = request;
        if (Meanwhile is { } act)
        {
            Meanwhile = null;
            await act();
        }
        return answer;
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
