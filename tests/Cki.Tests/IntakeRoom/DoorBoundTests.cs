using Cki.Tests.Doubles;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.IntakeRooms;

/// <summary>Bounds beside the body's size, by both skins the same.</summary>
public sealed class DoorBoundTests
{
    private static readonly DoorAnswer s_tooDeep = new(400, "The body nests more than 32 levels deep, the most that are taken.");

    private readonly InMemoryPorts _world = new();
    private readonly WebhookDoor _door;

    public DoorBoundTests() => _door = WebhookIntakeStage.Compose(_world.Ports, NullLoggerFactory.Instance).Door;

    private Task<DoorAnswer> Post(DoorRequest request) => _door.ReceiveAsync(request, CancellationToken.None);

    private static DoorRequest With(int headers, int characters = 0)
    {
        DoorRequest request = Payloads.Request(Payloads.Push());
        var all = new Dictionary<string, string>(request.Headers);
        for (int n = all.Count; n < headers; n++)
            all[$"x-{n}"] = "";
        if (characters > 0)
            all["x-long"] = new string('x', characters - all.Sum(h => h.Key.Length + h.Value.Length) - "x-long".Length);
        return request with { Headers = all };
    }

    private static string Nested(int depth, char open = '[', char close = ']') => $"{{\"object_kind\":\"emoji\",\"x\":{new string(open, depth - 1)}{new string(close, depth - 1)}}}";

    [Fact]
    public async Task A_hundred_headers_are_taken_and_one_more_is_not()
    {
        Assert.Equal(202, (await Post(With(100))).Status);
        Assert.Equal(new DoorAnswer(431, "The request has more than 100 headers, the most that are taken."), await Post(With(101)));
        Assert.Single(_world.Store.Keys);
    }

    [Fact]
    public async Task Headers_of_32_K_are_taken_and_one_character_more_is_not()
    {
        Assert.Equal(202, (await Post(With(3, 32 * 1024))).Status);
        Assert.Equal(new DoorAnswer(431, "The request's headers have more than 32768 characters (32 K), the most that are taken."), await Post(With(3, (32 * 1024) + 1)));
    }

    [Fact]
    public async Task Bodies_nest_32_levels_and_no_deeper()
    {
        Assert.Equal(202, (await Post(Payloads.Request(Nested(32)))).Status);
        Assert.Equal("unknown kind: emoji", _world.Store.Peek(_world.Store.Keys[0], DocumentJson.Default.ArchivedDelivery)!.Reading);
        Assert.Equal(s_tooDeep, await Post(Payloads.Request(Nested(33))));
        Assert.Equal(s_tooDeep, await Post(Payloads.Request(" \r\n" + new string('[', 1_000_000))));
        Assert.Single(_world.Store.Keys);
    }

    [Fact]
    public async Task Brackets_within_texts_and_bodies_that_are_no_JSON_nest_nothing()
    {
        Assert.Equal(202, (await Post(Payloads.Request($"{{\"object_kind\":\"emoji\",\"x\":\"\\\"{new string('[', 500)}\\\\\"}}"))).Status);
        Assert.Equal(202, (await Post(Payloads.Request(new string('=', 10) + new string('{', 500)))).Status);
    }

    [Fact]
    public async Task Depth_is_told_only_to_who_may_post()
    {
        Assert.Equal(401, (await Post(Payloads.Request(Nested(33), token: "wrong"))).Status);
        Assert.Empty(_world.Queue.Sent);
    }

    [Fact]
    public async Task The_HTTP_API_s_skin_answers_the_same_and_refuses_what_is_no_base64()
    {
        var skin = new HttpApiDoor(_door);
        async Task<(int, string?)> Ask(DoorRequest request, string? base64 = null)
        {
            var answer = await skin.AnswerAsync(new()
            {
                RequestContext = new() { Http = new() { Method = "POST" } }, RawPath = request.Path, Headers = new Dictionary<string, string>(request.Headers),
                IsBase64Encoded = true, Body = base64 ?? Convert.ToBase64String(request.Body.Span),
            }, default);
            return (answer.StatusCode, answer.Body);
        }
        Assert.Equal((400, s_tooDeep.Body + "\n"), await Ask(Payloads.Request(Nested(33))));
        Assert.Equal((431, "The request has more than 100 headers, the most that are taken.\n"), await Ask(With(101)));
        Assert.Equal((400, "The body is said to be base64, and is not.\n"), await Ask(With(3), "%%%"));
        Assert.Equal(202, (await Ask(With(3))).Item1);
    }
}
