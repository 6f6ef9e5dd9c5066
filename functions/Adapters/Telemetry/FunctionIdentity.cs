using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Cki.Adapters;

/// <summary>Who speaks: what every log line, metric and error report of this process says about it.</summary>
/// <param name="Service">POWERTOOLS_SERVICE_NAME; else the function's name.</param>
/// <param name="Function">The Lambda function's name.</param>
/// <param name="Stack">CKI_STACK: the installation.</param>
/// <param name="Release">CKI_RELEASE; null where it is not set.</param>
public sealed record FunctionIdentity(string Service, string Function, string Stack, string? Release)
{
    public string? FunctionVersion { get; init; }

    /// <summary>Megabytes, as configured.</summary>
    public int? FunctionMemorySize { get; init; }

    /// <summary>CKI_LOGGING_LEVEL (Trace, Debug, Information, Warning, Error, Critical). Default Information, also for a word that is none of these.</summary>
    public LogLevel LeastLevel { get; init; } = LogLevel.Information;

    public static FunctionIdentity Of(Func<string, string?> environment)
    {
        string function = environment("AWS_LAMBDA_FUNCTION_NAME") ?? "local";
        return new FunctionIdentity(environment(SuiteEnvironment.ServiceName) ?? function, function, environment(SuiteEnvironment.Stack) ?? "none", environment(SuiteEnvironment.Release))
        {
            FunctionVersion = environment("AWS_LAMBDA_FUNCTION_VERSION"),
            FunctionMemorySize = int.TryParse(environment("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), NumberStyles.None, CultureInfo.InvariantCulture, out int megabytes) ? megabytes : null,
            LeastLevel = Level(environment(SuiteEnvironment.LoggingLevel)),
        };
    }

    private static LogLevel Level(string? word) => word?.ToLowerInvariant() switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "warning" or "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "critical" => LogLevel.Critical,
        _ => LogLevel.Information,
    };
}
