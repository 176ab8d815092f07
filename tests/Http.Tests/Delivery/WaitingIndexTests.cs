using DToC.Http.Delivery.Queues;
using DToC.Twin;

namespace DToC.Http.Tests.Delivery;

public sealed class WaitingIndexTests
{
    private static readonly Instant Now = new(1_000_000);

    [Fact]
    public void What_is_due_first_goes_first()
    {
        var index = new WaitingIndex(isInOrder: false);
        index.Add(Waiting(1, lane: 7, at: 20));
        index.Add(Waiting(2, lane: 7, at: 10));
        Assert.Equal((2, Now.PlusMs(10)), (index.Count, index.NextAt));
        Assert.Null(index.Take(Now.PlusMs(9)));
        Assert.Equal(2, index.Take(Now.PlusMs(20))?.Number);
        Assert.Equal(1, index.Take(Now.PlusMs(20))?.Number);
        Assert.Null(index.Take(Now.PlusMs(20)));
    }

    [Fact]
    public void In_order_nothing_of_a_lane_goes_before_the_first_of_it_is_gone()
    {
        var index = new WaitingIndex(isInOrder: true);
        index.Add(Waiting(1, lane: 7, at: 20));
        index.Add(Waiting(2, lane: 7, at: 10));
        index.Add(Waiting(3, lane: 8, at: 15));
        Assert.Equal(3, index.Take(Now.PlusMs(30))?.Number);
        Assert.Equal(1, index.Take(Now.PlusMs(30))?.Number);
        Assert.Null(index.Take(Now.PlusMs(30)));
        index.PutBack(1, attempts: 2, Now.PlusMs(40));
        Assert.Null(index.Take(Now.PlusMs(39)));
        Assert.Equal((1, 2), (index.Take(Now.PlusMs(40))?.Number, index.Count - 1));
        index.Remove(1);
        Assert.Equal(2, index.Take(Now.PlusMs(40))?.Number);
        Assert.Equal((true, false), (index.HasLane(7), index.HasLane(9)));
        index.Remove(2);
        Assert.False(index.HasLane(7));
    }

    [Fact]
    public void Random_histories_lose_nothing_and_keep_the_order_of_lanes()
    {
        for (var seed = 1; seed <= 200; seed++) Walk(new Random(seed), seed);
    }

    private static void Walk(Random random, int seed)
    {
        var index = new WaitingIndex(isInOrder: true);
        var (open, taken, gone) = (new SortedDictionary<long, ulong>(), new Dictionary<long, ulong>(), 0);
        var at = 0L;
        for (var number = 1L; number <= 200 || open.Count > 0;)
        {
            at++;
            if (number <= 200 && random.Next(3) == 0)
            {
                var lane = (ulong)random.Next(5);
                index.Add(Waiting(number, lane, at + random.Next(10)));
                open.Add(number++, lane);
            }
            if (index.Take(Now.PlusMs(at)) is { } next)
            {
                // The first of its lane, and the only one on its way.
                Assert.Equal(open.First(one => one.Value == next.Lane).Key, next.Number);
                Assert.True(taken.TryAdd(next.Number, next.Lane), $"seed {seed}");
                Assert.Single(taken.Values, lane => lane == next.Lane);
            }
            if (taken.Count == 0 || random.Next(2) == 0) continue;
            var ended = taken.Keys.ElementAt(random.Next(taken.Count));
            taken.Remove(ended);
            if (random.Next(3) == 0) index.PutBack(ended, 1, Now.PlusMs(at + random.Next(20)));
            else
            {
                index.Remove(ended);
                open.Remove(ended);
                gone++;
            }
            Assert.Equal(open.Count, index.Count);
        }
        Assert.Equal((200, null, null), (gone, index.Oldest, index.NextAt));
    }

    [Fact]
    public void Delays_double_up_to_the_longest_and_are_drawn_from_nothing_on()
    {
        var schedule = new RetrySchedule(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
        Assert.Equal([5, 10, 20, 40, 60, 60],
            new[] { 1, 2, 3, 4, 5, 1_000 }.Select(attempts => (int)schedule.After(attempts, 1).TotalSeconds));
        Assert.Equal((TimeSpan.Zero, 2.5), (schedule.After(9, 0), schedule.After(1, 0.5).TotalSeconds));
    }

    private static WaitingIndex.Waiting Waiting(long number, ulong lane, long at) =>
        new(number, lane, 0, Now.PlusMs(at), Now.PlusMs(number));
}
