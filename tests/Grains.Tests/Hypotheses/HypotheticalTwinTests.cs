using DToC.Grains.Tests.Customers;
using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;
using DToC.Twin.Views;

namespace DToC.Grains.Tests.Hypotheses;

/// <summary>A twin as it would be is what the same turns would have left, and the real one is not touched.</summary>
public class HypotheticalTwinTests
{
    private static readonly TwinPlan Retail = OneCustomer.Shipped("retail");
    private static readonly string Id = HypotheticalId.Prefix + new string('0', HypotheticalId.Digits);

    private static readonly string Treated =
        Enumerable.Range(0, 1_000).Select(i => $"c-{i}").First(id => !Decider.IsHeldOut(Retail, id));

    private static Hypothesis Assume(OneCustomer customer) => new() { Id = Id, MadeAt = customer.Now };

    private static HypothesisResult Result(OneCustomer customer, Hypothesis assumed)
    {
        var before = customer.Stored.ToArray();
        var real = new RealTwin(customer.Key.Id, customer.Stored);
        var result = HypotheticalTwin.Of(assumed, real, customer.Plans, customer.Now);
        if (result is HypothesisResult.NeedsHistory needs)
        {
            var history = customer.HistoryOf(needs.Keys);
            result = HypotheticalTwin.Of(assumed, real, customer.Plans, customer.Now, history);
        }
        Assert.Equal(before, customer.Stored);
        return result;
    }

    private static HypotheticalTwin Fold(OneCustomer customer, Hypothesis assumed) =>
        Assert.IsType<HypothesisResult.Folded>(Result(customer, assumed)).Twin;

    private static HypothesisResult.Refused Refused(OneCustomer customer, Hypothesis assumed) =>
        Assert.IsType<HypothesisResult.Refused>(Result(customer, assumed));

    private static string Order(string id, string time, double total, string country = "AT") =>
        $$$"""
            {"id":"{{{id}}}","type":"Order Completed","time":"{{{time}}}","customer":"c-1","source":"web",
            "properties":{"order_id":"{{{id}}}","total":{{{total}}},"currency":"EUR",
            "shipping_country":"{{{country}}}"},"context":{"channel":"web"}}
            """;

    private static OneCustomer Buyer()
    {
        var customer = new OneCustomer(Retail, Treated);
        customer.Observe(customer.Event(Order("o1", "2026-01-10T10:00:00Z", 40)));
        customer.Observe(customer.Event(Order("o2", "2026-02-10T10:00:00Z", 60, "DE")));
        return customer;
    }

    [Fact]
    public void Nothing_assumed_gives_the_very_bytes()
    {
        var customer = Buyer();
        Assert.Equal(customer.Stored, Fold(customer, Assume(customer)).Stored);
    }

    [Fact]
    public void Assumed_events_give_the_bytes_that_real_ones_would_have()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var history = new RandomHistory(seed, Retail);
            var (real, assumed) = (history.Events(10 + seed % 50, "r"), history.Events(1 + seed % 9, "a"));
            var customer = new OneCustomer(Retail) { Now = RandomHistory.Now };
            var twin = new OneCustomer(Retail) { Now = RandomHistory.Now };
            foreach (var e in history.Shuffled(real))
            {
                customer.Observe(e);
                twin.Observe(e);
            }
            AssumedEvents[] batches = [new(customer.Now, assumed[..1]), new(customer.Now, assumed[1..])];

            var folded = Fold(customer, Assume(customer) with { Events = batches });

