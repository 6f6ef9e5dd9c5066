using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>Asks for a look at each check whose interval has passed; once an hour it ends what is told of checks that are no longer configured.</summary>
internal sealed class CheckSweep(SuitePorts ports, CheckBook book, ILogger log)
{
    private const int ForgottenMax = 1000;
    private const string Ending = ".json";

    private readonly Post _post = ports.PostFrom("watch");

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        ChecksConfig config = ports.Config.Current.Checks;
        await Sweeping.EachAsync(config.Checks, check => AskAsync(check, now, cancellationToken));
        if (now.Minute == 0)
            await ForgetAsync(config, cancellationToken);
    }

    private async Task AskAsync(CheckConfig check, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (CheckPlan.IsDue(check, await book.ReadAsync(check.Name, cancellationToken), now))
            await _post.SendAsync(new LookAtCheck(check.Name, now), cancellationToken);
    }

    private async Task ForgetAsync(ChecksConfig config, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> keys = await ports.Documents.KeysAsync(CheckState.Prefix, ForgottenMax, cancellationToken);
        string[] gone =
        [
            .. keys.Where(k => k.EndsWith(Ending, StringComparison.Ordinal)).Select(k => k[CheckState.Prefix.Length..^Ending.Length]).Where(name => config.Check(name) is null),
        ];
        await Sweeping.EachAsync(gone, async name =>
        {
            if (await book.ReadAsync(name, cancellationToken) is { } state)
            {
                foreach (CheckStatus told in state.Told)
                    await _post.SendAsync(CheckNotices.Gone(state, told), cancellationToken);
            }
            await ports.Documents.DeleteAsync(CheckState.KeyOf(name), cancellationToken);
            WatchLog.CheckForgotten(log, name);
        });
    }
}
