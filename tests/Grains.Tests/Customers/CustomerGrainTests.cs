using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Plan;
using DToC.Twin.State;
using DToC.Twin.Views;

namespace DToC.Grains.Tests.Customers;

public class CustomerGrainTests
{
    private static readonly TwinPlan Retail = OneCustomer.Shipped("retail");

    private static string Order(string id, string time, double total) =>
        $$$"""
            {"id":"{{{id}}}","type":"Order Completed","time":"{{{time}}}","customer":"c-1","source":"web",
            "properties":{"order_id":"{{{id}}}","total":{{{total}}},"currency":"EUR",
            "products":[{"product_id":"p1","category":"tea","quantity":2}]},"context":{"channel":"web"}}
            """;

    [Fact]
    public void Order_of_a_new_customer_shows_in_features_scores_and_stage()
    {
        var customer = new OneCustomer(Retail);

        var results = customer.Observe(customer.Event(Order("o1", "2026-03-01T10:00:00Z", 49.90)));

        Assert.Equal(EventStatus.Accepted, Assert.Single(results).Status);
        Assert.Equal(1, customer.Number("orders"));
        Assert.Equal(49.90, customer.Number("spend"));
        Assert.Equal(2, customer.Number("items"));
        Assert.Equal(0, customer.Number("purchase.x"));
        Assert.InRange(customer.Number("churn"), 0.001, 0.999);
        var view = TwinView.Of("c-1", customer.State, customer.Now);
        Assert.Equal("customer", view.Context.Stage);
        Assert.Equal("web", view.Context.Channel);
        Assert.Equal("tea", Assert.Single(view.Description.Top["favourite_category"]).Token);
    }

    [Fact]
    public void Event_sent_twice_counts_once()
    {
        var customer = new OneCustomer(Retail);
        var order = Order("o1", "2026-03-01T10:00:00Z", 10);
        customer.Observe(customer.Event(order));
        var before = customer.Stored;

        var again = customer.Observe(customer.Event(order));

        Assert.Equal(EventStatus.Duplicate, Assert.Single(again).Status);
        Assert.Equal(before, customer.Stored);
    }

    [Fact]
    public void Event_fallen_out_of_the_ring_is_found_in_the_journal()
    {
        var customer = new OneCustomer(Retail);
        for (var i = 0; i < 50; i++) customer.Observe(customer.Event(Order($"o{i}", $"2026-02-01T10:{i:d2}:00Z", 1)));

        var again = customer.Observe(customer.Event(Order("o3", "2026-02-01T10:03:00Z", 1)));

        Assert.Equal(EventStatus.Duplicate, Assert.Single(again).Status);
        Assert.Equal(50, customer.Number("orders"));
    }

    [Fact]
    public void Category_without_basis_is_refused_and_only_counted()
    {
        var customer = new OneCustomer(Retail);
        customer.Tell(new CustomerMessage.SetConsents([new("analytics", ConsentStatus.Denied)], "test"));

        var results = customer.Observe(customer.Event(
            """
                {"id":"v1","type":"Product Viewed","time":"2026-03-01T10:00:00Z","customer":"c-1",
                "properties":{"product_id":"p1"}}
                """));

        Assert.Equal(EventStatus.NoLegalBasis, results[0].Status);
        Assert.Equal(0, customer.State.EventCount);
        Assert.Equal(1, TwinView.Of("c-1", customer.State, customer.Now).Operation.Refused["behaviour"]);
        Assert.DoesNotContain(customer.Journal, e => e.Kind == JournalKind.Event);
    }

    [Fact]
    public void Score_of_a_purpose_objected_to_is_withheld_with_its_reason()
    {
        var customer = new OneCustomer(Retail);
        customer.Observe(customer.Event(Order("o1", "2026-03-01T10:00:00Z", 10)));
        customer.Tell(new CustomerMessage.SetConsents([new("analytics", ConsentStatus.Withdrawn)], "test"));

        var churn = TwinView.Of("c-1", customer.State, customer.Now).Prediction.Scores["churn"];

        Assert.Null(churn.Value);
        Assert.Contains("the customer objected", churn.Withheld, StringComparison.Ordinal);
    }

