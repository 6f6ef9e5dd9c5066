using System.Text.Json.Nodes;

using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.HouseRooms;

/// <summary>
/// A deployment finds the previous release's messages in flight: each type and version has its fixture, written once and never changed.
/// A new field gets a new fixture beside the old one.
/// </summary>
public sealed class MessageFixtureTests
{
    private static readonly RunId Run = new("mainline-main-aaaaaaaaaaaa-0123abcd");

    private static readonly long[] s_overruled = [77, 79];

    /// <summary>By fixture name; <c>{type}.v{n}</c>.</summary>
    private static readonly SortedDictionary<string, Func<CloudEvent, (JsonNode Again, bool IsSame)>> Readers = new(StringComparer.Ordinal)
    {
        ["cki.push.received.v1"] = Reader(new PushReceived("d-1", KernelProject, "refs/heads/main", Sha('a'), Sha('b'), "net: fix a leak")),
        ["cki.push.received.deleted.v1"] = Reader(new PushReceived("d-1", KernelProject, "refs/heads/main", Sha('a'), null, null)),
        ["cki.push.received.reconciled.v1"] = Reader(
            new PushReceived("d-1", KernelProject, "refs/heads/main", Sha('a'), Sha('b'), "net: fix a leak") { FoundBy = FoundBy.Reconciliation }),
        ["cki.hook.look.v1"] = Reader(new LookAtHook(KernelProject, Noon)),
        ["cki.poll.requested.v1"] = Reader(new PollRequested(Tree().Name, "schedule")),
        ["cki.pipeline.seen.v1"] = Reader(new PipelineSeen("d-1", Pipeline())),
        ["cki.mergerequest.changed.v1"] = Reader(new MergeRequestChanged("d-1", KernelProject, 5)),
        ["cki.retries.revisit.v1"] = Reader(new RevisitRetries(Run, "merge request !5 is closed")),
        ["cki.commit.detected.v1"] = Reader(new CommitDetected(Run)),
        ["cki.run.overdue.v1"] = Reader(new RunOverdue(Run, 2)),
        ["cki.job.finished.v1"] = Reader(new JobFinished(new JobRef(PipelineProject, 77), 1000, "build x86_64", "failed")),
        ["cki.pipeline.changed.v1"] = Reader(new PipelineChanged(Pipeline(), "success")),
        ["cki.pipeline.awaited.v1"] = Reader(new PipelineAwaited(Run, 1, Pipeline(), "token-1", 3)),
        ["cki.run.cancellation.v1"] = Reader(new CancelRun(Run, 1, "jane", "wrong branch")),
        ["cki.run.retest.v1"] = Reader(new RetestRun(Run, 2, "jane", "lab was down")),
        ["cki.run.reconsideration.v1"] = Reader(new ReconsiderRun(Run, 1, "test x86_64 passed when jane ran it again", "jane")),
        ["cki.run.evidence.v1"] = Reader(new EvidenceFound(Run, 1)),
        ["cki.run.started.v1"] = Reader(new RunStarted(Run, 1)),
        ["cki.run.settled.v1"] = Reader(new RunSettled(Run, 1)),
        ["cki.run.changed.v1"] = Reader(new RunChanged(Run)),
        ["cki.run.changed.anew.v1"] = Reader(new RunChanged(Run) { Anew = true }),
        ["cki.report.delivery.v1"] = Reader(new DeliverReport(Run, 1, "developers", "final-1")),
        ["cki.notice.raised.v1"] = Reader(new NoticeRaised("config-refused", "The configuration was refused", "Two errors.")),
        ["cki.notice.delivery.v1"] = Reader(
            new DeliverNotice("config-refused", Noon, "operators", new NoticeToSend("start", "The configuration was refused", "Two errors."))),
        ["cki.notice.reminder.v1"] = Reader(new NoticeReminderDue("config-refused", Noon)),
        ["cki.board.index.v1"] = Reader(new BoardIndex()),
        ["cki.notice.raised.fades.v1"] = Reader(new NoticeRaised("herding-oom", "test: out of memory", "Look at the job.") { Fades = true }),
        ["cki.notice.raised.once.v1"] = Reader(new NoticeRaised("unknown-reason-new_reason", "A new reason", "GitLab gives it.") { Once = true }),
        ["cki.outage.look.v1"] = Reader(new OutageLook("registry")),
        ["cki.runner.look.v1"] = Reader(new RunnerLook("gitlab.example", 41)),
        ["cki.learning.due.v1"] = Reader(new LearningDue("20261122")),
        ["cki.delivery.forward.v1"] = Reader(new ForwardDelivery("chat", "d-1", "gitlab.example.kernel.linux.push", "deliveries/2026/11/22/12/gitlab/d-1.json")),
        ["cki.note.seen.v1"] = Reader(new NoteSeen("d-1", KernelProject, 5, 1244)),
        ["cki.job.retry.v1"] = Reader(new RetryJob(new JobRef(PipelineProject, 77), 1000, "build x86_64", "jane", "note 1244 on gitlab.example/kernel/linux!5")),
        ["cki.job.overrule.v1"] = Reader(
            new OverruleJob(Run, 1, Pipeline(), "build x86_64", new Overruling("jane", Noon, "the compiler was broken", s_overruled)),
            read => read with { Overruling = read.Overruling with { JobIds = read.Overruling.JobIds.SequenceEqual(s_overruled) ? s_overruled : [] } }),
        ["cki.kcidb.status.v1"] = Reader(new KcidbStatusDue(Run, "kcidb", "final-1", Noon)),
        ["cki.mute.asked.v1"] = Reader(new MuteAsked(Tree().Name, "boot *", "jane@example.org", Noon, Noon.AddDays(30))),
        ["cki.digest.due.v1"] = Reader(new DigestDue("developers", "2026112213")),
        ["cki.tick.v1"] = Reader(new Tick(Noon)),
        ["cki.flow.died.v1"] = Reader(new FlowDied("mainline-main-aaaaaaaaaaaa-0123abcd-2-r1", "TIMED_OUT")),
        ["cki.check.look.v1"] = Reader(new LookAtCheck("builder-1", Noon)),
        ["cki.check.look.asked.v1"] = Reader(new LookAtCheck("builder-1", Noon) { IsAsked = true }),
        ["cki.heartbeat.received.v1"] = Reader(new HeartbeatReceived("nightly-mirror", Noon)),
        ["cki.deadletter.look.v1"] = Reader(new LookAtLetter("detect", "0123456789abcdef")),
        ["cki.deadletter.due.v1"] = Reader(new DeadLetterDue("detect", "0123456789abcdef")),
    };

