using System.Text.RegularExpressions;

namespace Cki;

/// <summary>The architecture a job names, as the kernel calls it.</summary>
public static partial class Architectures
{
    /// <summary>Where a job names none.</summary>
    public const string None = "-";

    /// <summary>In the order of a result matrix; others follow, none comes last.</summary>
    public static readonly IReadOnlyList<string> Known = ["x86_64", "aarch64", "ppc64le", "s390x", "riscv64"];

    /// <param name="names">The job's name first, then what stands around it (its bridge); the first that names one wins.</param>
    public static string Of(params IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (Names().Match(name) is { Success: true } found)
                return Canonical(found.Value.ToLowerInvariant());
        }
        return None;
    }

    /// <summary>Where an architecture stands in a result matrix.</summary>
    public static int Order(string architecture)
    {
        for (int i = 0; i < Known.Count; i++)
        {
            if (Known[i] == architecture)
                return i;
        }
        return architecture == None ? int.MaxValue : Known.Count;
    }

    private static string Canonical(string name) => name switch
    {
        "arm64" => "aarch64",
        "amd64" => "x86_64",
        _ => name,
    };

    // As a word of its own: "build x86_64 debug", "s390x:test", "boot_aarch64", not "notarm64ish".
    [GeneratedRegex("(?<![A-Za-z0-9])(x86_64|amd64|aarch64|arm64|ppc64le|s390x|riscv64)(?![A-Za-z0-9])", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Names();
}
