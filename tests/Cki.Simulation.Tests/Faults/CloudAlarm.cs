using System.Globalization;
using System.Text.RegularExpressions;

namespace Cki.Simulation.Tests;

/// <summary>An alarm of template.yaml, and what CloudWatch would say of it.</summary>
/// <param name="Metrics">Namespace, name and the resource of its dimension: <c>AWS/SQS ApproximateAgeOfOldestMessage DetectQueue</c>.</param>
/// <param name="IsSum">Of values within a period, and of the metrics; else the highest.</param>
/// <param name="Periods">In a row that must break the threshold.</param>
public sealed partial record CloudAlarm(string Name, IReadOnlyList<string> Metrics, bool IsSum, int PeriodMinutes, int Periods, double Threshold)
{
    public bool IsBelow { get; init; }

    public bool IsBrokenByNothing { get; init; }

    /// <exception cref="FormatException">The template has no such alarm, or one of a form that is not understood.</exception>
    public static CloudAlarm Read(string template, string name)
    {
        Match block = Regex.Match(template, $@"^  {name}:\n    Type: AWS::CloudWatch::Alarm\n(.*?)(?=^  \S|\z)", RegexOptions.Multiline | RegexOptions.Singleline);
        if (!block.Success)
            throw new FormatException($"template.yaml has no {name}");
        string text = block.Groups[1].Value;
        string Word(string field) => Regex.Match(text, $@"\b{field}: ""?([\w/.()]+)") is { Success: true } found ? found.Groups[1].Value : throw new FormatException($"{name} has no {field}");
        bool isMath = text.Contains("METRICS()", StringComparison.Ordinal);
        string how = isMath ? Word("Expression") : Word("Statistic");
        return new CloudAlarm(
            name, [.. Metric().Matches(text).Select(metric => $"{metric.Groups[1].Value} {metric.Groups[2].Value} {metric.Groups[3].Value}")],
            how switch { "Sum" or "SUM(METRICS())" => true, "Maximum" or "MAX(METRICS())" => false, _ => throw new FormatException($"{name}: {how} is not understood") },
            int.Parse(Word("Period"), CultureInfo.InvariantCulture) / 60, int.Parse(Word("EvaluationPeriods"), CultureInfo.InvariantCulture), double.Parse(Word("Threshold"), CultureInfo.InvariantCulture))
        {
            IsBelow = Word("ComparisonOperator") switch { "LessThanThreshold" => true, "GreaterThanThreshold" => false, var other => throw new FormatException($"{name}: {other} is not understood") },
            IsBrokenByNothing = Word("TreatMissingData") == "breaching",
        };
    }

    /// <param name="minutes">By metric, sample n of minute n; not a number where nothing was measured.</param>
    public bool IsOn(IReadOnlyDictionary<string, List<double>> minutes, int minute)
    {
        for (int period = 0; period < Periods; period++)
        {
            int last = minute - (period * PeriodMinutes);
            double[] values = [.. Metrics.SelectMany(metric => Within(minutes, metric, last)).Where(value => !double.IsNaN(value))];
            double value = values.Length == 0 ? double.NaN : IsSum ? values.Sum() : values.Max();
            if (double.IsNaN(value) ? !IsBrokenByNothing : IsBelow ? value >= Threshold : value <= Threshold)
                return false;
        }
        return true;
    }

    private IEnumerable<double> Within(IReadOnlyDictionary<string, List<double>> minutes, string metric, int last) => minutes.TryGetValue(metric, out List<double>? values)
        ? values.Skip(last - PeriodMinutes + 1).Take(Math.Min(PeriodMinutes, Math.Max(0, last + 1)))
        : throw new FormatException($"{Name}: nothing here measures {metric}");

    [GeneratedRegex(@"Namespace: ([\w/]+),?\s+MetricName: (\w+),?\s+Dimensions: \[\{ Name: \w+, Value: !(?:Ref|GetAtt) (\w+)")]
    private static partial Regex Metric();
}