    /// <summary>Of whatever is a message between stages, wherever it is declared.</summary>
    private static readonly string[] Types =
    [
        .. typeof(IStageMessage<>).Assembly.GetTypes()
            .Where(t => t is { IsInterface: false, IsAbstract: false })
            .Where(t => t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IStageMessage<>)))
            .Select(t => (string)t.GetProperty(nameof(Tick.TypeName))!.GetValue(null)!)
            .Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Names => [.. Readers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fixture_reads_as_its_message_and_writes_back_the_same(string name)
    {
        string text = File.ReadAllText(Path.Combine(Folder(), $"{name}.json"));
        CloudEvent read = CloudEvent.Parse(text);
        (JsonNode again, bool isSame) = Readers[name](read);
        Assert.True(isSame, $"{name}.json reads as another message: {again.ToJsonString()}");
        Assert.Equal(JsonNode.Parse(text)!["data"]!.ToJsonString(), again.ToJsonString());
        Assert.Equal(JsonNode.Parse(text)!.ToJsonString(), JsonNode.Parse(read.ToJson())!.ToJsonString());
    }

    [Fact]
    public void Every_message_type_has_a_fixture_and_every_fixture_a_reader()
    {
        Assert.Contains(MessageTypes.Tick, Types);
        Assert.All(Types, t => Assert.Contains($"{t}.v1", Readers.Keys));
        Assert.Equal(Types.Distinct(), Types);
        Assert.Equal(
            Readers.Keys, Directory.EnumerateFiles(Folder(), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Fields_of_a_later_release_do_not_make_a_message_unreadable()
    {
        string text = File.ReadAllText(Path.Combine(Folder(), "cki.commit.detected.v1.json"));
        JsonNode newer = JsonNode.Parse(text)!;
        newer["data"]!["invented"] = "later";
        newer["traceparent"] = "00-0-0-00";
        Assert.Equal(new CommitDetected(Run), CloudEvent.Parse(newer.ToJsonString()).Read<CommitDetected>());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"specversion":"0.3","id":"x","source":"s","type":"t","subject":"u","time":"2026-11-22T12:00:00+00:00","data":{}}""")]
    public void What_is_no_envelope_is_unreadable(string body) => Assert.Throws<UnreadableMessageException>(() => CloudEvent.Parse(body));

    /// <param name="plain">Makes lists of equal content the same list; null: there are none.</param>
    private static Func<CloudEvent, (JsonNode, bool)> Reader<T>(T expected, Func<T, T>? plain = null)
        where T : class, IStageMessage<T> => happened =>
        {
            Assert.Equal(T.TypeName, happened.Type);
            T read = happened.Read<T>();
            return (System.Text.Json.JsonSerializer.SerializeToNode(read, T.Json)!, (plain?.Invoke(read) ?? read).Equals(expected) && happened.Subject == read.GetSubject());
        };

    private static string Folder() => Checkout.Path("tests/Cki.Tests/Fixtures/messages");
}
