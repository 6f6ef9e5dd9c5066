using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Cki;

/// <summary>A report's kind with its attempt: <c>start-1</c>, <c>final-2</c>. Of a channel's kinds about a run, later finals win.</summary>
public readonly record struct ReportKind(bool IsFinal, int Attempt)
{
    public static ReportKind Start(int attempt) => new(false, attempt);

    public static ReportKind Final(int attempt) => new(true, attempt);

    public static bool TryParse(string text, [NotNullWhen(true)] out ReportKind? kind)
    {
        kind = null;
        int dash = text.LastIndexOf('-');
        if (dash < 0 || !int.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int attempt))
            return false;
        kind = text[..dash] switch { "start" => Start(attempt), "final" => Final(attempt), _ => null };
        return kind is not null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsFinal ? "final" : "start")}-{Attempt}");
}
