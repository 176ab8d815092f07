using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains.Tests.Customers;

public class MergeTests
{
    private static readonly TwinPlan Retail = OneCustomer.Shipped("retail");
    private static readonly GrainKey A = GrainKey.Customer("a");
    private static readonly GrainKey B = GrainKey.Customer("b");
    private static readonly GrainKey C = GrainKey.Customer("c");

    private static OneCustomer Start() => new(Retail, "a");

    private static TouchpointEvent Order(
        OneCustomer customers, string id, double total, string time = "2026-02-20T10:00:00Z") =>
        customers.Event($$$"""
            {"id":"{{{id}}}","type":"Order Completed","time":"{{{time}}}","customer":"x","source":"web",
            "properties":{"total":{{{total}}},"currency":"EUR"}}
            """);

    private static EventStatus Observe(OneCustomer customers, GrainKey key, TouchpointEvent e) =>
        ((CustomerReply.Observed)customers.Tell(key, new CustomerMessage.Observe([e]))).Results[0].Status;

    /// <summary>Sent again later it is taken; a host or client does so on this answer.</summary>
    private static void AssertWaits(OneCustomer customers, GrainKey key, TouchpointEvent e) =>
        Assert.IsType<Reply.Unavailable>(customers.Tell(key, new CustomerMessage.Observe([e])));

    private static void Merge(OneCustomer customers, GrainKey from, GrainKey into) =>
        Assert.IsType<Reply.Done>(customers.Tell(from, new CustomerMessage.MergeInto(into.Id)));

    /// <summary>Carries out what the customers send each other, in order, until nothing is left.</summary>
    private static void DeliverAll(OneCustomer customers)
    {
        for (var i = 0; i < customers.Effects.Count; i++)
        {
            Assert.True(i < 200, "The customers send each other messages without end.");
            if (customers.Effects[i].Effect is not Effect.Send { To.Kind: GrainKind.Customer } send) continue;
            customers.Tell(send.To, send.Message);
        }
    }

    private static void AssertTookIn(OneCustomer customers, GrainKey key, string[] ids) =>
        Assert.Equal(ids, customers.StateOf(key).Merged.Order(StringComparer.Ordinal).ToArray());

    private static double Spend(OneCustomer customers, GrainKey key) =>
        OneCustomer.Number(customers.StateOf(key), "spend", customers.Now);

    [Fact]
    public void Event_sent_again_after_the_merge_is_a_duplicate()
    {
        var customers = Start();
        Observe(customers, A, Order(customers, "o1", 10));
        Merge(customers, A, B);
        DeliverAll(customers);

        Assert.Equal(EventStatus.Duplicate, Observe(customers, A, Order(customers, "o1", 10)));
        Assert.Equal(1, customers.StateOf(B).EventCount);
    }

    [Fact]
    public void Event_sent_again_between_move_and_absorption_waits_and_counts_once()
    {
        var customers = Start();
        Observe(customers, A, Order(customers, "o1", 10));
        Observe(customers, A, Order(customers, "o2", 5));
        Merge(customers, A, B);
        AssertWaits(customers, A, Order(customers, "o1", 10)); // B does not know A's past yet
        DeliverAll(customers);

        Assert.Equal(2, customers.StateOf(B).EventCount);
        Assert.Equal(15, Spend(customers, B));
        Assert.Equal(EventStatus.Duplicate, Observe(customers, A, Order(customers, "o1", 10)));
    }

    [Fact]
    public void Event_sent_again_along_a_chain_counts_once()
    {
        var customers = Start();
        Observe(customers, A, Order(customers, "o1", 10));
        Merge(customers, A, B);
        Merge(customers, B, C);
        AssertWaits(customers, A, Order(customers, "o1", 10)); // goes to C, which knows neither
        DeliverAll(customers);

        Assert.Equal(1, customers.StateOf(C).EventCount);
        Assert.Equal(10, Spend(customers, C));
        AssertTookIn(customers, C, ["a", "b"]);
        Assert.Equal(EventStatus.Duplicate, Observe(customers, A, Order(customers, "o1", 10)));
    }

