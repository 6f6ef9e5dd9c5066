namespace Cki.Adapters;

/// <summary>A wanted ref of a git server.</summary>
/// <param name="Name">A branch without <c>refs/heads/</c>; a tag as <c>tags/NAME</c>: the keys of <see cref="TreeHeads"/>.</param>
/// <param name="Commit">For an annotated tag, the commit it points at.</param>
public sealed record RemoteRef(string Name, CommitSha Commit);

/// <summary>The git server did not answer, refused, or speaks something else. The message names the address (without credentials) and what.</summary>
public sealed class GitUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Which refs of a repository we ask for and keep.</summary>
internal sealed class WantedRefs(RefGlobs branches, RefGlobs tags)
{
    private const string Heads = "refs/heads/";
    private const string Tags = "refs/tags/";

    /// <summary>For <c>ref-prefix</c>; empty when nothing is wanted.</summary>
    public IReadOnlyList<string> Prefixes { get; } =
        [.. branches.LiteralPrefixes().Select(p => Heads + p), .. tags.LiteralPrefixes().Select(p => Tags + p)];

    /// <summary>Our name for a full ref name; null when it is not wanted.</summary>
    public string? NameOf(string fullName)
    {
        if (fullName.StartsWith(Heads, StringComparison.Ordinal))
            return branches.Matches(fullName[Heads.Length..]) ? fullName[Heads.Length..] : null;
        if (fullName.StartsWith(Tags, StringComparison.Ordinal))
            return tags.Matches(fullName[Tags.Length..]) ? "tags/" + fullName[Tags.Length..] : null;
        return null;
    }
}
