using Cki.Adapters;

namespace Cki.Tool;

/// <summary>One part of an installation that must be reachable.</summary>
/// <param name="Trouble">Null: it answered.</param>
internal sealed record PartStanding(string Part, string? Trouble)
{
    public static async Task<PartStanding> OfAsync(string part, Func<Task> look)
    {
        try
        {
            await look();
            return new PartStanding(part, null);
        }
        catch (Exception e) when (IsOutside(e))
        {
            return new PartStanding(part, e.Message);
        }
    }

    /// <summary>What the outside may answer a look with; anything else is a defect of ours.</summary>
    public static bool IsOutside(Exception e) =>
        e is GitLabUnavailableException or GitLabRefusedException or SecretsUnavailableException or StoreUnavailableException or QueueUnavailableException
            or FlowsUnavailableException or AwsUnavailableException or UnreadableDocumentException or BadInputException or IOException;
}
