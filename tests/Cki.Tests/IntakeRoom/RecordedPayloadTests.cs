using System.Globalization;

using Cki.Tests.Doubles;
using Cki.WebhookIntake;
using Xunit;

namespace Cki.Tests.IntakeRooms;

/// <summary>Against payloads recorded by others, and 10,000 ways to spoil them.</summary>
public sealed class RecordedPayloadTests
{
    private static readonly Uri Example = new("http://example.com");

    [Fact]
    public void Every_recorded_payload_is_understood_as_what_it_is()
    {
        string folder = SharedData.Folder("gitlab-webhooks");
        string[] lines =
        [
            .. Files(folder).Select(f => $"{f}: {GitLabPayload.Read(File.ReadAllBytes(Path.Combine(folder, f)), Example).Reading}")
                .Where(l => !l.Contains(": unknown kind: ")),
        ];
        Assert.Equal(
            [
                "systemhooks/merge_request.json: merge request",
                "systemhooks/push.json: push",
                "systemhooks/tag_push.json: push",
                "webhooks/build.json: job",
                "webhooks/group_merge_request.json: merge request",
                "webhooks/job.json: job",
                "webhooks/merge_request.json: merge request",
                "webhooks/note_merge_request.json: note",
                "webhooks/pipeline.json: pipeline",
                "webhooks/push.json: push",
                "webhooks/service_merge_request.json: merge request",
                "webhooks/tag_push.json: push",
            ],
            lines);
    }

    [Fact]
    public void A_recorded_push_reads_whole() =>
        Assert.Equal(
            new WebhookEvent.Push(
                "mike/diaspora",
                "refs/heads/master",
                CommitSha.Parse("95790bf891e76fee5e1747ab589903a6a1f80f22"),
                CommitSha.Parse("da1560886d4f094c3e6c9ef40349f7d38b5d27d7"),
                "fixed readme"),
            GitLabPayload.Read(File.ReadAllBytes(Path.Combine(SharedData.Folder("gitlab-webhooks"), "webhooks/push.json")), Example));

    [Fact]
    public void Nothing_throws_on_ten_thousand_spoiled_payloads()
    {
        string folder = SharedData.Folder("gitlab-webhooks");
        byte[][] originals = [.. Files(folder).Select(f => File.ReadAllBytes(Path.Combine(folder, f)))];
        var dice = new SeededDice(20261122);
        int unreadable = 0;
        for (int i = 0; i < 10_000; i++)
        {
            byte[] spoiled = Spoil(originals[(int)(dice.Roll("which") % (ulong)originals.Length)], dice);
            WebhookEvent read = GitLabPayload.Read(spoiled, Example);
            unreadable += read is WebhookEvent.Unreadable ? 1 : 0;
            WebhookRoute route = WebhookRouting.Decide(read, "gitlab.example", "gitlab", i.ToString(CultureInfo.InvariantCulture));
            Assert.True(Size(route) < 16_000, $"payload {i} became a message of {Size(route)} characters");
        }
        Assert.InRange(unreadable, 2_000, 9_900);
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Where(f => f.Contains('/')).Order(StringComparer.Ordinal);

    private static byte[] Spoil(byte[] original, SeededDice dice)
    {
        byte[] copy = [.. original];
        if (dice.Roll("how") % 4 == 0)
            return copy[..(int)(dice.Roll("cut") % (ulong)copy.Length)];
        byte[] telling = "\"{}[]:,\\u0-9 \0\u007f"u8.ToArray();
        for (ulong n = dice.Roll("count") % 4; n < 4; n++)
        {
            ulong roll = dice.Roll("byte");
            copy[(int)(dice.Roll("at") % (ulong)copy.Length)] = roll % 3 == 0 ? (byte)(roll >> 8) : telling[(int)((roll >> 8) % (ulong)telling.Length)];
        }
        return copy;
    }

    private static int Size(WebhookRoute route) => route.ToString().Length;
}
