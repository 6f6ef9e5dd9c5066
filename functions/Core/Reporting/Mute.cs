using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary>
/// <c>mutes/{id}.json</c>, owned by Reporting: somebody does not want to hear of something until a day. A mute hides nothing from operators or the
/// board, and never changes a verdict.
/// </summary>
/// <param name="Tree">The tree; null: all trees.</param>
/// <param name="Pattern">Glob (<c>*</c>, <c>?</c>) over job names: what fails only in such jobs is muted. <c>*</c>: everything.</param>
/// <param name="Address">A mail address; null: all developers' channels of the tree.</param>
/// <param name="By">Who asked: a GitLab user name, or the mail address of the link.</param>
public sealed record Mute(TreeName? Tree, string Pattern, string? Address, DateTimeOffset Since, DateTimeOffset Until, string By, string Reason)
{
    public const string Prefix = "mutes/";

    /// <summary>Longest time: nobody remembers a mute for longer.</summary>
    public static readonly TimeSpan LongestFor = TimeSpan.FromDays(90);

    public int V { get; init; } = 1;

    /// <summary>One object per (tree, pattern, address): asking again renews it.</summary>
    public static string KeyOf(TreeName? tree, string pattern, string? address) =>
        $"{Prefix}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tree}\n{pattern}\n{address}")))[..24]}.json";
}
