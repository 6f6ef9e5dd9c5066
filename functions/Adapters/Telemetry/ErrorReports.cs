using Microsoft.Extensions.Logging;
using Sentry;

namespace Cki.Adapters;

/// <summary>
/// Errors to Sentry, which is optional: the secret <c>sentry-dsn</c> is looked for when there is something to report, nothing is made before, and
/// whatever fails here fails silently but for one log line. Texts are scrubbed.
/// </summary>
/// <param name="openHttp">Makes the handler that reaches Sentry; null: Sentry's own.</param>
public sealed class ErrorReports(ISecrets secrets, FunctionIdentity function, Scrubber scrubber, Func<HttpMessageHandler>? openHttp = null) : IDisposable
{
    public const string DsnSecret = "sentry-dsn";

    /// <summary>Of one invocation; a store that is down makes each record of a batch fail the same way.</summary>
    private const int ErrorsMax = 10;

    private static readonly TimeSpan s_flushLimit = TimeSpan.FromSeconds(2);

    private readonly List<LoggedError> _noted = [];
    private readonly Lock _gate = new();
    private (string Dsn, SentryClient Client)? _open;

    public void Note(LoggedError error)
    {
        lock (_gate)
        {
            if (_noted.Count < ErrorsMax)
                _noted.Add(error);
        }
    }

    /// <summary>Sends what was noted. Returns null, or why it could not; never throws.</summary>
    public async Task<Exception?> FlushAsync(CancellationToken cancellationToken)
    {
        LoggedError[] noted;
        lock (_gate)
        {
            noted = [.. _noted];
            _noted.Clear();
        }
        if (noted.Length == 0)
            return null;
        try
        {
            if (await secrets.GetAsync(DsnSecret, cancellationToken) is not { Length: > 0 } dsn)
                return null;
            if (!IsDsn(dsn.Trim()))
                return new FormatException($"secret '{DsnSecret}' is no DSN such as https://key@sentry.example/42");
            SentryClient client = Client(dsn.Trim());
            foreach (LoggedError error in noted)
                client.CaptureEvent(Event(error));
            await client.FlushAsync(s_flushLimit).WaitAsync(cancellationToken);
            return null;
        }
#pragma warning disable CA1031 // architecture.md calls Sentry optional: it must not break what it watches.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
    }

    /// <summary>Sentry itself would be silent.</summary>
    private static bool IsDsn(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? dsn) && dsn.UserInfo.Length > 0 && dsn.AbsolutePath.Length > 1;

    public void Dispose() => _open?.Client.Dispose();

    private SentryClient Client(string dsn)
    {
        if (_open is { } open && open.Dsn == dsn)
            return open.Client;
        _open?.Client.Dispose();
        var options = new SentryOptions
        {
            Dsn = dsn,
            Release = function.Release,
            Environment = function.Stack,
            ServerName = function.Function,
            SendDefaultPii = false,
            AutoSessionTracking = false,
            ShutdownTimeout = TimeSpan.Zero,
            // Lambda freezes the process after the answer: nothing is kept for later.
            CacheDirectoryPath = null,
            CreateHttpMessageHandler = openHttp,
        };
        options.SetBeforeSend(Scrubbed);
        var client = new SentryClient(options);
        _open = (dsn, client);
        return client;
    }

    private SentryEvent Event(LoggedError error)
    {
        var happened = new SentryEvent(error.Error) { Level = error.Level == LogLevel.Critical ? SentryLevel.Fatal : SentryLevel.Error, Logger = error.Category };
        happened.Message = new SentryMessage { Formatted = error.Message };
        happened.SetTag("service", function.Service);
        happened.SetTag("stack", function.Stack);
        happened.SetTag("stage", error.Category);
        foreach ((string key, string value) in error.Trail?.Facts() ?? [])
            happened.SetTag(key, value);
        if (error.Trail is { } trail)
            happened.SetTag("correlation_id", trail.Correlation);
        if (error.RequestId is { } request)
            happened.SetTag("function_request_id", request);
        return happened;
    }

    /// <summary>Runs after Sentry has turned exceptions into texts of its own.</summary>
    private SentryEvent Scrubbed(SentryEvent happened)
    {
        if (happened.Message?.Formatted is { } formatted)
            happened.Message = new SentryMessage { Formatted = scrubber.Clean(formatted) };
        foreach (Sentry.Protocol.SentryException exception in happened.SentryExceptions ?? [])
        {
            if (exception.Value is { } value)
                exception.Value = scrubber.Clean(value);
        }
        return happened;
    }
}
