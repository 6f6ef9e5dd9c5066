using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary><c>pipelines/{host}/{project}/{pipeline}/groups/{hash}.json</c>, owned by JobHerding: whose retry is under way in a resource group.</summary>
public sealed record ResourceHold(string Group, string Name, long JobId)
{
    public int V { get; init; } = 1;

    public static string Key(PipelineRef pipeline, string group) =>
        $"{pipeline.Key[..^".json".Length]}/groups/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(group)))[..16]}.json";
}
