using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.SimpleSystemsManagement.Model;

namespace Cki.Adapters;

/// <summary>What <c>template.yaml</c> writes down of a stack, for the tool: parameter <c>/cki/{stack}/installation</c>.</summary>
/// <param name="Queues">URLs by the suite's queue names.</param>
/// <param name="DeadQueues">URLs of their dead-letter queues, by the same names.</param>
/// <param name="Flows">State machine ARNs by flow name.</param>
/// <param name="WebhookUrl">Base of the HTTP API; GitLab posts to <c>{WebhookUrl}/webhooks/{source}</c>.</param>
/// <param name="LogGroup">Log group, or its common prefix, of the functions.</param>
/// <param name="Functions">Physical names by logical id, e.g. <c>JobHerdingFunction</c>.</param>
public sealed record Installation(
    string Stack,
    string Region,
    string StateBucket,
    string ArchiveBucket,
    string SecretsPath,
    IReadOnlyDictionary<string, string> Queues,
    IReadOnlyDictionary<string, string> DeadQueues,
    IReadOnlyDictionary<string, string> Flows,
    string WebhookUrl,
    string LogGroup,
    IReadOnlyDictionary<string, string> Functions,
    int V = 1)
{
    public static string ParameterOf(string stack) => $"/cki/{stack}/installation";

    /// <summary>Null where the account and region of the session hold no such stack. Throws <see cref="AwsUnavailableException"/> when it cannot be told,
    /// <see cref="UnreadableDocumentException"/> when the parameter is not what it should be.</summary>
    public static async Task<Installation?> FindAsync(AwsSession session, string stack, CancellationToken cancellationToken)
    {
        var request = new GetParameterRequest { Name = ParameterOf(stack) };
        try
        {
            GetParameterResponse found = await session.Calls.SafelyAsync(
                AwsCalls.TryLimit, token => session.Ssm.GetParameterAsync(request, token), cancellationToken);
            return JsonSerializer.Deserialize(found.Parameter.Value, InstallationJson.Default.Installation);
        }
        catch (ParameterNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new UnreadableDocumentException(request.Name, e.Message, e);
        }
        catch (Exception e) when (AwsFailures.IsAws(e) && e is not AwsUnavailableException)
        {
            throw new AwsUnavailableException($"{request.Name}: {AwsFailures.Describe(e)}", isAnswered: false, e);
        }
    }
}

/// <summary>How the parameter is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Installation))]
public sealed partial class InstallationJson : JsonSerializerContext;
