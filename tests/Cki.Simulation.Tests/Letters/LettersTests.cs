using Xunit;

namespace Cki.Simulation.Tests;

/// <summary>Notes on merge requests, KCIDB, digests, mutes and orders. Each seed prints how much of each there was.</summary>
[Collection("one pool thread")]
public sealed class LettersTests
{
    [Fact]
    public async Task Notes_submissions_digests_and_answers_say_what_is_and_say_it_once()
    {
        (int exitCode, string output, string errors) = await ChildProcess.RunAsync(["seeds", "--world", "letters", "--from", "1", "--to", "3"], TestContext.Current.CancellationToken);

        TestContext.Current.SendDiagnosticMessage(output);
        Assert.True(exitCode == 0, $"{output}\n{errors}");
    }
}
