using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>What a report of a run is for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReportPhase>))]
public enum ReportPhase
{
    /// <summary>Testing began: for channels that show progress.</summary>
    Start,

    /// <summary>Strong evidence of a failure while other jobs still run.</summary>
    Early,

    /// <summary>Everything has settled.</summary>
    Final,

    /// <summary>What was reported holds no longer.</summary>
    Correction,
}

/// <summary>A report's kind with its attempt: <c>start-1</c>, <c>early-1</c>, <c>final-2</c>, <c>correction-1</c>. In this order within an attempt.</summary>
/// <param name="Attempt">The attempt that is told of; a correction carries the attempt of the report that it corrects.</param>
public readonly record struct ReportKind(ReportPhase Phase, int Attempt)
{
    public bool IsFinal => Phase == ReportPhase.Final;

    public static ReportKind Start(int attempt) => new(ReportPhase.Start, attempt);

    public static ReportKind Early(int attempt) => new(ReportPhase.Early, attempt);

    public static ReportKind Final(int attempt) => new(ReportPhase.Final, attempt);

    public static ReportKind Correction(int attempt) => new(ReportPhase.Correction, attempt);

    public static bool TryParse(string text, [NotNullWhen(true)] out ReportKind? kind)
    {
        kind = null;
        int dash = text.LastIndexOf('-');
        if (dash < 0 || !int.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int attempt))
            return false;
        kind = text[..dash] switch
        {
            "start" => Start(attempt),
            "early" => Early(attempt),
            "final" => Final(attempt),
            "correction" => Correction(attempt),
            _ => null,
        };
        return kind is not null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Word}-{Attempt}");

    private string Word => Phase switch
    {
        ReportPhase.Start => "start",
        ReportPhase.Early => "early",
        ReportPhase.Final => "final",
        _ => "correction",
    };
}
