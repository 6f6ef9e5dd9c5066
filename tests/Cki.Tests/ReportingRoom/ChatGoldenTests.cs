using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>What chat shows, whole: Slack's JSON and the IRC line of each verdict, phase and notice, beside each other in one file a person has read.</summary>
public sealed class ChatGoldenTests
{
    private static readonly ChannelConfig Slack = new ChannelConfig.Slack("slack", null, "token", "C1");
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData(Verdict.Passed)]
    [InlineData(Verdict.Failed)]
    [InlineData(Verdict.Undetermined)]
    [InlineData(Verdict.Infrastructure)]
    [InlineData(Verdict.Configuration)]
    [InlineData(Verdict.Superseded)]
    [InlineData(Verdict.Canceled)]
    [InlineData(Verdict.Incomplete)]
    [InlineData(Verdict.Vanished)]
    public void Each_verdict(Verdict verdict)
    {
        RunResult result = verdict switch { Verdict.Passed => Runs.Passed(), Verdict.Failed => Runs.Failed(), _ => Runs.Other(verdict, "the runner's disk was full.") };
        Check(verdict.ToString().ToLowerInvariant(), ReportLetters.Of(Runs.Model(result), "final-1", Slack, []));
    }

    [Fact]
    public void A_hostile_report() => Check("hostile", ReportLetters.Of(Runs.Model(Runs.HostileResult(), Runs.Hostile), "final-1", Slack, []));

    [Fact]
    public void A_final_after_another_attempt() => Check("second-attempt", ReportLetters.Of(Runs.Model(Runs.Passed(), attempt: 2), "final-2", Slack, ["x@example.org"]));

    [Fact]
    public void Each_phase()
    {
        var early = ReportModel.Early(Runs.Detection(), Runs.Pipeline(Runs.Detection().Run, null).Attempts[0], Runs.Failed(), A.Tree(), new Uri("https://cki.example/board/"));
        Check("early", ReportLetters.Of(early, "early-1", Slack, []));
        var wrong = new Correction(A.Noon, "FAIL test x86_64", ["test x86_64"], true, "host kvm07 lost its clock; 3 other trees were hit as well.", "2 re-runs on kvm02, kvm11: pass.") { Misled = ["slack"] };
        ReportModel corrected = Runs.Model(Runs.Passed()) with { Phase = ReportPhase.Correction, Correction = wrong };
        Check("correction", ReportLetters.Of(corrected, "correction-1", Slack, ["x@example.org"]));
    }

    [Theory]
    [InlineData("start", "channel developers does not take reports", "Nothing was taken since 2026-11-22 09:00Z, 9 tries; the last answer: 503\nLook at its peer.")]
    [InlineData("reminder-1", "STILL: channel developers does not take reports", "It has stood since 2026-11-22 09:10Z and was seen 40 times.")]
    [InlineData("flapping", "FLAPPING: GitLab does not answer", "It began 5 times within an hour.")]
    [InlineData("end", "ENDED: channel developers takes reports again", "It lasted 6 h 0 min.")]
    [InlineData("hostile", Runs.Hostile, Runs.Hostile)]
    public void Each_notice(string kind, string title, string text) =>
        Check($"notice-{kind}", ReportLetters.Of(new DeliverNotice("channel-developers", A.Noon, "slack", new NoticeToSend(kind, title, text)), Slack));

    [Fact]
    public void A_copy() => Check("copy", ReportLetters.Of(Runs.Model(Runs.Passed()), "final-1", Slack, []) with { MayBeCopy = true });

    [Fact]
    public void A_digest_for_irc() => Golden.Check(
        "chat/digest.txt",
        string.Join(
            '\n', Enumerable.Range(2, 6).Select(n => ChatLine.Digest(
            [
                .. Enumerable.Range(1, n).Select(i => ReportLetters.Of(Runs.Model(i % 2 == 0 ? Runs.Passed() : Runs.Failed(), i == 3 ? Runs.Hostile : $"foo: change {i}"), "final-1", Slack, []).Subject),
            ]))) + "\n");

    [Fact]
    public void A_ready_for_test_message()
    {
        Golden.Check("chat/ready-for-test-passed.json", Readable(JsonNode.Parse(ReadyForTest.ToJson(Runs.Model(Runs.Passed())))!));
        Golden.Check("chat/ready-for-test-failed.json", Readable(JsonNode.Parse(ReadyForTest.ToJson(Runs.Model(Runs.Failed())))!));
    }

    private static void Check(string name, OutgoingReport report) => Golden.Check($"chat/{name}.txt", $"{ChatLine.Of(report)}\n\n{Readable(SlackMessage.Of(report))}");

    private static string Readable(JsonNode json) => json.ToJsonString(s_readable) + "\n";
}
