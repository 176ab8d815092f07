using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains.Tests.Customers;

public class SplitTests
{
    private static readonly TwinPlan Retail = OneCustomer.Shipped("retail");
    private static readonly GrainKey A = GrainKey.Customer("a");
    private static readonly GrainKey B = GrainKey.Customer("b");
    private static readonly GrainKey C = GrainKey.Customer("c");

    private static OneCustomer Start() => new(Retail, "a");

    private static EventStatus Order(OneCustomer customers, GrainKey key, string id, double total, int day = 20)
    {
        var e = customers.Event($$$"""
            {"id":"{{{id}}}","type":"Order Completed","time":"2026-02-{{{day:d2}}}T10:00:00Z","customer":"x",
            "source":"web","properties":{"total":{{{total}}},"currency":"EUR"}}
            """);
        var reply = customers.Tell(key, new CustomerMessage.Observe([e]));
        return Assert.IsType<CustomerReply.Observed>(reply).Results[0].Status;
    }

    private static void Say(OneCustomer customers, GrainKey key, ConsentStatus status) =>
        customers.Tell(key, new CustomerMessage.SetConsents([new("marketing", status)], "web"));

    private static void Declare(OneCustomer customers, GrainKey key, string country) =>
        customers.Tell(key, new CustomerMessage.SetAttributes(
            AttributeOrigin.Declared, "crm", customers.Now, [new AttributeChange("country", country, null)]));

    private static void Merge(OneCustomer customers, GrainKey from, GrainKey into)
    {
        Assert.IsType<Reply.Done>(customers.Tell(from, new CustomerMessage.MergeInto(into.Id)));
        Deliver(customers);
    }

    private static Reply Split(OneCustomer customers, GrainKey root, GrainKey off)
    {
        var reply = customers.Tell(root, new CustomerMessage.Split(off.Id));
        Deliver(customers);
        return reply;
    }

    private static void Deliver(OneCustomer customers)
    {
        customers.DeliverSends();
        customers.Effects.Clear();
    }

    private static ConsentStatus Marketing(OneCustomer customers, GrainKey key) =>
        customers.StateOf(key).Consents[Retail.Consent.FindPurpose("marketing")].Status;

    private static double Spend(OneCustomer customers, GrainKey key) =>
        OneCustomer.Number(customers.StateOf(key), "spend", customers.Now);

    private static string? Country(OneCustomer customers, GrainKey key)
    {
        var slot = Retail.Events.Attributes.ToList().FindIndex(attribute => attribute.Name == "country");
        return customers.StateOf(key).Attributes[slot]?.Text;
    }

    [Fact]
    public void Each_gets_back_what_was_sent_to_it()
    {
        var customers = Start();
        Order(customers, A, "a1", 1);
        Order(customers, B, "b1", 10);
        Merge(customers, A, B);
        Order(customers, A, "a2", 2);
        Order(customers, B, "b2", 20);
        Assert.Equal(33, Spend(customers, B));

        Assert.IsType<Reply.Done>(Split(customers, B, A));

        Assert.Equal((3, 30), (Spend(customers, A), Spend(customers, B)));
        Assert.Null(customers.StateOf(A).MovedTo);
        Assert.Empty(customers.StateOf(B).Merged);
        Order(customers, A, "a3", 4);
        Assert.Equal((7, 30), (Spend(customers, A), Spend(customers, B)));
        Assert.Equal(EventStatus.Duplicate, Order(customers, A, "a2", 2));
        Assert.Equal(EventStatus.Accepted, Order(customers, B, "a2", 2));
    }

    [Fact]
    public void Event_sent_to_both_counts_once_on_each_side()
    {
        var customers = Start();
        Order(customers, A, "before", 1);
        Merge(customers, A, B);
        Assert.Equal(EventStatus.Duplicate, Order(customers, B, "before", 1));
        Order(customers, B, "between", 2);
        Assert.Equal(EventStatus.Duplicate, Order(customers, A, "between", 2));
        Assert.Equal(EventStatus.Duplicate, Order(customers, A, "between", 2));
        Order(customers, A, "only a", 4);
        Assert.Equal(7, Spend(customers, B));

        Split(customers, B, A);

        Assert.Equal((7, 3), (Spend(customers, A), Spend(customers, B)));
        Assert.Equal((3, 2), (customers.StateOf(A).EventCount, customers.StateOf(B).EventCount));
    }

