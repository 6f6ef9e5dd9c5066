using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>What an account may run in a region (Lambda's GetAccountSettings).</summary>
/// <param name="Concurrency">Executions at a time, of all functions.</param>
/// <param name="Unreserved">Those of them that no other function has reserved.</param>
/// <param name="CodeBytes">Of all functions' zips and versions.</param>
public sealed record LambdaAccount(long Concurrency, long Unreserved, long CodeBytes, long CodeBytesMax)
{
    /// <summary>Throws <see cref="AwsUnavailableException"/> where it cannot be read, also for want of rights.</summary>
    public static async Task<LambdaAccount> ReadAsync(AwsSession session, CancellationToken cancellationToken)
    {
        TextAnswer answer = await new SignedText(session, "lambda").GetAsync("/2016-08-19/account-settings/", cancellationToken);
        JsonObject? json = Parse(answer.Body);
        if (!answer.IsGood)
            throw new AwsUnavailableException($"GetAccountSettings: {answer.Status} {json?["Message"] ?? json?["message"]}".TrimEnd(), isAnswered: true);
        JsonNode? limit = json?["AccountLimit"];
        return limit?["ConcurrentExecutions"] is JsonValue concurrency && limit["UnreservedConcurrentExecutions"] is JsonValue unreserved
            ? new LambdaAccount(Number(concurrency), Number(unreserved), Number(json!["AccountUsage"]?["TotalCodeSize"]), Number(limit["TotalCodeSize"]))
            : throw new AwsUnavailableException("GetAccountSettings: the answer names no limits", isAnswered: true);
    }

    private static long Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out long number) ? number : 0;

    private static JsonObject? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
