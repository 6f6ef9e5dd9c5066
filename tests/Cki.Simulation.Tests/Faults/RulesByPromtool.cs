using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Cki.Simulation.Tests;

/// <summary>Alert rules of <c>cki up</c> over what a world measured, by Prometheus' own promtool.</summary>
public static class RulesByPromtool
{
    public static readonly string Rules = Path.Combine(AppContext.BaseDirectory, "Faults", "cki-alerts.yaml");

    /// <summary>A rule must have fired, or must not, at some time of these minutes.</summary>
    public sealed record Question(string Rule, int From, int To, bool Fires);

    /// <returns>What did not come true, empty where all did; null: this machine has no promtool.</returns>
    public static async Task<string?> AskAsync(MetricRecord measured, IReadOnlyList<Question> questions)
    {
        string folder = Directory.CreateTempSubdirectory("cki-faults").FullName;
        try
        {
            string file = Path.Combine(folder, "fault.test.yaml");
            await File.WriteAllTextAsync(file, Text(measured, questions));
            var start = new ProcessStartInfo("promtool", ["test", "rules", file]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process promtool = Process.Start(start)!;
            Task<string> output = promtool.StandardOutput.ReadToEndAsync();
            string errors = await promtool.StandardError.ReadToEndAsync();
            await promtool.WaitForExitAsync();
            return promtool.ExitCode == 0 ? "" : $"{await output}\n{errors}";
        }
        catch (Win32Exception)
        {
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Text(MetricRecord measured, IReadOnlyList<Question> questions)
    {
        var text = new StringBuilder($"rule_files: ['{Rules}']\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n");
        foreach ((string series, List<double> values) in measured.Minutes)
            text.Append(CultureInfo.InvariantCulture, $"      - series: '{series.Replace("'", "''", StringComparison.Ordinal)}'\n        values: '{string.Join(' ', values.Select(Word))}'\n");
        text.Append("    promql_expr_test:\n");
        foreach (Question question in questions)
        {
            string expected = question.Fires ? "[{ labels: '{}', value: 1 }]" : "[]";
            text.Append(CultureInfo.InvariantCulture, $"      - expr: 'sgn(count(count_over_time(ALERTS{{alertname=\"{question.Rule}\",alertstate=\"firing\"}}[{question.To - question.From}m])))'\n");
            text.Append(CultureInfo.InvariantCulture, $"        eval_time: {question.To}m\n        exp_samples: {expected}\n");
        }
        return text.ToString();
    }

    private static string Word(double value) => double.IsNaN(value) ? "_" : value.ToString("R", CultureInfo.InvariantCulture);
}