    [Fact]
    public void Consents_and_attributes_are_as_each_said_them()
    {
        var customers = Start();
        Say(customers, A, ConsentStatus.Withdrawn);
        Say(customers, B, ConsentStatus.Granted);
        Declare(customers, A, "AT");
        Merge(customers, A, B);
        Assert.Equal(ConsentStatus.Withdrawn, Marketing(customers, B));
        customers.Now = customers.Now.PlusMs(1_000);
        Declare(customers, B, "DE");

        Split(customers, B, A);
        Assert.Equal((ConsentStatus.Withdrawn, "AT"), (Marketing(customers, A), Country(customers, A)));
        Assert.Equal((ConsentStatus.Granted, "DE"), (Marketing(customers, B), Country(customers, B)));

        Merge(customers, A, B);
        customers.Now = customers.Now.PlusMs(1_000);
        Say(customers, A, ConsentStatus.Granted);
        Assert.Equal(ConsentStatus.Granted, Marketing(customers, B));
        customers.Now = customers.Now.PlusMs(1_000);
        Say(customers, B, ConsentStatus.Denied);
        Split(customers, B, A);
        Assert.Equal(ConsentStatus.Granted, Marketing(customers, A));
        Assert.Equal(ConsentStatus.Denied, Marketing(customers, B));
    }

    [Fact]
    public void Attribute_that_did_not_stand_against_the_others_stands_alone()
    {
        var customers = Start();
        customers.Now = customers.Now.PlusMs(1_000);
        Declare(customers, B, "DE");
        customers.Now = customers.Now.PlusMs(-1_000);
        Merge(customers, A, B);
        Declare(customers, A, "AT"); // said earlier than the other's
        Assert.Equal("DE", Country(customers, B));

        Split(customers, B, A);

        Assert.Equal(("AT", "DE"), (Country(customers, A), Country(customers, B)));
    }

    [Fact]
    public void Message_to_the_other_waits_until_it_has_opened()
    {
        var customers = Start();
        Order(customers, A, "a1", 1);
        Merge(customers, A, B);
        customers.Tell(B, new CustomerMessage.Split("a"));

        var early = customers.Tell(A, new CustomerMessage.Decide([null, null, null, null]));
        var checkpoint = customers.Tell(A, new GrainMessage.TakeCheckpoint());
        Assert.IsType<Reply.Unavailable>(early);
        Assert.IsType<Reply.Unavailable>(checkpoint);

        Deliver(customers);
        Assert.Equal(EventStatus.Accepted, Order(customers, A, "a2", 1));
        Assert.Equal(2, customers.StateOf(A).EventCount);
    }

    [Fact]
    public void Late_copies_change_nothing()
    {
        var customers = Start();
        Order(customers, A, "a1", 1);
        customers.Tell(A, new CustomerMessage.MergeInto("b"));
        var merge = customers.Effects.ToList();
        Deliver(customers);
        Order(customers, A, "a2", 2);
        customers.Tell(B, new CustomerMessage.Split("a"));
        var split = customers.Effects.ToList();
        Deliver(customers);

        customers.Effects.AddRange([.. merge, .. split]);
        Deliver(customers);
        Assert.Equal((3, 0), (Spend(customers, A), Spend(customers, B)));
        Assert.Empty(customers.StateOf(B).Merged);
        Assert.IsType<Reply.Done>(customers.Tell(B, new CustomerMessage.Split("a")));

        Merge(customers, A, B);
        customers.Effects.AddRange([.. merge, .. split]);
        Deliver(customers);
        Assert.Equal("b", customers.StateOf(A).MovedTo);
        Assert.Equal(3, Spend(customers, B));
    }

