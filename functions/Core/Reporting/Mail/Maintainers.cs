using System.Text.RegularExpressions;

namespace Cki;

/// <summary>Somebody of MAINTAINERS.</summary>
/// <param name="Role"><see cref="Maintainers.Maintainer"/> and others.</param>
/// <param name="Address">Without the name.</param>
public sealed record MaintainersPerson(char Role, string Address);

/// <summary>One section: a title, people, and what they look after.</summary>
public sealed record MaintainersSection(string Title)
{
    public IReadOnlyList<MaintainersPerson> People { get; init; } = [];

    /// <summary>After <c>F:</c>.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>After <c>X:</c>; looked at first.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>After <c>N:</c>.</summary>
    public IReadOnlyList<Regex> Names { get; init; } = [];

    public bool Covers(string path) =>
        !Excluded.Any(x => MaintainersGlob.Matches(x, path)) && (Files.Any(f => MaintainersGlob.Matches(f, path)) || Names.Any(n => n.IsMatch(path)));
}

/// <summary>
/// A kernel's MAINTAINERS: sections of <c>M:</c>, <c>R:</c>, <c>L:</c>, <c>F:</c>, <c>X:</c> and <c>N:</c>. <c>K:</c> looks into patches, which a report
/// does not have: it is passed over. So is a pattern that takes every file, else "THE REST" would hear of everything. Lists for subscribers only are
/// left out: they would refuse us.
/// </summary>
public sealed partial class Maintainers(IReadOnlyList<MaintainersSection> sections)
{
    public const char Maintainer = 'M';
    public const char Reviewer = 'R';
    public const char List = 'L';

    private const int PatternMax = 1000;

    public IReadOnlyList<MaintainersSection> Sections { get; } = sections;

    /// <summary>Sections that look after any of the files, in the order of the file.</summary>
    public IReadOnlyList<MaintainersSection> Of(IReadOnlyList<string> files) => [.. Sections.Where(s => files.Any(s.Covers))];

    /// <summary>Total: whatever is no section is passed over.</summary>
    public static Maintainers Parse(string text)
    {
        var sections = new List<MaintainersSection>();
        var fields = new List<(char Key, string Value)>();
        string title = "";
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = raw.TrimEnd();
            if (line.Length > 2 && line[1] == ':' && char.IsAsciiLetterUpper(line[0]))
            {
                fields.Add((line[0], line[2..].Trim().ToString()));
                continue;
            }
            bool isTitle = line.Length > 0 && !char.IsWhiteSpace(line[0]);
            if (fields.Count > 0)
                sections.Add(Section(title, fields));
            fields.Clear();
            title = isTitle ? line.ToString() : "";
        }
        if (fields.Count > 0)
            sections.Add(Section(title, fields));
        return new Maintainers([.. sections.Where(s => s.Title.Length > 0)]);
    }

    private static MaintainersSection Section(string title, List<(char Key, string Value)> fields)
    {
        IEnumerable<string> Values(char key) => fields.Where(f => f.Key == key && f.Value.Length is > 0 and <= PatternMax).Select(f => f.Value);
        return new MaintainersSection(title)
        {
            People = [.. fields.Where(f => f.Key is Maintainer or Reviewer or List && !f.Value.Contains("subscribers-only", StringComparison.Ordinal)).Select(f => Person(f.Key, f.Value)).OfType<MaintainersPerson>()],
            Files = [.. Values('F').Where(f => !MaintainersGlob.TakesAll(f))],
            Excluded = [.. Values('X')],
            Names = [.. Values('N').Select(Name).OfType<Regex>()],
        };
    }

    private static MaintainersPerson? Person(char role, string value) =>
        Address().Match(value) is { Success: true } found ? new MaintainersPerson(role, found.Value) : null;

    /// <summary>Perl's expressions are wider than ours: one that cannot be had in bounded time names nobody.</summary>
    private static Regex? Name(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"[A-Za-z0-9._%+=/#!~'-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+", RegexOptions.ExplicitCapture)]
    private static partial Regex Address();
}
