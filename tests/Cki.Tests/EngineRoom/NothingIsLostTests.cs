using Cki.Engine;
using CsCheck;
using Xunit;

namespace Cki.Tests.EngineRooms;

/// <summary>Any sequence of sends, receives, deletes, give-backs and expiries leaves every message that was not deleted by a good receipt.</summary>
public sealed class NothingIsLostTests
{
    private static readonly Gen<(int Kind, int Number)[]> Sequences = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 1000]).Array[1, 120];

    [Fact]
    public void No_message_is_lost_and_none_is_held_twice() =>
        Sequences.Sample(Holds, iter: 300, threads: 1);

    private static bool Holds((int Kind, int Number)[] steps)
    {
        using var database = EngineDatabase.Open(":memory:", Durability.Simulated);
        var table = new QueueTable(database);
        var readings = new QueueReadings(database);
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        var alive = new SortedSet<string>(StringComparer.Ordinal);
        var held = new List<(Reception Reception, DateTimeOffset Until)>();
        int sent = 0;
        foreach ((int kind, int number) in steps)
        {
            database.InTransaction(() =>
            {
                switch (kind)
                {
                    case 0 or 1:
                        alive.Add(table.Send(new OutgoingMessage("herd", "m" + sent++, "g" + number % 4), now).ToString());
                        break;
                    case 2:
                        foreach (Reception got in table.Receive("herd", 1 + number % 3, TimeSpan.FromSeconds(10), 4, now))
                        {
                            Assert.DoesNotContain(held, other => other.Reception.Message.Id == got.Message.Id && other.Until > now);
                            held.Add((got, now.AddSeconds(10)));
                        }
                        break;
                    case 3 when held.Count > 0:
                        Reception done = held[number % held.Count].Reception;
                        if (table.Delete(long.Parse(done.Message.Id), done.Receipt))
                            Assert.True(alive.Remove(done.Message.Id));
                        held.RemoveAll(other => other.Reception == done);
                        break;
                    case 4 when held.Count > 0:
                        Reception back = held[number % held.Count].Reception;
                        table.GiveBack(long.Parse(back.Message.Id), back.Receipt, TimeSpan.FromSeconds(number % 5), now);
                        held.RemoveAll(other => other.Reception == back);
                        break;
                    default:
                        now += TimeSpan.FromMilliseconds(number * 20);
                        break;
                }
            });
        }
        IEnumerable<string> there = readings.List("herd", 0, 1000).Concat(readings.List("herd-dead", 0, 1000)).Select(message => message.Id);
        return alive.SetEquals(there) && EveryLivingMessageIsServed(database, table, readings, now);
    }

    private static bool EveryLivingMessageIsServed(EngineDatabase database, QueueTable table, QueueReadings readings, DateTimeOffset now)
    {
        int living = readings.List("herd", 0, 1000).Count;
        int served = 0;
        database.InTransaction(() => served = table.Receive("herd", 1000, TimeSpan.FromHours(1), 1000, now.AddDays(1)).Count);
        return served == living;
    }
}
