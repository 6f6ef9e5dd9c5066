namespace Cki.Contract.Tests.Flows;

/// <summary>The paths of both flows, each with the states it must lead through.</summary>
internal static class FlowPaths
{
    private const string Ref = """ "group":"gitlab.test/cki/kernel-pipelines","ref":{"host":"gitlab.test","project":"cki/kernel-pipelines","id":17} """;

    private static readonly TaskReply s_started = Answer("started", loop: 1, waitSeconds: 60);
    private static readonly TaskReply s_settled = Answer("settled", loop: 3, waitSeconds: 0);

    public static readonly IReadOnlyList<FlowPath> All =
    [
        Commit("happy", "StartPipeline HasPipeline AnnounceStart AwaitPipeline CheckPipeline WhatNow BeQuiet CheckPipeline WhatNow Report Closed") with
        {
            Tasks = Tasks([s_started], [Answer("quiet", 2, 1), s_settled]),
        },
        Commit("task-error-retried", "StartPipeline HasPipeline AnnounceStart AwaitPipeline CheckPipeline WhatNow Report Closed") with
        {
            Tasks = Tasks(
                [new TaskReply.Fails("GitLab.Unavailable", "502"), new TaskReply.Fails("Cki.Busy", "another holds the claim"), new TaskReply.Fails("Cki.Paused", "held"), s_started],
                [new TaskReply.Fails("ObjectDisposedException", "a bug"), s_settled]),
        },
        Commit("starving-falls-back", "StartPipeline HasPipeline AnnounceStart AwaitPipeline CheckPipeline WhatNow FallBack WhatNow Report Closed") with
        {
            Tasks = Tasks([s_started], [Answer("starving", 2, 0)], ("fall-back", [Answer("settled", 2, 0)])),
        },
        Commit("wait-times-out", "StartPipeline HasPipeline AnnounceStart AwaitPipeline CheckPipeline WhatNow AwaitPipeline CheckPipeline WhatNow Report Closed") with
        {
            Tasks = Tasks([Answer("started", 1, waitSeconds: 2)], [Answer("running", 2, 60), s_settled]), Awaits = [AwaitReply.Silence],
        },
        Commit("superseded", "StartPipeline HasPipeline AnnounceStart AwaitPipeline CheckPipeline WhatNow CancelPipeline Report Closed") with
        {
            Tasks = Tasks([s_started], [Answer("superseded", 2, 0, ""","newer":"0123456789ab" """)], ("cancel-pipeline", [Answer("settled", 2, 0)])),
        },
        Commit("deadline", "StartPipeline HasPipeline AnnounceStart AwaitPipeline CheckPipeline WhatNow Report Closed") with
        {
            Tasks = Tasks([s_started], [Answer("deadline", 2, 0)]),
        },
        Commit("start-refused", "StartPipeline RefuseRun Report Closed") with
        {
            Tasks = Tasks([new TaskReply.Fails("GitLab.Refused", "400 Reference not found")], [], ("refuse-run", [Answer("settled", 1, 0)])),
        },
        Commit("check-refused", "StartPipeline HasPipeline AnnounceStart AwaitPipeline CheckPipeline RefuseRun Report Closed") with
        {
            Tasks = Tasks([s_started], [new TaskReply.Fails("GitLab.Refused", "403 Forbidden")], ("refuse-run", [Answer("settled", 1, 0)])),
        },
        Commit("retries-used-up", "StartPipeline RefuseRun Report Closed") with
        {
            Tasks = Tasks([new TaskReply.Fails("GitLab.Unavailable", "502")], [], ("refuse-run", [Answer("settled", 1, 0)])),
        },
        Commit("uncaught-error", "StartPipeline RefuseRun") with
        {
            Tasks = Tasks([new TaskReply.Fails("GitLab.Refused", "no")], [], ("refuse-run", [new TaskReply.Fails("StoreUnavailableException", "S3 is away")])),
            Status = FlowStatus.Failed, Error = "StoreUnavailableException",
        },
        Commit("answer-to-start-lost", "StartPipeline HasPipeline AnnounceStart AwaitPipeline CheckPipeline WhatNow Report Closed") with
        {
            Tasks = Tasks([new TaskReply.AnswerLost(), s_started], [s_settled]),
        },
        Commit("task-hangs", "StartPipeline HasPipeline AnnounceStart AwaitPipeline CheckPipeline WhatNow Report Closed") with
        {
            Tasks = Tasks([s_started], [new TaskReply.Hangs(), s_settled]),
        },
        Commit("settled-by-predecessor", "StartPipeline HasPipeline Report Closed") with { Tasks = Tasks([s_settled], []) },
        Retry("retry-done", "WaitUntilDue RetryJob Done", new TaskReply.Answers("""{"outcome":"done","newJobId":4712}""")),
        Retry("retry-dropped", "WaitUntilDue RetryJob Done", new TaskReply.Answers("""{"outcome":"dropped","reason":"a newer job of this name runs"}""")),
        Retry(
            "retry-task-error-retried", "WaitUntilDue RetryJob Done", new TaskReply.Fails("GitLab.Unavailable", "502"), new TaskReply.Fails("GitLab.Refused", "403"),
            new TaskReply.Fails("NullReferenceException", "a bug"), new TaskReply.Answers("""{"outcome":"done","newJobId":4713}""")),
        Retry("retry-gives-up", "WaitUntilDue RetryJob GaveUp", new TaskReply.Fails("GitLab.Refused", "403")) with
        {
            Status = FlowStatus.Failed, Error = "Cki.RetryGaveUp",
        },
        Retry("aborted", "WaitUntilDue") with { DelaySeconds = 600, IsAborted = true, Status = FlowStatus.Aborted, Error = "Cki.Canceled" },
        Retry("flow-times-out", "WaitUntilDue") with
        {
            Flow = FlowRendering.TimesOut, DelaySeconds = 600, Status = FlowStatus.TimedOut, Error = "States.Timeout",
        },
    ];

    private static FlowPath Commit(string name, string states) => new(name, "test-commit", FlowStatus.Succeeded, states);

    private static FlowPath Retry(string name, string states, params TaskReply[] replies) =>
        new(name, "retry-job", FlowStatus.Succeeded, states) { Tasks = new() { ["retry-job"] = replies } };

    private static Dictionary<string, TaskReply[]> Tasks(TaskReply[] start, TaskReply[] check, params (string Task, TaskReply[] Replies)[] others) =>
        others.Append(("start-pipeline", start)).Append(("check-pipeline", check)).ToDictionary(one => one.Item1, one => one.Item2);

    private static TaskReply.Answers Answer(string status, int loop, int waitSeconds, string more = "") =>
        new($$"""{"status":"{{status}}","loop":{{loop}},"waitSeconds":{{waitSeconds}},{{Ref}}{{more}}}""");
}
