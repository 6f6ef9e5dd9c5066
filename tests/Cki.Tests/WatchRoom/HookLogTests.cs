using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.WatchRooms;

/// <summary>GitLab's log of events beside our archive.</summary>
public sealed class HookLogTests
{
    private readonly HookedWorld _world = new();

    private string[] Found => [.. _world.Ports.Queue.Messages<PushReceived>().Select(p => $"{p.After!.Value} {p.FoundBy}")];

    private async Task LookLaterAsync()
    {
        _world.Ports.Clock.Advance(HookHealth.LogEvery);
        await _world.LookAsync();
    }

    /// <summary>As the door would.</summary>
    private void Archive(WebhookDelivery delivery)
    {
        var archived = new ArchivedDelivery(
            delivery.IdempotencyKey, "gitlab", _world.Ports.Clock.GetUtcNow(), new Dictionary<string, string>(), "", "push");
        _world.Ports.Store.Set(archived.Key, archived, DocumentJson.Default.ArchivedDelivery);
    }

    [Fact]
    public async Task What_was_logged_before_our_time_is_taken_as_it_is()
    {
        _world.Peer.Status = () => 500;
        _world.Push();
        await _world.LookAsync();
        await LookLaterAsync();
        Assert.Empty(Found);
    }

    [Fact]
    public async Task A_delivery_that_failed_is_injected_and_archived_once()
    {
        await _world.LookAsync();
        _world.Peer.Status = () => 500;
        _world.Push();
        await LookLaterAsync();
        await LookLaterAsync();
        WebhookDelivery lost = _world.GitLab.WebhooksSent[^1];
        Assert.Equal([$"{_world.GitLab.Project(A.KernelProject.Path).Branches["main"]} Reconciliation"], Found);
        string key = Assert.Single(_world.Ports.Store.Under("deliveries/"));
        Assert.EndsWith($"/gitlab/{lost.IdempotencyKey}.json", key, StringComparison.Ordinal);
        ArchivedDelivery archived = _world.Ports.Store.Peek(key, DocumentJson.Default.ArchivedDelivery)!;
        Assert.Equal((true, false, "push", "gitlab.example.kernel.linux.push"), (archived.IsReconciled, archived.IsPending, archived.Reading, archived.RoutingKey));
    }

    /// <summary>Not pushes alone.</summary>
    [Fact]
    public async Task Failed_deliveries_of_merge_requests_notes_and_pipelines_go_their_ways()
    {
        SuiteConfig config = _world.Ports.Config.Current;
        _world.Ports.Config.Current = config with
        {
            Hosts = [.. config.Hosts.Select(h => h with { BotUser = "cki-bot" })],
            Trees =
            [
                A.Tree() with
                {
                    MergeRequests = new MergeRequestRules(MergeRequestAct.Watch),
                },
            ],
        };
        (_world.Hook.MergeRequestsEvents, _world.Hook.NoteEvents, _world.Hook.PipelineEvents) = (true, true, true);
        await _world.LookAsync();
        _world.Peer.Status = () => 500;
        GitLabProject kernel = _world.GitLab.Project(A.KernelProject.Path);
        GitLabUser somebody = _world.GitLab.AddUser("somebody");
        _world.GitLab.AddMember(kernel, somebody, GitLabRole.Maintainer);
        _world.GitLab.Commit(kernel.Path, "topic", "mm: a change");
        GitLabMergeRequest request = _world.GitLab.AddMergeRequest(kernel, "A change", "topic");
        _world.GitLab.AddNote(kernel, request, somebody, "@cki-bot retest");
        _world.GitLab.StartPipeline(kernel, request, somebody, isMergedResult: false);
        _world.Pass(2);
        await LookLaterAsync();
        Assert.NotEmpty(_world.Ports.Queue.Messages<MergeRequestChanged>());
        Assert.NotEmpty(_world.Ports.Queue.Messages<PipelineSeen>());
        Assert.Equal([request.Iid], _world.Ports.Queue.Messages<NoteSeen>().Select(n => n.Iid));
    }

