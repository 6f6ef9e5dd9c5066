using System.Text;
using Cki.Adapters;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>GitLab's log of a hook's events, in the shapes that its releases give it.</summary>
public sealed class HookEventAnswers : GitLabRoom
{
    [Fact]
    public async Task Events_are_read_newest_first_whatever_their_status_looks_like()
    {
        Wire.Answers(
            200,
            """
            [{"id":7,"request_headers":{"Idempotency-Key":"k-7","X-Gitlab-Token":"[REDACTED]"},"request_data":{"object_kind":"push"},"response_status":"202","created_at":"2026-11-22T12:00:00.000Z"},
             {"id":9,"request_headers":null,"request_data":"{\"object_kind\":\"build\"}","response_status":"internal error"},
             {"id":8,"response_status":503}]
            """,
            ("Link", $"<{Root}/hooks/3/events?page=3>; rel=\"next\""));

        GitLabHookEventPage page = await Patiently(Client.ListHookEventsAsync(A.PipelineProject, 3, 2, Stop));

        Assert.Equal([(9L, null, false), (8L, 503, false), (7L, 202, true)], page.Events.Select(e => (e.Id, e.Status, e.IsDelivered)));
        Assert.Equal(("k-7", A.Noon, """{"object_kind":"push"}"""), (page.Events[2].Headers["idempotency-key"], page.Events[2].CreatedAt, Encoding.UTF8.GetString(page.Events[2].Body.Span)));
        Assert.Equal(("""{"object_kind":"build"}""", null), (Encoding.UTF8.GetString(page.Events[0].Body.Span), page.Events[0].CreatedAt));
        Assert.False(page.IsLast);
        Assert.Equal($"{Root}/hooks/3/events?per_page=50&page=2", Assert.Single(Wire.Seen).Url);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_log_that_is_not_shown_is_a_refusal_with_its_status(int status)
    {
        Wire.Answers(status, """{"message":"403 Forbidden"}""");
        Assert.Equal(status, (await Refused(Client.ListHookEventsAsync(A.PipelineProject, 3, 1, Stop))).Status);
    }
}
