namespace Cki;

/// <summary>
/// trees.yaml, <c>overrides</c> of a tree's <c>merge_requests</c>: the least GitLab access level in the tree's project that an override asks for.
/// </summary>
public sealed record OverrideRoles
{
    public const int Developer = 30;
    public const int Maintainer = 40;
    public const int Owner = 50;

    /// <summary>Above every level that GitLab knows.</summary>
    public const int Nobody = int.MaxValue;

    /// <summary>What adds test results may be asked by whoever may push.</summary>
    public static readonly OverrideRoles Default = new();

    public int Retry { get; init; } = Developer;

    public int Retest { get; init; } = Developer;

    public int Stop { get; init; } = Maintainer;

    public int Wrong { get; init; } = Maintainer;

    public int Mute { get; init; } = Maintainer;

    /// <summary>GitLab's word for a level.</summary>
    public static string NameOf(int level) => level switch
    {
        Developer => "Developer",
        Maintainer => "Maintainer",
        Owner => "Owner",
        _ => "nobody",
    };

    internal static OverrideRoles Read(EntryReader mergeRequests)
    {
        if (mergeRequests.Field("overrides") is not { } node)
            return Default;
        var entry = new EntryReader(node, mergeRequests.PathOf("overrides"), ConfigFields.Overrides, mergeRequests.Errors);
        return new OverrideRoles
        {
            Retry = Level(entry, "retry", Default.Retry),
            Retest = Level(entry, "retest", Default.Retest),
            Stop = Level(entry, "stop", Default.Stop),
            Wrong = Level(entry, "wrong", Default.Wrong),
            Mute = Level(entry, "mute", Default.Mute),
        };
    }

    private static int Level(EntryReader entry, string field, int otherwise) => entry.Choice(field, ["developer", "maintainer", "owner", "nobody"], "") switch
    {
        "developer" => Developer,
        "maintainer" => Maintainer,
        "owner" => Owner,
        "nobody" => Nobody,
        _ => otherwise,
    };
}
