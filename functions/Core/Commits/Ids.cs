using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>A full commit id, lower-case hex: 40 digits (SHA-1) or 64 (SHA-256).</summary>
[JsonConverter(typeof(CommitShaJson))]
public readonly record struct CommitSha
{
    private CommitSha(string value) => Value = value;

    public string Value { get; }

    /// <summary>The first 12 digits, as kernel developers quote commits.</summary>
    public string Short => Value[..12];

    /// <summary>GitLab's all-zero id: the ref was created (as <c>before</c>) or deleted (as <c>after</c>).</summary>
    public bool IsZero => Value.AsSpan().IndexOfAnyExcept('0') < 0;

    public static bool TryParse([NotNullWhen(true)] string? text, out CommitSha sha)
    {
        sha = default;
        if (text is null || text.Length is not (40 or 64) || text.AsSpan().IndexOfAnyExceptInRange('0', 'f') >= 0
            || text.AsSpan().IndexOfAnyInRange(':', '`') >= 0)
            return false;
        sha = new CommitSha(text);
        return true;
    }

    /// <summary>Throws <see cref="FormatException"/> naming the text.</summary>
    public static CommitSha Parse(string text) =>
        TryParse(text, out CommitSha sha) ? sha : throw new FormatException($"'{text}' is not a full commit id (40 or 64 lower-case hex digits)");

    public override string ToString() => Value;
}

/// <summary>A configured tree's name: 1 to 40 characters of [a-z0-9._-], as written in trees.yaml.</summary>
[JsonConverter(typeof(TreeNameJson))]
public readonly record struct TreeName(string Value)
{
    public override string ToString() => Value;
}

/// <summary>Everything done for one commit under test; see <see cref="RunIds"/> for how it is made. At most 60 characters of [a-z0-9-].</summary>
[JsonConverter(typeof(RunIdJson))]
public readonly record struct RunId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>A GitLab project: host as configured (no scheme) and full path, e.g. <c>gitlab.com</c> and <c>cki-project/kernel-ark</c>.</summary>
public sealed record ProjectRef(string Host, string Path)
{
    /// <summary>For keys and groups: <c>host/group/project</c>.</summary>
    public override string ToString() => $"{Host}/{Path}";
}

/// <summary>A pipeline: GitLab's ids are unique per host; the project is needed to ask for it.</summary>
public sealed record PipelineRef(ProjectRef Project, long Id)
{
    /// <summary>Store key of <see cref="PipelineState"/>. The project path is escaped so that it is one segment.</summary>
    [JsonIgnore]
    public string Key => $"pipelines/{Project.Host}/{Project.Path.Replace("/", "%2F")}/{Id.ToString(CultureInfo.InvariantCulture)}.json";

    public override string ToString() => $"{Project}/pipelines/{Id}";
}

/// <summary>A job of a project.</summary>
public sealed record JobRef(ProjectRef Project, long Id)
{
    public override string ToString() => $"{Project}/jobs/{Id}";
}
