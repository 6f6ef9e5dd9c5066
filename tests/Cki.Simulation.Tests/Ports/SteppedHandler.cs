namespace Cki.Simulation.Tests;

/// <summary>
/// HTTP from one life to the outside. The peer works on when our process dies or gives up: no cancellation of ours reaches it.
/// </summary>
public sealed class SteppedHandler(Func<HttpRequestMessage, Task<HttpResponseMessage>> peer, Life life) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string what = $"{request.Method} {request.RequestUri!.PathAndQuery}";
        await life.StepAsync("http");
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            HttpResponseMessage answer = await peer(request).WaitAsync(cancellationToken);
            await life.StepAsync("http");
            life.Note($"{what} -> {(int)answer.StatusCode}");
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            await life.StepAsync("http");
            life.Note($"{what} -> {e.GetType().Name}");
            throw;
        }
    }
}
