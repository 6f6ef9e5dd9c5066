using System.Text.Json.Nodes;
using Cki.Peers;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>One resource of the template in moto.</summary>
/// <param name="Wanted">Its properties as the template has them, references resolved.</param>
/// <param name="Found">What the service's own API tells, in the same form; null where nothing describes this type.</param>
internal sealed record DeployedResource(string Type, string Id, JsonObject Wanted, JsonObject? Found);

/// <summary>A route of the HTTP API.</summary>
internal sealed record DeployedRoute(string Method, string Path, TimeSpan Limit);

/// <summary>template.yaml in moto: transformed by aws-sam-translator, made by CloudFormation (tests/peers/deploy.py).</summary>
/// <param name="Skipped">Resources that moto passed over, with their types.</param>
internal sealed record Deployment(
    IReadOnlyDictionary<string, DeployedResource> Resources, IReadOnlyDictionary<string, string> Skipped, IReadOnlyList<DeployedRoute> Routes)
{
    public const string Stack = "cki-test";

    public static async Task<Deployment> OfAsync(PeerProcess moto)
    {
        string text = await PublishedFunctions.OutputAsync(
            "python3", "-B", Path.Combine(Repository.Peers, "deploy.py"), moto.Address.ToString(), Path.Combine(Repository.Root, "template.yaml"), "--stack", Stack);
        JsonNode told = JsonNode.Parse(text)!;
        return new Deployment(
            told["resources"]!.AsObject().ToDictionary(one => one.Key, one => Read(one.Value!)),
            told["skipped"]!.AsObject().ToDictionary(one => one.Key, one => (string)one.Value!),
            [
                .. told["routes"]!.AsArray().Select(one => new DeployedRoute(
                    ((string)one!["method"]!).ToUpperInvariant(), (string)one["path"]!, TimeSpan.FromMilliseconds((int)one["timeoutInMillis"]!))),
            ]);
    }

    public IEnumerable<KeyValuePair<string, DeployedResource>> OfType(string type) =>
        Resources.Where(one => one.Value.Type == type).OrderBy(one => one.Key, StringComparer.Ordinal);

    private static DeployedResource Read(JsonNode one) =>
        new((string)one["type"]!, (string)one["id"]!, one["wanted"]!.AsObject(), one["found"]?.AsObject());
}
