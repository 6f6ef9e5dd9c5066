using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>
/// The intake for arm64, as <c>CKI_STAGES=WebhookIntake infra/publish.sh artifacts/lambda-arm64 arm64</c> left it, in qemu's user mode with Debian's arm64
/// libraries: the same loop, the same answers. It says nothing about speed.
/// </summary>
public sealed class ArmTests
{
    /// <summary>Emulation is slow, also with both cores busy elsewhere.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task The_intake_for_arm64_takes_a_push_refuses_a_wrong_token_and_goes_on()
    {
        await using FunctionProcess function = await FunctionProcess.PrepareAsync();
        function.Start(["qemu-aarch64", PublishedFunctions.ArmBootstrap("WebhookIntake")]);
        // The first one pays for emulating the start; the door's own patience with each port is real time, so its outcome may be any.
        await function.Api.InvokeAsync(Bytes(FunctionProcess.Delivery("d-0", FunctionProcess.Push(100))), Limit);
        Assert.Contains("Accepted as delivery d-1.", await AnswerAsync(function, FunctionProcess.Delivery("d-1", FunctionProcess.Push(10_000))), StringComparison.Ordinal);
        Assert.Contains("X-Gitlab-Token is missing or wrong.", await AnswerAsync(function, FunctionProcess.Delivery("d-2", FunctionProcess.Push(100), "wrong")), StringComparison.Ordinal);
        Assert.Equal("UnknownEventException", (await function.Api.InvokeAsync(Bytes("""{"detail":{}}"""), Limit)).ErrorType);
        Assert.Contains("Accepted as delivery d-3.", await AnswerAsync(function, FunctionProcess.Delivery("d-3", FunctionProcess.Push(100))), StringComparison.Ordinal);
        Assert.Contains(function.Aws.Calls, call => call.What == "SQS SendMessage");
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static async Task<string> AnswerAsync(FunctionProcess function, string json)
    {
        Invoked answered = await function.Api.InvokeAsync(Bytes(json), Limit);
        Assert.False(answered.IsError, function.Process.Output);
        return answered.Body;
    }
}
