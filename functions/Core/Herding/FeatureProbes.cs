using System.Text.RegularExpressions;

namespace Cki;

/// <summary>Errors that a build asks for: tools/build's feature tests, autoconf, and what scripts pipe into the compiler to learn an option.</summary>
internal static partial class FeatureProbes
{
    public static bool Is(string line) => Probe().IsMatch(line);

    [GeneratedRegex(@"(?:^|[/ ])(?:test-[\w\-]+\.(?:c|cpp|S):|conftest\.\w+|feature/)|^<stdin>|/tmp/\w+/tmp\.", RegexOptions.ExplicitCapture)]
    private static partial Regex Probe();
}
