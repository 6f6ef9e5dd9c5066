using System.Text.Json.Serialization;

namespace Cki.Adapters;

/// <summary>
/// A failure in Lambda's standard format. Its type is what a flow's Retry and Catch match, so a <see cref="FlowTaskException"/> gives its
/// <see cref="FlowTaskException.ErrorName"/>; anything else gives the name of its class.
/// </summary>
public sealed record LambdaError(string ErrorType, string ErrorMessage, IReadOnlyList<string> StackTrace)
{
    /// <summary>What Lambda itself says of a function that ran out of time.</summary>
    public const string TimedOut = "Sandbox.Timedout";

    /// <summary>Step Functions keeps 32,768 characters of a cause, stack included.</summary>
    private const int MessageCharactersMax = 8_000;
    private const int StackLinesMax = 40;

    /// <summary>Headers take visible ASCII only.</summary>
    [JsonIgnore]
    public string HeaderValue => string.Concat(ErrorType.Select(c => c is > ' ' and <= '~' ? c : '_'));

    /// <param name="isOver">The invocation's time was over: then a cancelled task says so instead of naming the cancellation.</param>
    /// <param name="scrub">Takes secrets out of a text.</param>
    public static LambdaError Of(Exception error, bool isOver, Func<string, string> scrub)
    {
        string type = error switch
        {
            FlowTaskException known => known.ErrorName,
            OperationCanceledException or TimeoutException when isOver => TimedOut,
            _ => error.GetType().Name,
        };
        return new LambdaError(type, Shortened(scrub(error.Message)), Stack(error, scrub));
    }

    private static string Shortened(string text) => text.Length <= MessageCharactersMax ? text : text[..MessageCharactersMax] + "...";

    private static List<string> Stack(Exception error, Func<string, string> scrub)
    {
        var lines = new List<string>();
        for (Exception? at = error; at is not null; at = at.InnerException)
        {
            if (!ReferenceEquals(at, error))
                lines.Add($"caused by {at.GetType().Name}: {Shortened(scrub(at.Message))}");
            lines.AddRange((at.StackTrace ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }
        return lines.Count <= StackLinesMax ? lines : lines.GetRange(0, StackLinesMax);
    }
}
