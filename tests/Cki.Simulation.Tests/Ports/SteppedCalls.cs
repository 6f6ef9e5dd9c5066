namespace Cki.Simulation.Tests;

/// <summary>
/// A step before and after each call. A fault before: it never happened. A fault after: it happened, and the answer is lost. Which of the two
/// it was, the caller cannot tell. Reads change nothing, so before and after are one for them.
/// </summary>
/// <param name="chance">Of either fault, of each call.</param>
public sealed class SteppedCalls(Life life, string port, double chance, Func<string, Exception> unavailable)
{
    public Task CallAsync(string verb, string what, Func<Task> call) => CallAsync(verb, what, async () =>
    {
        await call();
        return "";
    }, _ => "");

    /// <param name="said">The answer as the trace tells it.</param>
    public async Task<T> CallAsync<T>(string verb, string what, Func<Task<T>> call, Func<T, string> said)
    {
        string site = $"{port}.{verb}";
        await BeforeAsync(site, what);
        T answer = await AnswerAsync(site, call);
        life.Note($"{site} {what} {said(answer)}");
        if (life.Simulation.Faults.Strikes($"{site}.after", chance))
            throw unavailable($"{site} {what}: no answer");
        return answer;
    }

    public async Task<T> ReadAsync<T>(string verb, string what, Func<Task<T>> call)
    {
        await BeforeAsync($"{port}.{verb}", what);
        return await call();
    }

    private async Task BeforeAsync(string site, string what)
    {
        life.Simulation.Count(site);
        await life.StepAsync(site);
        if (life.Simulation.Faults.Strikes($"{site}.before", chance))
            throw unavailable($"{site} {what}: refused");
    }

    private async Task<T> AnswerAsync<T>(string site, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        finally
        {
            await life.StepAsync(site);
        }
    }
}
