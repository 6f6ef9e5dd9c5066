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

/// <summary>
/// A report's kind with its attempt: <c>start-1</c>, <c>early-1</c>, <c>final-2</c>, <c>correction-1</c>, <c>correction-1-2</c>. In this order within an
/// attempt.
/// </summary>
/// <param name="Attempt">The attempt that is told of; a correction carries the attempt of the report that it corrects.</param>
/// <param name="Judgement">
/// Of a correction: which time the attempt's result was judged anew, from 1, so that each change has one key however often it is announced. Judgements
/// that change nothing that was told leave no correction; numbers may be missing. 1 for all others.
/// </param>
public readonly record struct ReportKind(ReportPhase Phase, int Attempt, int Judgement = 1)
{
    private const string CorrectionWord = "correction";

    public bool IsFinal => Phase == ReportPhase.Final;

    public static ReportKind Start(int attempt) => new(ReportPhase.Start, attempt);

    public static ReportKind Early(int attempt) => new(ReportPhase.Early, attempt);

    public static ReportKind Final(int attempt) => new(ReportPhase.Final, attempt);

    public static ReportKind Correction(int attempt, int judgement = 1) => new(ReportPhase.Correction, attempt, judgement);

    public static bool TryParse(string text, [NotNullWhen(true)] out ReportKind? kind)
    {
        kind = text.Split('-') switch
        {
            ["start", var attempt] => Of(ReportPhase.Start, attempt),
            ["early", var attempt] => Of(ReportPhase.Early, attempt),
            ["final", var attempt] => Of(ReportPhase.Final, attempt),
            [CorrectionWord, var attempt] => Of(ReportPhase.Correction, attempt),
            [CorrectionWord, var attempt, var judgement] when Number(judgement) is > 1 and int nth => Of(ReportPhase.Correction, attempt, nth),
            _ => null,
        };
        return kind is not null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Word}-{Attempt}{(Judgement > 1 ? $"-{Judgement}" : "")}");

    private static ReportKind? Of(ReportPhase phase, string attempt, int judgement = 1) => Number(attempt) is { } number ? new ReportKind(phase, number, judgement) : null;

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private string Word => Phase switch
    {
        ReportPhase.Start => "start",
        ReportPhase.Early => "early",
        ReportPhase.Final => "final",
        _ => CorrectionWord,
    };
}
