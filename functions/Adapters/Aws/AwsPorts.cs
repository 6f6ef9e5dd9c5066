using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cki.Adapters;

/// <summary>
/// The suite's ports on AWS. Making it reaches nothing: clients come at their first use, and a port whose name is not configured throws
/// <see cref="InvalidOperationException"/> then, naming the variable.
/// </summary>
public sealed class AwsPorts : IDisposable
{
    private readonly StoredConfig _config;

    private AwsPorts(AwsSession session, Names names, ILogger log)
    {
        Session = session;
        var store = new S3Store(session, new StoreBuckets(names.StateBucket, names.ArchiveBucket));
        _config = new StoredConfig(store, session.Calls, session.Clock, log);
        Ports = new SuitePorts(
            new SqsQueue(session, names.QueueUrl),
            store,
            new StepFunctions(new SignedJson(session, JsonService.StepFunctions), names.FlowArn),
            new SsmSecrets(session, names.SecretsPath, log),
            _config,
            session.Clock,
            session.Dice);
    }

    public SuitePorts Ports { get; }

    /// <summary>For calls beside the ports.</summary>
    public AwsSession Session { get; }

    /// <summary>For a Lambda.</summary>
    /// <param name="environment">Reads one variable of <see cref="SuiteEnvironment"/> and of the AWS SDK; null where it is not set.</param>
    /// <param name="log">Told when old secrets or an old configuration serve on.</param>
    public static AwsPorts FromEnvironment(Func<string, string?> environment, TimeProvider clock, Dice dice, ILogger? log = null)
    {
        string Set(string variable) => environment(variable) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"Environment variable {variable} is not set");
        var names = new Names(
            () => Set(SuiteEnvironment.StateBucket),
            () => Set(SuiteEnvironment.ArchiveBucket),
            () => Set(SuiteEnvironment.SecretsPath),
            queue => Set(SuiteEnvironment.QueueUrl(queue)),
            flow => Set(SuiteEnvironment.FlowArn(flow)));
        return new AwsPorts(new AwsSession(environment, clock, dice), names, log ?? NullLogger.Instance);
    }

    /// <summary>For the tool, with the operator's own credentials.</summary>
    public static AwsPorts FromInstallation(Installation installation, Func<string, string?> environment, TimeProvider clock, Dice dice, ILogger? log = null)
    {
        string Of(IReadOnlyDictionary<string, string> known, string name) => known.GetValueOrDefault(name)
            ?? throw new InvalidOperationException($"{Installation.ParameterOf(installation.Stack)} names no {name}");
        var names = new Names(
            () => installation.StateBucket,
            () => installation.ArchiveBucket,
            () => installation.SecretsPath,
            queue => Of(installation.Queues, queue),
            flow => Of(installation.Flows, flow));
        return new AwsPorts(new AwsSession(environment, clock, dice, installation.Region), names, log ?? NullLogger.Instance);
    }

    /// <summary>For the start of an invocation: looks for a new configuration when the last look is a minute old. Throws
    /// <see cref="ConfigUnavailableException"/> only where there is none to serve on with.</summary>
    public Task RefreshConfigAsync(CancellationToken cancellationToken) => _config.RefreshAsync(cancellationToken);

    public void Dispose() => Session.Dispose();

    private sealed record Names(
        Func<string> StateBucket, Func<string> ArchiveBucket, Func<string> SecretsPath, Func<string, string> QueueUrl, Func<string, string> FlowArn);
}