    [Fact]
    public void Family_goes_along_and_leads_to_whom_it_came_with()
    {
        var customers = Start();
        foreach (var (key, id, total) in new[] { (A, "a1", 1), (B, "b1", 10), (C, "c1", 100) })
        {
            Order(customers, key, id, total);
        }
        Merge(customers, A, B);
        Merge(customers, B, C);
        Assert.Equal("c", customers.StateOf(A).MovedTo); // no way over another is left
        Order(customers, A, "a2", 2);
        Assert.Contains("'b' first", Assert.IsType<CustomerReply.Refused>(Split(customers, C, A)).Message,
            StringComparison.Ordinal);

        Split(customers, C, B);
        Assert.Equal((13, 100), (Spend(customers, B), Spend(customers, C)));
        Assert.Equal("b", customers.StateOf(A).MovedTo);
        Assert.Equal(["a"], customers.StateOf(B).Merged);

        Order(customers, A, "a3", 4);
        Split(customers, B, A);
        Assert.Equal((7, 10), (Spend(customers, A), Spend(customers, B)));
    }

    [Fact]
    public void Customer_merged_into_one_that_had_moved_goes_along_with_that_one()
    {
        var customers = Start();
        foreach (var (key, id, total) in new[] { (A, "a1", 1), (B, "b1", 10), (C, "c1", 100) })
        {
            Order(customers, key, id, total);
        }
        Say(customers, B, ConsentStatus.Withdrawn);
        customers.Tell(B, new CustomerMessage.MergeInto("c"));
        customers.Tell(A, new CustomerMessage.MergeInto("b"));
        Deliver(customers);
        Order(customers, A, "a2", 2);

        Split(customers, C, B);

        Assert.Equal((13, 100), (Spend(customers, B), Spend(customers, C)));
        Assert.Equal("b", customers.StateOf(A).MovedTo);
        Split(customers, B, A);
        Assert.Equal((3, 10), (Spend(customers, A), Spend(customers, B)));
        Assert.Equal(ConsentStatus.Unknown, Marketing(customers, A));
        Assert.Equal(ConsentStatus.Withdrawn, Marketing(customers, B));
    }

    [Fact]
    public void Long_chain_of_merges_leads_by_one_move()
    {
        var customers = Start();
        for (var i = 0; i < 8; i++) customers.Tell(Link(i), new CustomerMessage.MergeInto(Link(i + 1).Id));
        Deliver(customers);

        for (var i = 0; i < 8; i++) Assert.Equal(Link(8).Id, customers.StateOf(Link(i)).MovedTo);
        Assert.Equal(EventStatus.Accepted, Order(customers, Link(0), "o", 1));

        static GrainKey Link(int i) => GrainKey.Customer($"link{i}");
    }

    [Fact]
    public void Split_after_checkpoints_gives_back_what_has_expired()
    {
        var customers = Start();
        Order(customers, A, "a1", 1, day: 1);
        Order(customers, B, "b1", 10, day: 2);
        Merge(customers, A, B);
        Order(customers, A, "a2", 2, day: 3);
        Order(customers, B, "b2", 20, day: 4);
        Say(customers, A, ConsentStatus.Granted);
        Declare(customers, A, "AT");
        customers.Now = customers.Now.PlusMs(4_000 * Instant.DayMs);
        customers.Tell(B, new GrainMessage.TakeCheckpoint());
        customers.RemoveExpired(B);
        Assert.DoesNotContain(customers.JournalOf(B), entry => entry.Kind == JournalKind.Event);
        customers.RemoveExpired(A);

        Split(customers, B, A);

        Assert.Equal((3, 30), (Spend(customers, A), Spend(customers, B)));
        Assert.Equal((ConsentStatus.Granted, "AT"), (Marketing(customers, A), Country(customers, A)));
        Assert.Equal((ConsentStatus.Unknown, null), (Marketing(customers, B), Country(customers, B)));
        foreach (var key in new[] { A, B }) customers.Tell(key, new GrainMessage.Refold());
        Assert.Equal((3, 30), (Spend(customers, A), Spend(customers, B)));
    }

