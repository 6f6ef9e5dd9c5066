using System.Net;
using System.Text;

using Cki.CommitDetection;
using Cki.JobHerding;
using Cki.Tests.Doubles;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.IntakeRooms;

/// <summary>Every payload that others recorded, through the door and on to the stage that wants it.</summary>
public sealed class RecordedDeliveryTests
{
    private readonly InMemoryPorts _world = new(A.Config(
        A.Tree() with { Project = new ProjectRef("gitlab.example", "mike/diaspora"), Branches = ["master"] }));

    [Fact]
    public async Task Every_recorded_payload_is_accepted_archived_routed_and_handled_or_set_aside_with_its_reason()
    {
        WebhookDoor door = WebhookIntakeStage.Compose(_world.Ports, NullLoggerFactory.Instance).Door;
        IReadOnlyList<(string Name, byte[] Body)> recorded = RecordedPayloads.All();
        foreach ((string name, byte[] body) in recorded)
        {
            DoorAnswer answer = await door.ReceiveAsync(Payloads.Request(body, delivery: Id(name)), CancellationToken.None);
            Assert.Equal((name, 202), (name, answer.Status));
        }

        ArchivedDelivery[] archived = [.. recorded.Select(r => _world.Store.Peek($"deliveries/2026/11/22/12/gitlab/{Id(r.Name)}.json", DocumentJson.Default.ArchivedDelivery)!)];
        Assert.Equal(recorded.Select(r => Encoding.UTF8.GetString(r.Body)), archived.Select(a => Encoding.UTF8.GetString(Convert.FromBase64String(a.Body))));
        Assert.All(archived, a => Assert.StartsWith("gitlab.example.", a.RoutingKey));
        Assert.All(archived, a => Assert.Matches("^(push|job|pipeline|merge request|note|unknown kind: .+)$", a.Reading));
        // Among them a job that passed when it was run again.
        Assert.Equal(6, _world.Queue.Sent.Count);
        await HandleAsync();
        Assert.Equal(["runs/mainline-master-da1560886d4f-"], RunsFound());
    }

    private async Task HandleAsync()
    {
        using var http = new HttpClient(new EmptyGitLab());
        StageEndpoints detection = CommitDetectionStage.Compose(_world.Ports, http, NullLoggerFactory.Instance);
        StageEndpoints herding = JobHerdingStage.Compose(_world.Ports, http, NullLoggerFactory.Instance);
        foreach (ReceivedMessage message in _world.Queue.Drain(A.Noon))
            await _world.UntilDone((message.Queue == QueueNames.Detect ? detection : herding).Queues[message.Queue](message, CancellationToken.None));
    }

    private IReadOnlyList<string> RunsFound() =>
        [.. _world.Store.Under("runs/").Select(k => k[..(k.IndexOf('/', 5) - 8)]).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>It has the projects without a branch, and nothing else.</summary>
    private sealed class EmptyGitLab : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            bool isList = request.RequestUri!.AbsolutePath.EndsWith("/repository/branches", StringComparison.Ordinal);
            return Task.FromResult(new HttpResponseMessage(isList ? HttpStatusCode.OK : HttpStatusCode.NotFound)
            {
                Content = new StringContent(isList ? "[]" : "{}", Encoding.UTF8, "application/json"), RequestMessage = request,
            });
        }
    }

    private static string Id(string name) => name.Replace('/', '-').Replace(".json", "");
}
