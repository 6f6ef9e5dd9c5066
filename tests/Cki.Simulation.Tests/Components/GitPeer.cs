using System.Net;
using System.Text;

namespace Cki.Simulation.Tests;

/// <summary>A git server that is no GitLab: protocol 0, no webhooks.</summary>
public sealed class GitPeer
{
    public const string Host = "git.example";
    public const string Repository = "https://git.example/elsewhere.git";

    private readonly SortedDictionary<string, string> branches = new(StringComparer.Ordinal) { ["master"] = new string('1', 40) };

    public void Set(string branch, string sha) => branches[branch] = sha;

    public Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
    {
        var body = new StringBuilder(Line("# service=git-upload-pack\n") + "0000");
        string capabilities = "\0side-band-64k";
        foreach ((string name, string sha) in branches)
        {
            body.Append(Line($"{sha} refs/heads/{name}{capabilities}\n"));
            capabilities = "";
        }
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Append("0000").ToString()));
        content.Headers.ContentType = new("application/x-git-upload-pack-advertisement");
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request });
    }

    private static string Line(string text) => $"{Encoding.UTF8.GetByteCount(text) + 4:x4}{text}";
}
