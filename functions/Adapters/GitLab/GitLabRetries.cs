using Polly;
using Polly.Retry;

namespace Cki.Adapters;

/// <summary>
/// Patience with GitLab: every request has a limit, safe requests (GET) are repeated with growing, jittered delays. What outlasts this is
/// <see cref="GitLabUnavailableException"/>: the queue's visibility or the flow's Retry then wait much longer, without code.
/// </summary>
public sealed class GitLabRetries
{
    /// <summary>For one GET, its body included. All four tries with their delays stay below 2.5 minutes.</summary>
    public static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(20);

    /// <summary>For one POST; GitLab.com itself gives up after 60 s. A later effect is what the callers' 3-minute claims are for.</summary>
    public static readonly TimeSpan PostLimit = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait that a <c>Retry-After</c> is obeyed for here; when GitLab asks for more, we give up at once and the queue waits.</summary>
    public static readonly TimeSpan RetryAfterMax = TimeSpan.FromSeconds(30);

    private const int RepeatsMax = 3;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(10);

    private readonly ResiliencePipeline _safe;

    public GitLabRetries(TimeProvider clock, Dice dice)
    {
        Clock = clock;
        var strategy = new RetryStrategyOptions
        {
            MaxRetryAttempts = RepeatsMax,
            BackoffType = DelayBackoffType.Exponential,
            Delay = FirstDelay,
            MaxDelay = DelayMax,
            UseJitter = true,
            Randomizer = () => dice.Fraction("gitlab.retry-jitter"),
            ShouldHandle = static failed => ValueTask.FromResult(IsWorthRepeating(failed.Outcome.Exception)),
            OnRetry = static _ =>
            {
                SuiteMetrics.CallRetries.Add(1, new KeyValuePair<string, object?>("to", "gitlab"));
                return default;
            },
            // Null leaves the delay to the exponential rule; Polly's MaxDelay does not bound what is returned here, IsWorthRepeating does.
            DelayGenerator = static failed => ValueTask.FromResult((failed.Outcome.Exception as GitLabUnavailableException)?.RetryAfter),
        };
        _safe = new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(strategy).Build();
    }

    internal TimeProvider Clock { get; }

    internal async Task<T> SafelyAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        await _safe.ExecuteAsync(async token => await read(token), cancellationToken);

    private static bool IsWorthRepeating(Exception? failure) =>
        failure is GitLabUnavailableException unavailable && (unavailable.RetryAfter ?? TimeSpan.Zero) <= RetryAfterMax;
}
