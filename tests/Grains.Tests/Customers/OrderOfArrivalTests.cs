using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains.Tests.Customers;

/// <summary>
/// However a history arrives (late, in batches, twice, after its id has fallen out of the ring), the state is the one
/// the sorted history gives: integers, sketches and ordered part to the bit, decayed values within 1e-9 of the sum of
/// absolute contributions.
/// </summary>
public class OrderOfArrivalTests
{
    private static readonly TwinPlan Retail = OneCustomer.Shipped("retail");

    [Fact]
    public void Any_permutation_with_duplicates_gives_the_state_of_the_sorted_history()
    {
        for (var seed = 0; seed < 1_000; seed++)
        {
            var history = new RandomHistory(seed, Retail);
            var events = history.Events(20 + seed % 60, "e");
            var expected = Sorted(events);
            var duplicates = history.Shuffled(events).Take(events.Length / 3);

            var actual = Arrive(history, history.Shuffled(events.Concat(duplicates)));

            AssertSame(expected, actual, events, seed);
        }
    }

    [Fact]
    public void Merge_gives_the_state_of_both_histories_together()
    {
        for (var seed = 0; seed < 1_000; seed++)
        {
            var history = new RandomHistory(seed, Retail);
            var (mine, theirs) = (history.Events(5 + seed % 40, "a"), history.Events(5 + seed % 23, "b"));
            var expected = Sorted([.. mine, .. theirs]);
            var customer = new OneCustomer(Retail) { Now = RandomHistory.Now };
            var other = GrainKey.Customer("c-2");
            foreach (var e in history.Shuffled(mine)) customer.Observe(e);
            foreach (var e in history.Shuffled(theirs)) customer.Tell(other, new CustomerMessage.Observe([e]));

            customer.Tell(other, new CustomerMessage.MergeInto("c-1"));
            customer.DeliverSends();
            customer.DeliverSends();

            AssertSame(expected, customer.State, [.. mine, .. theirs], seed);
            Assert.Equal(["c-2"], customer.State.Merged);
        }
    }

    [Fact]
    public void Backfill_in_one_message_refolds_once()
    {
        var history = new RandomHistory(5, Retail);
        var customer = new OneCustomer(Retail) { Now = RandomHistory.Now };
        var events = history.Events(400, "e");
        customer.Observe(events[..100]);
        var before = customer.Refolds;

        customer.Observe(events[100..]);

        Assert.Equal(before + 1, customer.Refolds);
        AssertSame(Sorted(events), customer.State, events, 5);
    }

    internal static CustomerState Sorted(IEnumerable<TouchpointEvent> events)
    {
        var customer = new OneCustomer(Retail) { Now = RandomHistory.Now };
        foreach (var e in events.OrderBy(OrderKey.Of)) customer.Observe(e);
        Assert.Equal(0, customer.Refolds);
        return customer.State;
    }

    private static CustomerState Arrive(RandomHistory history, TouchpointEvent[] events)
    {
        var customer = new OneCustomer(Retail) { Now = RandomHistory.Now };
        for (var i = 0; i < events.Length;)
        {
            var size = Math.Min(events.Length - i, history.Random.Next(1, 6));
            customer.Observe(events[i..(i + size)]);
            i += size;
        }
        return customer.State;
    }

    internal static void AssertSame(CustomerState expected, CustomerState actual, TouchpointEvent[] events, int seed)
    {
        var plan = expected.Plan;
        for (var i = 0; i < expected.Longs.Length; i++)
        {
            Assert.True(expected.Longs[i] == actual.Longs[i],
                $"seed {seed}: long {i} ({SlotName(plan, i, g => g.At.Longs, g => g.Size.Longs)}) "
                + $"is {actual.Longs[i]}, sorted {expected.Longs[i]}");
        }
        var decayed = plan.Layout.OrderedFrom.Reals;
        var contributions =
            events.Sum(e => 1.0 + e.Numbers.Where(n => n != TouchpointEvent.Missing).Sum(n => Math.Abs((double)n)));
        for (var i = 0; i < decayed; i++) Assert.Equal(expected.Reals[i], actual.Reals[i], 1e-9 * contributions);
        Assert.Equal(expected.Reals[decayed..], actual.Reals[decayed..]);
        Assert.Equal(expected.Bytes, actual.Bytes);
        Assert.Equal(expected.Newest, actual.Newest);
        Assert.Equal(expected.Recent.NewestForgottenMs, actual.Recent.NewestForgottenMs);
        foreach (var e in events)
            Assert.Equal(expected.Recent.Check(e.KeyHash, e.OccurredAt), actual.Recent.Check(e.KeyHash, e.OccurredAt));
    }

    private static string SlotName(TwinPlan plan, int slot, Func<SlotGroup, int> at, Func<SlotGroup, int> size) =>
        plan.Layout.Groups.First(g => slot >= at(g) && slot < at(g) + size(g)).Signature;
}
