using Polly;
using Polly.Retry;

namespace Cki.Adapters;

/// <summary>
/// Patience with AWS: every try has a limit under our clock; what may be repeated is, twice, with short jittered delays. The SDK's own retries are
/// off: they would repeat conditional writes, and wait on a clock that is not ours.
/// </summary>
public sealed class AwsCalls
{
    /// <summary>For one try of anything small. Three tries with their delays stay below 16 s.</summary>
    public static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(5);

    /// <summary>For one try that moves a body: the largest delivery has 34 MB as base64.</summary>
    public static readonly TimeSpan BodyLimit = TimeSpan.FromSeconds(15);

    /// <summary>For renewing what is there already and may serve on: two of them beside four port calls of intake stay below its 6 s.</summary>
    public static readonly TimeSpan RenewLimit = TimeSpan.FromSeconds(0.7);

    private const int RepeatsMax = 2;

    /// <summary>Short, so that a try that fails at once is repeated within intake's patience of 1.4 s with one port.</summary>
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(80);

    private readonly TimeProvider _clock;
    private readonly ResiliencePipeline _safe;
    private readonly ResiliencePipeline _answered;

    public AwsCalls(TimeProvider clock, Dice dice)
    {
        _clock = clock;
        _safe = Repeating(dice, AwsFailures.IsTransient);
        _answered = Repeating(dice, AwsFailures.IsAnsweredNotNow);
    }

    /// <summary>For reads, and for what may happen twice.</summary>
    public Task<T> SafelyAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        RepeatedAsync(_safe, limit, call, cancellationToken);

    /// <summary>For unconditional writes: repeated only where AWS answered that it did nothing, since an unanswered one may take effect late.</summary>
    public Task<T> CarefullyAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        RepeatedAsync(_answered, limit, call, cancellationToken);

    /// <summary>One try. Throws <see cref="TimeoutException"/> when it outlasts the limit.</summary>
    public async Task<T> OnceAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(limit, _clock, cancellationToken);
        try
        {
            return await call(deadline.Token);
        }
        catch (OperationCanceledException e) when (deadline.IsOver)
        {
            throw new TimeoutException($"no answer within {limit.TotalSeconds} s", e);
        }
    }

    private async Task<T> RepeatedAsync<T>(
        ResiliencePipeline pipeline, TimeSpan limit, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        await pipeline.ExecuteAsync(async token => await OnceAsync(limit, call, token), cancellationToken);

    private ResiliencePipeline Repeating(Dice dice, Func<Exception?, bool> isRepeated) =>
        new ResiliencePipelineBuilder { TimeProvider = _clock }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = RepeatsMax,
            BackoffType = DelayBackoffType.Exponential,
            Delay = FirstDelay,
            UseJitter = true,
            Randomizer = () => dice.Fraction("aws.retry-jitter"),
            ShouldHandle = failed => ValueTask.FromResult(isRepeated(failed.Outcome.Exception)),
            OnRetry = static _ =>
            {
                SuiteMetrics.CallRetries.Add(1, new KeyValuePair<string, object?>("to", "aws"));
                return default;
            },
        }).Build();
}