            foreach (var batch in batches) twin.Observe([.. batch.Events]);
            Assert.Equal(twin.Stored, folded.Stored);
        }
    }

    [Fact]
    public void History_left_out_gives_the_twin_that_never_had_it()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var history = new RandomHistory(seed, Retail);
            var (kept, left) = (history.Events(10 + seed % 50, "k"), history.Events(1 + seed % 9, "l"));
            var customer = new OneCustomer(Retail) { Now = RandomHistory.Now };
            // Some are older than they may be kept, and were never taken.
            var taken = history.Shuffled(kept.Concat(left))
                .Where(e => customer.Observe(e)[0].Status == EventStatus.Accepted).ToHashSet();

            var without = left.Where(taken.Contains).Select(e => e.Id).ToList();
            var folded = Fold(customer, Assume(customer) with { Without = without });

            OrderOfArrivalTests.AssertSame(OrderOfArrivalTests.Sorted(kept), folded.State, kept, seed);
        }
    }

    [Fact]
    public void History_of_merged_customers_can_be_left_out_too()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var history = new RandomHistory(seed, Retail);
            var (mine, theirs) = (history.Events(10, "a"), history.Events(10, "b"));
            var customer = new OneCustomer(Retail) { Now = RandomHistory.Now };
            var other = GrainKey.Customer("c-2");
            foreach (var e in mine) customer.Observe(e);
            customer.Tell(other, new CustomerMessage.Observe(theirs));
            customer.Tell(other, new CustomerMessage.MergeInto("c-1"));
            customer.DeliverSends();
            customer.DeliverSends();
            var left = theirs.First(e => customer.State.Recent.Check(e.KeyHash, e.OccurredAt)
                == RecentEvents.Standing.Duplicate);
            TouchpointEvent[] kept = [.. mine, .. theirs.Where(e => e != left)];

            var folded = Fold(customer, Assume(customer) with { Without = [left.Id] });

            OrderOfArrivalTests.AssertSame(OrderOfArrivalTests.Sorted(kept), folded.State, kept, seed);
            Assert.Equal(["c-2"], folded.State.Merged);
        }
    }

    [Fact]
    public void Past_moment_gives_the_twin_of_then()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var history = new RandomHistory(seed, Retail);
            var events = history.Events(30, "e");
            var customer = new OneCustomer(Retail) { Now = RandomHistory.Now };
            foreach (var e in history.Shuffled(events)) customer.Observe(e);
            var at = RandomHistory.Now.PlusMs(-100 * Instant.DayMs);

            var folded = Fold(customer, Assume(customer) with { At = at });

            TouchpointEvent[] until = [.. events.Where(e => e.OccurredAt <= at)];
            OrderOfArrivalTests.AssertSame(OrderOfArrivalTests.Sorted(until), folded.State, until, seed);
        }
    }

    [Fact]
    public void Attribute_observed_by_an_event_goes_with_it_and_what_stood_before_stands_again()
    {
        var customer = Buyer();
        var country = Retail.Events.PlaceOfAttribute("country").Slot;
        Assert.Equal("DE", customer.State.Attributes[country]?.Text);

        Assert.Equal(
            "AT", Fold(customer, Assume(customer) with { Without = ["o2"] }).State.Attributes[country]?.Text);
        var never = Fold(customer, Assume(customer) with { Without = ["Order Completed"] });
        Assert.Null(never.State.Attributes[country]);
        Assert.Equal(0, never.State.EventCount);
    }

    [Fact]
    public void Past_moment_knows_nothing_that_was_said_or_sent_later()
    {
        var customer = Buyer();
        var before = customer.Now.PlusMs(-Instant.DayMs);
        customer.Tell(new CustomerMessage.SetAttributes(
            AttributeOrigin.Declared, "test", customer.Now, [new AttributeChange("loyaltyTier", "gold", null)]));
        customer.Observe(customer.Event(Order("o3", "2026-03-01T11:00:00Z", 80)));
        Assert.NotEmpty(customer.State.Contacts);

        var then = Fold(customer, Assume(customer) with { At = before }).State;

        Assert.Null(then.Attributes[Retail.Events.PlaceOfAttribute("loyaltyTier").Slot]);
        Assert.Empty(then.Contacts);
        Assert.Equal(2, then.EventCount);
    }

    [Fact]
    public void Assumed_attribute_stands_over_a_stronger_origin_and_assumed_context_over_events()
    {
        var customer = Buyer();
        var assumed = Assume(customer) with
        {
            Attributes = [new AttributeChange("country", "FR", null)],
            Context = ["store", null, "vienna", null],
            Events = [new AssumedEvents(
                customer.Now, [customer.Event(Order("o3", "2026-02-20T10:00:00Z", 5, "IT"))])],
        };
        var view = TwinView.Of("x", Fold(customer, assumed).State, customer.Now);

        Assert.Equal(("store", "vienna"), (view.Context.Channel, view.Context.Place));
        Assert.Equal("IT", Fold(customer, assumed with { Attributes = [] })
            .State.Attributes[Retail.Events.PlaceOfAttribute("country").Slot]?.Text);
        Assert.Equal(3, view.Description.Features["orders"]);
        Assert.Equal("FR", Assert.IsType<string>(view.Description.Attributes["country"].Value));
    }

    [Theory]
    [InlineData("marketing", ConsentStatus.Granted, "marketing")]
    [InlineData("nonsense", ConsentStatus.Granted, "nonsense")]
    public void Consents_that_allow_more_are_refused(string purpose, ConsentStatus status, string says)
    {
        var customer = Buyer();
        var refused = Refused(customer, Assume(customer) with { Consents = [new ConsentChange(purpose, status)] });
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Consents_that_allow_less_take_effect_in_the_past_too()
    {
        var customer = Buyer();
        customer.Tell(new CustomerMessage.SetConsents([new("analytics", ConsentStatus.Granted)], "test"));
        var less = Assume(customer) with { Consents = [new ConsentChange("analytics", ConsentStatus.Withdrawn)] };
        foreach (var assumed in (Hypothesis[])[less, less with { At = customer.Now.PlusMs(-30 * Instant.DayMs) }])
        {
            var churn = TwinView.Of("x", Fold(customer, assumed).State, assumed.AsOf(customer.Now))
                .Prediction.Scores["churn"];
            Assert.Null(churn.Value);
            Assert.Contains("analytics", churn.Withheld, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Consent_that_has_expired_does_not_hold_again_at_an_earlier_moment()
    {
        var customer = Buyer();
        var granted = new ConsentChange("marketing", ConsentStatus.Granted)
        {
            Expires = customer.Now.PlusMs(Instant.HourMs),
        };
        customer.Tell(new CustomerMessage.SetConsents([granted], "test"));
        customer.Now = customer.Now.PlusMs(2 * Instant.HourMs);

        var then = Fold(customer, Assume(customer) with { At = customer.Now.PlusMs(-90 * 60_000) });

        Assert.Null(LawfulUses.Beyond(
            customer.State, customer.Now, then.State, customer.Now.PlusMs(-90 * 60_000)));
        Assert.Equal(ConsentStatus.Unknown, then.State.Consents[Retail.Consent.FindPurpose("marketing")].Status);
    }

    [Fact]
    public void Lawful_uses_hold_until_one_of_them_is_withdrawn()
    {
        var customer = Buyer();
        var lawful = LawfulUses.Of(customer.State, customer.Now);
        customer.Tell(new CustomerMessage.SetConsents([new("marketing", ConsentStatus.Granted)], "test"));
        Assert.True(lawful.HoldIn(customer.State, customer.Now));
        customer.Tell(new CustomerMessage.SetConsents([new("analytics", ConsentStatus.Objected)], "test"));
        Assert.False(lawful.HoldIn(customer.State, customer.Now));
    }

    [Theory]
    [InlineData("o9", "No event of this customer has the id or type 'o9'")]
    [InlineData("Product Viewed", "No event of this customer has the id or type 'Product Viewed'")]
    public void What_never_happened_cannot_be_left_out(string name, string says)
    {
        var customer = Buyer();
        Assert.Contains(
            says, Refused(customer, Assume(customer) with { Without = ["o1", name] }).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_checkpoint_holds_cannot_be_left_out()
    {
        var customer = new OneCustomer(Retail, Treated);
        customer.Now = Instant.From(new DateTimeOffset(2025, 1, 1, 12, 0, 0, TimeSpan.Zero));
        var view = """{"id":"v","type":"Product Viewed","time":"2025-01-01T11:00:00Z","customer":"c"}""";
        customer.Observe(customer.Event(Order("o0", "2025-01-01T10:00:00Z", 10)), customer.Event(view));
        customer.Now = customer.Now.PlusMs(396 * Instant.DayMs);
        customer.Tell(new GrainMessage.TakeCheckpoint());
        customer.RemoveExpired(customer.Key);
        customer.Observe(customer.Event(Order("o1", "2026-01-20T10:00:00Z", 20)));

        Assert.Contains("held together", Held("o0"), StringComparison.Ordinal);
        Assert.Contains("held together", Held("Order Completed"), StringComparison.Ordinal);
        var at = Assume(customer) with { At = Instant.From(new DateTimeOffset(2024, 6, 1, 0, 0, 0, TimeSpan.Zero)) };
        Assert.Contains("begins after", Refused(customer, at).Message, StringComparison.Ordinal);
        var without = Fold(customer, Assume(customer) with { Without = ["o1"] });
        Assert.Equal(1, OneCustomer.Number(without.State, "orders", customer.Now));

        string Held(string name) => Refused(customer, Assume(customer) with { Without = [name] }).Message;
    }

    [Fact]
    public void Asking_for_a_decision_leaves_nothing_behind_and_is_answered_alike_again()
    {
        var customer = Buyer();
        var twin = Fold(customer, Assume(customer) with { Context = ["web", null, null, null] });
        var before = twin.Stored;

        var first = Decided(twin);
        var second = Decided(twin);

        Assert.Equal(before, twin.Stored);
        Assert.Equal("bestsellers", Retail.Decisions.Offers[first.Candidates[first.Winner].Offer].Name);
        Assert.Equal((first.Seed, first.Winner), (second.Seed, second.Winner));
        Assert.Equal(first.Inputs.Numbers.ToArray(), second.Inputs.Numbers.ToArray());
        var web = StableHash.Of("web");
        Assert.Equal(web, first.Inputs.Texts.Span[VectorPlan.FirstContextText + ContextKeys.Channel]);

        DecisionRecord Decided(HypotheticalTwin of) => Assert.IsType<CustomerReply.Decided>(
            of.Decide(new CustomerMessage.Decide(new string?[ContextKeys.Count]), customer.Now)).Decision;
    }

    [Fact]
    public void Somebody_made_up_is_what_is_assumed_and_may_allow_all()
    {
        var customer = new OneCustomer(Retail);
        var assumed = Assume(customer) with
        {
            Consents = [new("marketing", ConsentStatus.Granted)],
            Attributes = [new AttributeChange("householdSize", null, 2)],
            Events = [new AssumedEvents(customer.Now, Buyer().Journal
                .Where(e => e.Kind == JournalKind.Event)
                .Select(e => customer.Event(System.Text.Encoding.UTF8.GetString(
                    JournalPayload.ReadEvent(e.Payload).Span))).ToList())],
        };
        var folded = Assert.IsType<HypothesisResult.Folded>(
            HypotheticalTwin.Of(assumed, null, customer.Plans, customer.Now)).Twin;

        Assert.Equal(2, OneCustomer.Number(folded.State, "orders", customer.Now));
        Assert.All(folded.Results, result => Assert.Equal(EventStatus.Accepted, result.Status));
        Assert.True(folded.State.Consents[Retail.Consent.FindPurpose("marketing")].IsGranted(customer.Now));
    }

    [Fact]
    public void Refused_attributes_say_what_would_be_right()
    {
        var customer = Buyer();
        var unknown = Assume(customer) with { Attributes = [new AttributeChange("size", null, 1)] };
        Assert.Contains("the definition has", Refused(customer, unknown).Message, StringComparison.Ordinal);
        var persona = Refused(customer, Assume(customer) with { Persona = "work" });
        Assert.Contains("No persona can be chosen", persona.Message, StringComparison.Ordinal);
    }
}