    [Fact]
    public async Task One_that_GitLab_saw_answered_and_we_lack_is_injected()
    {
        await _world.LookAsync();
        _world.Push();
        await LookLaterAsync();
        Assert.Single(Found);
    }

    [Fact]
    public async Task One_that_was_answered_and_archived_is_not()
    {
        await _world.LookAsync();
        _world.Push();
        Archive(_world.GitLab.WebhooksSent[^1]);
        await LookLaterAsync();
        Assert.Empty(Found);
    }

    /// <summary>The door may have died between archive and queue.</summary>
    [Fact]
    public async Task One_that_was_archived_and_failed_all_the_same_is_injected()
    {
        await _world.LookAsync();
        _world.Peer.Status = () => 500;
        _world.Push();
        Archive(_world.GitLab.WebhooksSent[^1]);
        await LookLaterAsync();
        await LookLaterAsync();
        Assert.Single(Found);
        Assert.Single(_world.Ports.Store.Under("deliveries/"));
    }

    [Fact]
    public async Task Many_events_are_read_page_by_page_back_to_the_last_one_known()
    {
        await _world.LookAsync();
        _world.Push(130);
        await LookLaterAsync();
        Assert.Equal(130, Found.Distinct().Count());
        Assert.Equal(130, Found.Length);
    }

    [Fact]
    public async Task A_log_that_is_not_shown_is_asked_for_once_a_day_and_the_hook_is_watched_on()
    {
        await _world.LookAsync();
        HookRecord seen = _world.Record!;
        _world.Ports.Store.Set(
            HookRecord.Key(A.KernelProject), seen with { Log = seen.Log! with { RefusedUntil = _world.Ports.Clock.GetUtcNow() + HookHealth.RefusedFor } }, HookJson.Default.HookRecord);
        int reads = _world.GitLab.Requests["GET /projects/:id/hooks/:hook/events"];
        _world.Disable();
        await LookLaterAsync();
        Assert.Equal(reads, _world.GitLab.Requests["GET /projects/:id/hooks/:hook/events"]);
        Assert.Single(_world.Notices);
    }

    /// <summary>Where GitLab disables no hooks, which is the default of one's own GitLab, only the log tells.</summary>
    [Fact]
    public async Task A_hook_whose_newest_deliveries_all_failed_is_down_though_GitLab_has_not_disabled_it()
    {
        var standing = new HookLog([], 0, A.Noon) { IsFailing = true };
        Assert.True(standing.With([1, 2, 3], A.Noon).IsFailing);
        await _world.LookAsync();
        _world.Disable();
        _world.Pass(61);
        await LookLaterAsync();
        Assert.True(_world.Record!.Log!.IsFailing);
        Assert.Single(_world.Notices);
    }

    [Fact]
    public async Task A_kill_at_any_point_of_the_reading_loses_no_delivery()
    {
        for (int at = 0; ; at++)
        {
            var world = new HookedWorld();
            await world.LookAsync();
            world.Peer.Status = () => 500;
            world.Push(2);
            world.Ports.Clock.Advance(HookHealth.LogEvery);
            var crash = new Crash(world.Ports, at);
            await Record.ExceptionAsync(world.LookAsync);
            Crash.Stop(world.Ports);
            await world.LookAsync();
            Assert.Equal(2, world.Ports.Queue.Messages<PushReceived>().Select(p => p.After).Distinct().Count());
            Assert.All(world.Ports.Store.Under("deliveries/"), k => Assert.False(world.Ports.Store.Peek(k, DocumentJson.Default.ArchivedDelivery)!.IsPending));
            if (!crash.Happened)
                break;
        }
    }

    [Fact]
    public void Ids_come_in_any_order_and_only_the_oldest_are_forgotten()
    {
        HookLog log = new HookLog([], 10, A.Noon).With([12, 15], A.Noon);
        Assert.Equal((false, false, true, true), (log.IsNew(10), log.IsNew(12), log.IsNew(13), log.IsNew(16)));
        HookLog full = log.With(Enumerable.Range(20, 150).Select(n => (long)n), A.Noon);
        Assert.Equal((70, false, 100), (full.Floor, full.IsNew(60), full.Done.Count));
    }
}