    [Fact]
    public void Same_event_of_both_customers_counts_once_after_the_merge()
    {
        var customers = Start();
        foreach (var key in new[] { A, B }) Observe(customers, key, Order(customers, "o1", 10));
        Observe(customers, B, Order(customers, "o2", 7));

        Merge(customers, A, B);
        DeliverAll(customers);

        Assert.Equal(2, customers.StateOf(B).EventCount);
        Assert.Equal(17, Spend(customers, B));
        var fading = OneCustomer.Number(customers.StateOf(B), "orders_90d", customers.Now);
        Assert.Equal(2 * Math.Pow(0.5, 9.083333333 / 90), fading, 1e-6);
    }

    [Fact]
    public void Absorption_delivered_again_changes_nothing_even_where_the_survivor_has_moved_on()
    {
        var customers = Start();
        Observe(customers, A, Order(customers, "o1", 10));
        Merge(customers, A, B);
        var absorb = Assert.Single(customers.SentBy(A));
        customers.Tell(absorb.To, absorb.Message);
        customers.Tell(absorb.To, absorb.Message);
        Assert.Equal(1, customers.StateOf(B).EventCount);

        Merge(customers, B, C);
        customers.Tell(absorb.To, absorb.Message); // before C has heard of B
        DeliverAll(customers);

        Assert.Equal(1, customers.StateOf(C).EventCount);
        AssertTookIn(customers, C, ["a", "b"]);
    }

    [Fact]
    public void Customers_merged_into_each_other_become_the_one_with_the_least_id()
    {
        var customers = Start();
        foreach (var (key, id) in new[] { (A, "o1"), (B, "o2") }) Observe(customers, key, Order(customers, id, 10));
        Merge(customers, A, B);
        customers.Tell(B, new CustomerMessage.MergeInto("c")); // B goes elsewhere; C into A closes the ring
        Observe(customers, C, Order(customers, "o3", 10));
        Merge(customers, C, A);

        DeliverAll(customers);

        Assert.Null(customers.StateOf(A).MovedTo);
        AssertTookIn(customers, A, ["b", "c"]);
        Assert.Equal(3, customers.StateOf(A).EventCount);
        Assert.Equal(EventStatus.Duplicate, Observe(customers, B, Order(customers, "o2", 10)));
    }

    [Fact]
    public void Ring_in_which_one_was_taken_in_already_is_opened_by_another()
    {
        var customers = Start();
        foreach (var (key, id) in new[] { (A, "o1"), (B, "o2"), (C, "o3") })
        {
            Observe(customers, key, Order(customers, id, 10));
        }
        Merge(customers, A, B);
        DeliverAll(customers); // B holds A from now on: A may not come back
        customers.Effects.Clear();
        Merge(customers, C, A); // leads to B
        Merge(customers, B, C);

        DeliverAll(customers);

        Assert.Null(customers.StateOf(B).MovedTo);
        AssertTookIn(customers, B, ["a", "c"]);
        Assert.Equal(3, customers.StateOf(B).EventCount);
    }

    [Fact]
    public void Old_copy_of_an_absorption_does_not_bring_a_customer_back()
    {
        var customers = Start();
        Observe(customers, A, Order(customers, "o1", 10));
        Merge(customers, A, B);
        customers.Tell(B, new CustomerMessage.MergeInto("a")); // forwarded to nobody: B moves to A
        var copies = customers.SentBy(A);
        DeliverAll(customers); // A stays
        customers.Effects.Clear();
        var d = GrainKey.Customer("d");
        Merge(customers, A, d);
        DeliverAll(customers);
        customers.Effects.Clear();

        customers.Tell(copies[0].To, copies[0].Message);
        DeliverAll(customers);

        Assert.Equal("d", customers.StateOf(A).MovedTo);
        Assert.Equal(1, customers.StateOf(d).EventCount);
    }

    [Fact]
    public void Merge_asked_again_is_done()
    {
        var customers = Start();
        Merge(customers, A, B);

        Merge(customers, A, B);

        Assert.Single(customers.SentBy(A));
    }