    [Fact]
    public void Trigger_publishes_the_winner_and_records_every_candidate()
    {
        var customer = new OneCustomer(Retail, Treated());
        customer.Now = Instant.From(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));

        customer.Observe(customer.Event(Order("o1", "2026-03-02T11:00:00Z", 80)));

        var published = Assert.Single(customer.Effects, e => e.Effect is Effect.Publish);
        var record = DecisionRecord.Read(Envelope.Open(((Effect.Publish)published.Effect).Payload.Span));
        Assert.Equal("thank_you", Retail.Decisions.Offers[record.Candidates[record.Winner].Offer].Name);
        var accessories = record.Candidates.Single(c => Retail.Decisions.Offers[c.Offer].Name == "accessories");
        Assert.Equal(Rejection.NoLegalBasis, accessories.Rejection);
        Assert.Single(customer.State.Contacts);
    }

    [Fact]
    public void Decision_is_rebuilt_bit_for_bit_from_its_record()
    {
        var customer = new OneCustomer(Retail, Treated());
        customer.Tell(new CustomerMessage.SetConsents(
            [new("personalization", ConsentStatus.Granted), new("marketing", ConsentStatus.Granted)], "test"));
        customer.Observe(customer.Event(Order("o1", "2026-03-01T11:00:00Z", 80)));

        var reply = Assert.IsType<CustomerReply.Decided>(
            customer.Tell(new CustomerMessage.Decide(["web", null, null, null])));
        var rebuilt = reply.Decision.Rebuild(Retail);

        Assert.Equal(Bytes(reply.Decision), Bytes(rebuilt));
        Assert.NotEqual(Decider.NoWinner, rebuilt.Winner);
        Assert.Equal(Bytes(reply.Decision), Bytes(DecisionRecord.Read(Bytes(reply.Decision))));
    }

    [Fact]
    public void Cool_down_rejects_the_second_contact()
    {
        var customer = new OneCustomer(Retail, Treated());
        customer.Observe(customer.Event(Order("o1", "2026-03-01T11:00:00Z", 80)));
        customer.Now = customer.Now.PlusMs(Instant.HourMs);

        customer.Observe(customer.Event(Order("o2", "2026-03-01T12:30:00Z", 80)));

        Assert.Single(customer.Effects, e => e.Effect is Effect.Publish);
        Assert.Equal(1, customer.State.WithoutWinner[(int)Rejection.OfferCoolDown]);
    }

    [Fact]
    public void Held_out_customer_is_decided_for_but_not_contacted()
    {
        var held = Enumerable.Range(0, 1000).Select(i => $"c-{i}").First(id => Decider.IsHeldOut(Retail, id));
        var customer = new OneCustomer(Retail, held);

        customer.Observe(customer.Event(Order("o1", "2026-03-01T11:00:00Z", 80)));

        Assert.DoesNotContain(customer.Effects, e => e.Effect is Effect.Publish);
        Assert.Equal(1, customer.State.WithoutWinner[(int)Rejection.Holdout]);
        Assert.Single(customer.Journal, e => e.Kind == JournalKind.Decision);
    }

    [Fact]
    public void Wake_up_decides_only_while_its_rule_holds()
    {
        const string added =
            """
                {"id":"a1","type":"Product Added","time":"2026-03-01T11:00:00Z","customer":"c-1",
                "properties":{"product_id":"p1"}}
                """;
        var customer = new OneCustomer(Retail, Treated());
        customer.Tell(new CustomerMessage.SetConsents([new("marketing", ConsentStatus.Granted)], "test"));
        customer.Observe(customer.Event(added));
        var asked = (Effect.WakeUp)Assert.Single(
            customer.Effects,
            e => e.Effect is Effect.WakeUp wake && wake.Name != SegmentTurn.WakeUpName).Effect;
        Assert.Equal(Instant.From(new DateTimeOffset(2026, 3, 1, 15, 0, 0, TimeSpan.Zero)), asked.At);

        customer.Now = asked.At;
        customer.Tell(new GrainMessage.WokenUp(asked.Name, asked.At));
        customer.Tell(new GrainMessage.WokenUp(asked.Name, asked.At.PlusMs(-1)));

        Assert.Single(customer.Effects, e => e.Effect is Effect.Publish);
    }

    [Fact]
    public void Old_event_folds_without_deciding()
    {
        var customer = new OneCustomer(Retail, Treated());

        customer.Observe(customer.Event(Order("o1", "2025-03-01T11:00:00Z", 80)));

        Assert.Equal(1, customer.Number("orders"));
        Assert.Equal(0, customer.State.DecisionCount);
        Assert.DoesNotContain(
            customer.Effects, e => e.Effect is not Effect.WakeUp { Name: SegmentTurn.WakeUpName });
    }

    [Fact]
    public void Merge_unites_both_and_the_old_id_leads_to_the_new()
    {
        var customer = new OneCustomer(Retail, "c-1");
        var other = GrainKey.Customer("c-2");
        customer.Observe(customer.Event(Order("o1", "2026-02-01T11:00:00Z", 10)));
        customer.Tell(other, new CustomerMessage.Observe([customer.Event(Order("o2", "2026-01-01T11:00:00Z", 30))]));

        customer.Tell(other, new CustomerMessage.MergeInto("c-1"));
        customer.DeliverSends();
        customer.DeliverSends();
        customer.Tell(other, new CustomerMessage.Observe([customer.Event(Order("o3", "2026-02-10T11:00:00Z", 5))]));

        Assert.Equal(3, customer.Number("orders"));
        Assert.Equal(45, customer.Number("spend"));
        Assert.Equal(2, customer.Number("purchase.x"));
        Assert.Equal(5, customer.Number("last_order"));
    }

    [Fact]
    public void Changed_definition_keeps_what_is_the_same_and_refolds_what_is_new()
    {
        var customer = new OneCustomer(Retail);
        customer.Observe(
            customer.Event(Order("o1", "2026-02-01T11:00:00Z", 10)),
            customer.Event(Order("o2", "2026-02-03T11:00:00Z", 30)));
        var changed = System.Text.Encoding.UTF8.GetString(Retail.Source.Bytes.Span)
            .Replace("\"views_7d\": {",
                "\"orders_10d\": { \"kind\": \"decayedCount\", \"of\": \"Order Completed\", "
                + "\"halfLifeDays\": 10 },\n    \"views_7d\": {",
                StringComparison.Ordinal);
        customer.Plans = customer.Plans.WithCurrent(OneCustomer.Compile(changed));
        Assert.True(customer.State.IsStale);
        Assert.Equal(2, customer.Number("orders"));

        customer.Tell(new GrainMessage.Refold());

        Assert.False(customer.State.IsStale);
        Assert.Equal(2, customer.Number("orders"));
        Assert.Equal(Math.Pow(0.5, 26.0416666667 / 10) + Math.Pow(0.5, 28.0416666667 / 10),
            customer.Number("orders_10d"), 1e-6);
    }

    [Fact]
    public void State_at_a_past_time_knows_only_what_had_happened()
    {
        var customer = new OneCustomer(Retail);
        customer.Observe(
            customer.Event(Order("o1", "2026-02-01T11:00:00Z", 10)),
            customer.Event(Order("o2", "2026-02-03T11:00:00Z", 30)));
        var at = Instant.From(new DateTimeOffset(2026, 2, 2, 0, 0, 0, TimeSpan.Zero));

        var state = CustomerHistory.At(customer.Journal, customer.State, customer.Plans, at, customer.Now);

        Assert.Equal(1, OneCustomer.Number(state, "orders", at));
        Assert.Equal(10, OneCustomer.Number(state, "spend", at));
    }

    [Fact]
    public void State_at_a_past_time_is_scored_with_the_definition_then_in_force()
    {
        var customer = new OneCustomer(Retail);
        customer.Observe(customer.Event(Order("o1", "2026-02-01T11:00:00Z", 10)));
        var at = customer.Now;
        var changed = System.Text.Encoding.UTF8.GetString(Retail.Source.Bytes.Span)
            .Replace("\"intercept\": -0.8", "\"intercept\": 2.5", StringComparison.Ordinal);
        customer.Plans = customer.Plans.WithCurrent(OneCustomer.Compile(changed));
        customer.Now = customer.Now.PlusMs(Instant.DayMs);
        customer.Observe(customer.Event(Order("o2", "2026-03-02T11:00:00Z", 10)));

        var then = CustomerHistory.At(customer.Journal, customer.State, customer.Plans, at, customer.Now);

        Assert.Equal(Retail.Hash, then.Plan.Hash);
        Assert.Equal(1, then.EventCount);
        Assert.True(OneCustomer.Number(then, "churn", at) < customer.Number("churn"));
    }

    [Fact]
    public void Event_read_under_another_definition_is_read_again_in_its_turn()
    {
        var customer = new OneCustomer(Retail);
        var order = customer.Event(
            Order("o1", "2026-03-01T10:00:00Z", 10).Replace("EUR", "USD", StringComparison.Ordinal));
        var view = customer.Event(
            """{"id":"v1","type":"Product Viewed","time":"2026-03-01T10:00:00Z","customer":"c-1"}""");
        customer.Plans = customer.Plans.WithCurrent(OneCustomer.Shipped("purchase-log"));

        var results = customer.Observe(order, view);

        Assert.Equal([EventStatus.Accepted, EventStatus.NotUnderstood], results.Select(r => r.Status));
        Assert.Equal(10, customer.Number("spend"));
    }

    [Fact]
    public void Checkpoint_carries_what_the_journal_forgets()
    {
        var customer = new OneCustomer(Retail);
        customer.Now = Instant.From(new DateTimeOffset(2025, 1, 1, 12, 0, 0, TimeSpan.Zero));
        for (var i = 0; i < 5; i++)
        {
            customer.Observe(
                customer.Event(
                    $$$"""
                        {"id":"v{{{i}}}","type":"Product Viewed","time":"2025-01-01T1{{{i}}}:00:00Z",
                        "customer":"c-1","properties":{"product_id":"p1","category":"tea"}}
                        """));
            customer.Now = customer.Now.PlusMs(Instant.HourMs);
        }
        customer.Now = customer.Now.PlusMs(400 * Instant.DayMs);

        customer.Tell(new GrainMessage.TakeCheckpoint());
        var kept = customer.Journal.Where(e => e.KeepUntil > customer.Now).ToList();
        Assert.Equal(JournalKind.Checkpoint, Assert.Single(kept).Kind);
        var late = customer.Observe(customer.Event(Order("o1", "2024-06-01T11:00:00Z", 10)));
        var next = customer.Observe(customer.Event(Order("o2", "2025-06-01T11:00:00Z", 10)));

        Assert.Equal(EventStatus.TooOld, late[0].Status);
        Assert.Equal(EventStatus.Accepted, next[0].Status);
        var state = CustomerHistory.At(
            [.. customer.Journal.Where(e => e.KeepUntil > customer.Now)], null, customer.Plans, customer.Now,
            customer.Now);
        Assert.Equal(customer.Number("sessions"), OneCustomer.Number(state, "sessions", customer.Now));
        Assert.Equal(6, state.EventCount);
    }

    private static string Treated() =>
        Enumerable.Range(0, 1000).Select(i => $"c-{i}").First(id => !Decider.IsHeldOut(Retail, id));

    private static byte[] Bytes(DecisionRecord record)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        record.Write(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
