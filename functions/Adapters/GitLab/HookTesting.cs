namespace Cki.Adapters;

/// <summary>
/// A test request that the door answers with 2xx is GitLab's way to enable a hook again. Nothing in a test delivery tells that it is one: it shows the
/// project's newest push, pipeline or job once more. It starts no run where that is known already.
/// </summary>
public static class HookTesting
{
    /// <summary>Tries the kinds of events in turn, since GitLab has nothing to show of a project without any; jobs and pipelines before pushes.</summary>
    /// <returns>The last answer, and of which kind.</returns>
    public static async Task<(GitLabHookTest Test, string Kind)> TryAsync(
        GitLabClient gitLab, WantedHook wanted, long hook, CancellationToken cancellationToken)
    {
        (GitLabHookTest Test, string Kind) last = (new GitLabHookTest.Failed(0, "it wants no events"), "nothing");
        foreach (string kind in wanted.Events)
        {
            last = (await gitLab.TestHookAsync(wanted.Project, hook, kind, cancellationToken), kind);
            if (last.Test is GitLabHookTest.Answered)
                break;
        }
        return last;
    }
}
