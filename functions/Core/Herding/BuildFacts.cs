using System.Text.RegularExpressions;

namespace Cki;

/// <summary>With what a job built, as far as its trace tells. Nothing here is a guess; null: not told.</summary>
/// <param name="Compiler"><c>gcc 14.2.0</c>.</param>
/// <param name="Config">A kernel configuration by the name that make knows: <c>allmodconfig</c>.</param>
/// <param name="Target">What make could not build: <c>drivers/net/foo/bar.o</c>.</param>
/// <param name="MakeArch">make's own name of the architecture, from a command that the job ran: <c>arm64</c>.</param>
public sealed partial record BuildFacts(string? Compiler, string? Config, string? Target, string? MakeArch)
{
    /// <summary>Null where the trace tells nothing of all this.</summary>
    /// <param name="jobName">A configuration is often told by the job's name alone.</param>
    public static BuildFacts? Of(string jobName, TraceReading trace, IReadOnlyList<string> quote)
    {
        IEnumerable<TraceLine> script = trace.Head.Concat(trace.Tail).Concat(trace.Explaining).Where(l => l.Section is TraceSection.Script or TraceSection.Unknown);
        string? compiler = null, arch = null, config = null;
        foreach (TraceLine line in script.OrderBy(l => l.Number).Where(l => l.Origin is LineOrigin.Tool or LineOrigin.Command))
        {
            if (line.Origin == LineOrigin.Tool && Compilers().Match(line.Text) is { Success: true } found)
                compiler ??= $"{found.Groups["name"].Value} {found.Groups["version"].Value}";
            if (line.Origin == LineOrigin.Command && MakeCommand().IsMatch(line.Text))
            {
                arch = Optional(ArchOfMake().Match(line.Text)) ?? arch;
                config ??= Optional(Configs().Match(line.Text));
            }
        }
        string? target = quote.Select(TargetOf).FirstOrDefault(t => t is not null);
        config ??= Optional(Configs().Match(jobName));
        return compiler is null && config is null && target is null && arch is null ? null : new BuildFacts(compiler, config, target, arch);
    }

    /// <summary>From make's last words: <c>make[5]: *** [scripts/Makefile.build:287: drivers/net/foo/bar.o] Error 1</c>. Null for any other line.</summary>
    public static string? TargetOf(string line) => Optional(Stopped().Match(line));

    private static string? Optional(Match match) => match.Success ? match.Groups["it"].Value : null;

    [GeneratedRegex(@"^\s*(\S*-)?(?<name>gcc|clang)( version| \([^)]*\))*[ :]+(?<version>\d+\.\d+(\.\d+)?)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Compilers();

    [GeneratedRegex(@"(^|[\s;&|$])make(\s|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex MakeCommand();

    [GeneratedRegex(@"\bARCH=(?<it>[a-z0-9_]{2,16})(\s|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex ArchOfMake();

    [GeneratedRegex(@"(?<![A-Za-z0-9_.-])(?<it>[a-z0-9_]*(?:def|allmod|allyes|allno|rand|tiny)config)(?![A-Za-z0-9_.-])", RegexOptions.ExplicitCapture)]
    private static partial Regex Configs();

    // A path in the source tree: such a target can be named to make again.
    [GeneratedRegex(@"^make(\[\d+\])?: \*\*\* \[([^\]\s]+:\d+: )?(?<it>[A-Za-z0-9_][A-Za-z0-9_+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)+\.(o|s|i|ko|dtb))\] Error \d+", RegexOptions.ExplicitCapture)]
    private static partial Regex Stopped();
}
