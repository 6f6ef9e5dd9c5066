using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AwsRooms;

/// <summary>What <see cref="Documents"/> makes of the answers of a store.</summary>
public sealed class ConditionalWriting
{
    private readonly MemoryStore inner = new();
    private readonly SeededDice dice = new();
    private readonly FakeTimeProvider clock = new(A.Noon);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_whose_answer_was_lost_has_won() =>
        Assert.True(await CreateAsync(Answer.Lost));

    [Fact]
    public async Task A_write_that_is_said_to_have_lost_to_itself_has_won() =>
        Assert.True(await CreateAsync(Answer.RefusedAfterwards));

    [Fact]
    public async Task A_refusal_without_a_winner_is_tried_again() =>
        Assert.True(await CreateAsync(Answer.Refused, Answer.Refused, Answer.Good));

    [Fact]
    public async Task Refusals_without_end_are_contention() =>
        await Assert.ThrowsAsync<StoreContendedException>(() => CreateAsync([.. Enumerable.Repeat(Answer.Refused, 9)]));

    [Fact]
    public async Task One_silence_without_effect_is_tried_again()
    {
        Assert.True(await CreateAsync(Answer.Silent, Answer.Good));
        Assert.Equal(A.Noon, clock.GetUtcNow());
    }

    [Fact]
    public async Task A_second_silence_is_told() =>
        await Assert.ThrowsAsync<StoreUnavailableException>(() => CreateAsync(Answer.Silent, Answer.Silent, Answer.Good));

    [Fact]
    public async Task Silence_after_which_another_stands_there_is_not_called_lost()
    {
        await Assert.ThrowsAsync<StoreUnavailableException>(() => CreateAsync(Answer.LostAndOvertaken));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => CreateAsync(Answer.Silent, Answer.AnotherWins));
    }

    [Fact]
    public async Task Who_comes_second_has_lost() =>
        Assert.False(await CreateAsync(Answer.AnotherWins));

    [Fact]
    public async Task An_unchanged_object_is_replaced_after_a_refusal_without_a_winner()
    {
        inner.SetText("k", "{}");
        string version = (await inner.GetAsync("k", Stop))!.Version;
        Assert.NotNull(await InTimeAsync(Over(Answer.Refused, Answer.Good).ReplaceAsync("k", new JsonObject(), version, NodeJson.Default.JsonObject, Stop)));
        Assert.Null(await Over(Answer.Good).ReplaceAsync("k", new JsonObject(), version, NodeJson.Default.JsonObject, Stop));
    }

    private async Task<bool> CreateAsync(params Answer[] answers)
    {
        await inner.DeleteAsync("k", Stop);
        return await InTimeAsync(Over(answers).CreateAsync("k", new JsonObject { ["by"] = "us" }, NodeJson.Default.JsonObject, Stop));
    }

    /// <summary>Time goes on until it is done.</summary>
    private async Task<T> InTimeAsync<T>(Task<T> writing)
    {
        while (!writing.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }
        return await writing;
    }

    private Documents Over(params Answer[] answers) => new(new Answering(inner, new Queue<Answer>(answers)), dice, clock);

    private enum Answer
    {
        Good,

        /// <summary>No effect, no answer.</summary>
        Silent,

        /// <summary>Effect, no answer.</summary>
        Lost,

        /// <summary>Effect, another writes over it, no answer.</summary>
        LostAndOvertaken,

        /// <summary>No effect, "lost".</summary>
        Refused,

        /// <summary>Effect, "lost".</summary>
        RefusedAfterwards,

        /// <summary>Another was first.</summary>
        AnotherWins,
    }

    private sealed class Answering(MemoryStore inner, Queue<Answer> answers) : IObjectStore
    {
        public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public async Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken)
        {
            Answer answer = answers.Dequeue();
            if (answer is Answer.AnotherWins)
                inner.SetText(key, """{"writeId":"another"}""");
            PutOutcome outcome = answer is Answer.Silent or Answer.Refused ? new PutOutcome.Lost() : await inner.PutAsync(key, body, condition, cancellationToken);
            if (answer is Answer.LostAndOvertaken)
                inner.SetText(key, """{"writeId":"another"}""");
            return answer switch
            {
                Answer.Silent or Answer.Lost or Answer.LostAndOvertaken => throw new StoreUnavailableException("no answer"),
                Answer.RefusedAfterwards => new PutOutcome.Lost(),
                _ => outcome,
            };
        }

        public Task<IReadOnlyList<string>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken) =>
            inner.ListAsync(prefix, after, most, cancellationToken);

        public Task DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);
    }
}