    [Fact]
    public void Merge_beyond_the_limit_is_undone_and_each_keeps_what_it_said()
    {
        var customers = Start();
        for (var i = 0; i < CustomerState.MaxMerged; i++) Merge(customers, GrainKey.Customer($"m{i}"), B);
        DeliverAll(customers);
        customers.Effects.Clear();
        Observe(customers, A, Order(customers, "o1", 10));
        customers.Tell(A, new CustomerMessage.SetConsents([new("marketing", ConsentStatus.Withdrawn)], "web"));
        customers.Tell(B, new CustomerMessage.SetConsents([new("marketing", ConsentStatus.Granted)], "web"));

        Merge(customers, A, B);
        var absorb = Assert.Single(customers.SentBy(A));
        var replies = new[] { customers.Tell(absorb.To, absorb.Message), customers.Tell(absorb.To, absorb.Message) };

        // Neither Busy nor Unavailable, on which a host would try again.
        Assert.IsType<CustomerReply.Refused>(replies[0]);
        Assert.IsType<Reply.Done>(replies[1]);
        Assert.Equal(0, customers.StateOf(B).EventCount);
        customers.Effects.RemoveAll(effect => effect.Sender == A);
        DeliverAll(customers);
        var marketing = Retail.Consent.FindPurpose("marketing");
        Assert.Null(customers.StateOf(A).MovedTo);
        Assert.Equal(ConsentStatus.Withdrawn, customers.StateOf(A).Consents[marketing].Status);
        Assert.Equal(ConsentStatus.Granted, customers.StateOf(B).Consents[marketing].Status);
        Assert.Equal(EventStatus.Accepted, Observe(customers, A, Order(customers, "o2", 5)));
        Assert.Equal(2, customers.StateOf(A).EventCount);
    }

    [Fact]
    public void Merge_under_a_changed_definition_counts_once()
    {
        var customers = Start();
        foreach (var (key, id) in new[] { (A, "o1"), (B, "o2") }) Observe(customers, key, Order(customers, id, 10));
        customers.Plans = customers.Plans.WithCurrent(Changed());
        Merge(customers, A, B);

        DeliverAll(customers);

        Assert.False(customers.StateOf(B).IsStale);
        Assert.Equal(2, customers.StateOf(B).EventCount);
        Assert.Equal(20, Spend(customers, B));
    }

    [Fact]
    public void History_that_begins_with_two_checkpoints_loses_nothing()
    {
        var customers = Start();
        customers.Now = Instant.From(new DateTimeOffset(2024, 6, 1, 12, 0, 0, TimeSpan.Zero));
        foreach (var (key, day) in new[] { (A, 1), (B, 5), (B, 20) })
        {
            Observe(customers, key, Viewed(customers, key, day));
        }
        // Behind A's checkpoint, before B's: only its owner tells that no checkpoint holds it.
        Observe(customers, A, Order(customers, "o-between", 10, "2024-05-10T10:00:00Z"));
        customers.Now = Instant.From(new DateTimeOffset(2025, 6, 25, 12, 0, 0, TimeSpan.Zero)); // 395 days are kept
        foreach (var key in new[] { A, B })
        {
            Observe(customers, key, Order(customers, $"o-{key.Id}", 10, "2025-06-09T10:00:00Z"));
            customers.Tell(key, new GrainMessage.TakeCheckpoint());
            customers.RemoveExpired(key);
        }
        Merge(customers, A, B);
        DeliverAll(customers);
        Assert.Equal(6, customers.StateOf(B).EventCount);

        customers.Plans = customers.Plans.WithCurrent(Changed());
        customers.Tell(B, new GrainMessage.Refold());
        Assert.Equal(6, customers.StateOf(B).EventCount);
        Assert.Equal(30, Spend(customers, B));

        customers.Now = customers.Now.PlusMs(30 * Instant.DayMs);
        customers.Tell(B, new GrainMessage.TakeCheckpoint());
        customers.RemoveExpired(B);
        customers.Tell(B, new GrainMessage.Refold());
        Assert.Equal(6, customers.StateOf(B).EventCount);
    }

    private static TouchpointEvent Viewed(OneCustomer customers, GrainKey key, int day) => customers.Event($$$"""
        {"id":"v-{{{key.Id}}}-{{{day}}}","type":"Product Viewed","time":"2024-05-{{{day:d2}}}T10:00:00Z",
        "customer":"x","properties":{"product_id":"p1"}}
        """);

    private static TwinPlan Changed()
    {
        const string added = """
            "orders_10d": { "kind": "decayedCount", "of": "Order Completed", "halfLifeDays": 10 },
            """;
        var text = System.Text.Encoding.UTF8.GetString(Retail.Source.Bytes.Span);
        return OneCustomer.Compile(text.Insert(text.IndexOf("\"views_7d\"", StringComparison.Ordinal), added));
    }
}