    [Fact]
    public void What_was_said_before_the_merge_stands_when_the_journal_no_longer_says_it()
    {
        var customers = Start();
        Order(customers, B, "b1", 10, day: 1);
        Say(customers, B, ConsentStatus.Withdrawn);
        Declare(customers, B, "DE");
        customers.Now = customers.Now.PlusMs(4_000 * Instant.DayMs);
        customers.Tell(B, new GrainMessage.TakeCheckpoint());
        customers.RemoveExpired(B);
        Assert.DoesNotContain(customers.JournalOf(B), entry => entry.Kind == JournalKind.Consents);
        Merge(customers, A, B);
        Say(customers, A, ConsentStatus.Granted);
        Declare(customers, A, "AT");

        Split(customers, B, A);

        Assert.Equal((ConsentStatus.Withdrawn, "DE"), (Marketing(customers, B), Country(customers, B)));
        Assert.Equal((ConsentStatus.Granted, "AT"), (Marketing(customers, A), Country(customers, A)));
        Assert.Equal((0, 10), (Spend(customers, A), Spend(customers, B)));
    }

    [Fact]
    public void What_was_forgotten_while_they_were_one_stays_forgotten()
    {
        var customers = Start();
        Viewed(customers, A, "v1");
        Viewed(customers, B, "v2");
        Merge(customers, A, B);
        Viewed(customers, A, "v3");
        foreach (var purpose in Retail.Consent.Purposes)
        {
            customers.Tell(A, new CustomerMessage.SetConsents([new(purpose, ConsentStatus.Objected)], "web"));
        }
        Deliver(customers);
        Assert.Equal(0, customers.StateOf(B).EventCount);

        Split(customers, B, A);
        foreach (var key in new[] { A, B })
        {
            Assert.Equal(0, customers.StateOf(key).EventCount);
            Assert.DoesNotContain(customers.JournalOf(key), entry => entry.Kind == JournalKind.Event);
        }
        Assert.Equal(ConsentStatus.Objected, Marketing(customers, A));
        Assert.Equal(ConsentStatus.Unknown, Marketing(customers, B));
    }

    [Fact]
    public void What_was_kept_on_the_others_word_goes()
    {
        var customers = Start();
        foreach (var purpose in Retail.Consent.Purposes)
        {
            customers.Tell(A, new CustomerMessage.SetConsents([new(purpose, ConsentStatus.Objected)], "web"));
        }
        Merge(customers, A, B);
        customers.Now = customers.Now.PlusMs(1_000);
        foreach (var purpose in Retail.Consent.Purposes)
        {
            customers.Tell(B, new CustomerMessage.SetConsents([new(purpose, ConsentStatus.Granted)], "web"));
        }
        Viewed(customers, A, "v1");
        Assert.Equal(1, customers.StateOf(B).EventCount);

        Split(customers, B, A);

        Assert.Equal(0, customers.StateOf(A).EventCount);
        Assert.DoesNotContain(customers.JournalOf(A), entry => entry.Kind == JournalKind.Event);
    }

    [Fact]
    public void Only_who_was_merged_can_be_split_off()
    {
        var customers = Start();
        Order(customers, A, "a1", 1);
        Merge(customers, A, B);

        Assert.IsType<CustomerReply.Refused>(Split(customers, B, C));
        Assert.IsType<CustomerReply.Refused>(Split(customers, B, B));
        Assert.IsType<CustomerReply.Refused>(Split(customers, C, A));
    }

    private static void Viewed(OneCustomer customers, GrainKey key, string id)
    {
        var e = customers.Event($$$"""
            {"id":"{{{id}}}","type":"Product Viewed","time":"2026-02-28T10:00:00Z","customer":"x",
            "properties":{"product_id":"p1"}}
            """);
        customers.Tell(key, new CustomerMessage.Observe([e]));
    }
}
