using Cki.Adapters;

namespace Cki.CommitDetection;

/// <summary>What a poll shows of a GitLab beside its branches: that it refuses our token, and that its clock is not ours. Operators hear of both, and of their ends.</summary>
internal sealed class HostTrouble(Post post)
{
    /// <summary>Signatures are refused from five minutes on; an answer's way takes seconds.</summary>
    private static readonly TimeSpan ClockOffMax = TimeSpan.FromMinutes(1);

    private const string TokenRefused = "our token is refused: ";

    /// <summary>What is noted of a failed poll.</summary>
    public static string Words(Exception e) => e is GitLabRefusedException { Status: 401 } ? TokenRefused + e.Message : e.Message;

    /// <summary>From the second refusal in a row: GitLab answers 401 now and then while it restarts.</summary>
    public async Task FailedAsync(TreeConfig tree, TreeHeads known, string why, CancellationToken cancellationToken)
    {
        if (tree.Project is null || !IsTokens(known.PollError) || !IsTokens(why))
            return;
        string text = $"Seen by the polls of tree {tree.Name}: {why}\nNothing can be started, retried or reported there. Make a new token with the scopes that cki doctor names, and put it in the place of the old one.";
        await post.SendAsync(new NoticeRaised(TokenKey(tree), $"GitLab {tree.Project.Host} refuses our token: it has expired or was revoked", text), cancellationToken);
    }

    /// <param name="clocks">How far GitLab's is ahead of ours (null: unknown), and ours.</param>
    /// <returns>Since when the clocks differ; null: they do not.</returns>
    public async Task<DateTimeOffset?> WorkedAsync(TreeConfig tree, TreeHeads known, (TimeSpan? Ahead, DateTimeOffset Now) clocks, CancellationToken cancellationToken)
    {
        if (tree.Project is not { } project)
            return null;
        if (IsTokens(known.PollError))
            await post.SendAsync(new NoticeRaised(TokenKey(tree), $"GitLab {project.Host} takes our token again", "", Recovered: true), cancellationToken);
        string key = $"clock-{project.Host}";
        bool isOff = clocks.Ahead?.Duration() > ClockOffMax;
        if (isOff && known.ClockOffSince is null)
        {
            string text = $"GitLab's clock is {Math.Abs(clocks.Ahead!.Value.TotalSeconds):0} s {(clocks.Ahead > TimeSpan.Zero ? "ahead of" : "behind")} ours. Signed deliveries and AWS refuse what is five minutes off, and waits end at the wrong time. Set the clock of this machine by NTP.";
            await post.SendAsync(new NoticeRaised(key, $"Our clock and that of GitLab {project.Host} differ", text), cancellationToken);
        }
        if (!isOff && known.ClockOffSince is not null)
            await post.SendAsync(new NoticeRaised(key, $"Our clock and that of GitLab {project.Host} agree again", "", Recovered: true), cancellationToken);
        return isOff ? known.ClockOffSince ?? clocks.Now : null;
    }

    private static string TokenKey(TreeConfig tree) => $"token-{tree.Project!.Host}";

    private static bool IsTokens(string? why) => why?.StartsWith(TokenRefused, StringComparison.Ordinal) == true;
}
