namespace Cki.EndToEnd.Tests.Aws;

/// <summary>Grants that the story does not reach, each with what needs it.</summary>
internal static class UnusedGrants
{
    public static readonly IReadOnlyDictionary<string, string> Expected = new Dictionary<string, string>();
}
