using System.Text;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;
using DToC.Twin.Views;

namespace DToC.Grains.Tests.Customers;

/// <summary>What may not be kept any more goes: out of state, journal, checkpoints and merged customers.</summary>
public class ForgettingTests
{
    private const string Secret = "grey-heron";

    private static readonly TwinPlan Retail = OneCustomer.Shipped("retail");

    [Fact]
    public void Category_that_loses_its_last_basis_is_forgotten_and_the_others_stay()
    {
        var customer = Busy();
        var other = new OneCustomer(Retail);
        other.Observe(Order(other, "o1"));

        customer.Tell(Said("analytics", ConsentStatus.Objected));

        Assert.DoesNotContain(customer.Journal, Tells);
        Assert.Equal(1, customer.State.EventCount);
        Assert.Equal(other.State.Longs, customer.State.Longs);
        Assert.Equal(other.State.Reals, customer.State.Reals);
        Assert.Equal(other.State.Bytes, customer.State.Bytes);
        Assert.False(Contains(customer.Stored, Secret));
        Assert.Equal(EventStatus.NoLegalBasis, customer.Observe(View(customer, "v1"))[0].Status);
        Assert.Equal(EventStatus.Duplicate, customer.Observe(Order(customer, "o1"))[0].Status);
    }

    [Fact]
    public void Consent_for_another_purpose_keeps_what_it_may()
    {
        var customer = Busy();
        customer.Tell(Said("marketing", ConsentStatus.Granted));

        customer.Tell(Said("analytics", ConsentStatus.Objected));
        Assert.Equal(3, customer.State.EventCount);

        customer.Tell(Said("marketing", ConsentStatus.Withdrawn));
        Assert.Equal(1, customer.State.EventCount);
        Assert.DoesNotContain(customer.Journal, Tells);
    }

    [Fact]
    public void Restriction_forgets_nothing()
    {
        var customer = Busy();
        customer.Tell(new CustomerMessage.SetConsents(
            [
                .. Retail.Consent.Purposes.Select(
                    purpose => new ConsentChange(purpose, ConsentStatus.Unknown) { IsRestricted = true }),
            ],
            "privacy"));
        Assert.Equal(3, customer.State.EventCount);
    }

    [Fact]
    public void Consent_that_expires_takes_with_it_what_rested_on_it()
    {
        var customer = OnConsentForADay(out var end);
        customer.Observe(View(customer, "v1"), Order(customer, "o1"));
        var asked = customer.Effects.Select(sent => sent.Effect).OfType<Effect.WakeUp>().Single(w => w.At == end);

        customer.Now = end.PlusMs(-1);
        customer.Observe(View(customer, "v2"));
        Assert.Equal(3, customer.State.EventCount);

        customer.Now = end;
        customer.Tell(new GrainMessage.WokenUp(asked.Name, asked.At));
        Assert.Equal(1, customer.State.EventCount);
        Assert.DoesNotContain(customer.Journal, Tells);
    }

    [Fact]
    public void Checkpoint_forgets_too()
    {
        var customer = Busy();
        customer.Now = customer.Now.PlusMs(400 * Instant.DayMs);
        customer.Tell(new GrainMessage.TakeCheckpoint());
        customer.RemoveExpired(customer.Key);
        Assert.Contains(customer.Journal, entry => entry.Kind == JournalKind.Checkpoint && Tells(entry));

        customer.Tell(Said("analytics", ConsentStatus.Objected));

        Assert.Contains(customer.Journal, entry => entry.Kind == JournalKind.Checkpoint);
        Assert.DoesNotContain(customer.Journal, Tells);
        Assert.Equal(1, customer.Number("orders"));
        Assert.Equal(0UL, customer.State.Kept & (1UL << Retail.Consent.FindCategory("behaviour")));
    }

    [Fact]
    public void Merged_customer_forgets_with_the_one_it_was_merged_into()
    {
        var (a, b) = (GrainKey.Customer("a"), GrainKey.Customer("b"));
        var customers = new OneCustomer(Retail, "b");
        customers.Tell(a, new CustomerMessage.Observe([View(customers, "v1"), Order(customers, "o1")]));
        customers.Tell(b, new CustomerMessage.Observe([View(customers, "v2")]));
        customers.Tell(a, new CustomerMessage.MergeInto("b"));
        customers.DeliverSends();
        Assert.Equal(3, customers.State.EventCount);

        customers.Tell(b, Said("analytics", ConsentStatus.Objected));
        customers.DeliverSends();

        Assert.Equal(1, customers.State.EventCount);
        Assert.DoesNotContain(customers.JournalOf(a).Concat(customers.JournalOf(b)), Tells);
    }

    [Fact]
    public void Stricter_wishes_of_a_merged_customer_forget_what_the_other_had()
    {
        var (a, b) = (GrainKey.Customer("a"), GrainKey.Customer("b"));
        var customers = new OneCustomer(Retail, "b");
        customers.Tell(a, Said("analytics", ConsentStatus.Objected));
        customers.Tell(b, new CustomerMessage.Observe([View(customers, "v1"), Order(customers, "o1")]));

        customers.Tell(a, new CustomerMessage.MergeInto("b"));
        customers.DeliverSends();

        Assert.Equal(1, customers.State.EventCount);
        Assert.DoesNotContain(customers.JournalOf(b), Tells);
    }

    [Fact]
    public void Attributes_and_decisions_go_with_their_category()
    {
        var customer = new OneCustomer(Retail, Treated());
        customer.Tell(Said("service", ConsentStatus.Unknown));
        customer.Tell(new CustomerMessage.SetAttributes(AttributeOrigin.Declared, "crm", customer.Now,
            [new AttributeChange("loyaltyTier", "gold", null)]));
        customer.Observe(View(customer, "v1"), Order(customer, "o1"));
        customer.Tell(new CustomerMessage.Decide(["web", null, null, null]));
        Assert.Contains(customer.Journal, entry => entry.Kind == JournalKind.Decision);

        customer.Tell(Said("analytics", ConsentStatus.Objected));

        Assert.DoesNotContain(customer.Journal, entry => entry.Kind == JournalKind.Decision);
        Assert.Contains(customer.Journal, entry => entry.Kind == JournalKind.Attributes);
        Assert.NotNull(customer.State.Attributes[1]);
    }

    [Fact]
    public void Definition_that_takes_a_basis_away_is_obeyed_by_the_next_turn()
    {
        var customer = Busy();
        var stricter = Encoding.UTF8.GetString(Retail.Source.Bytes.Span).Replace(
            "\"bases\": { \"analytics\": \"legitimateInterest\", \"personalization\"",
            "\"bases\": { \"analytics\": \"consent\", \"personalization\"", StringComparison.Ordinal);
        customer.Plans = customer.Plans.WithCurrent(OneCustomer.Compile(stricter));

        customer.Tell(new GrainMessage.Refold());

        Assert.Equal(1, customer.State.EventCount);
        Assert.DoesNotContain(customer.Journal, Tells);
    }

    [Fact]
    public void Wake_up_that_a_forgotten_event_asked_for_is_withdrawn()
    {
        var customer = new OneCustomer(Retail);
        customer.Observe(customer.Event(
            $$"""
            {"id":"a1","type":"Product Added","time":"{{customer.Now.PlusMs(-1)}}","customer":"c-1",
             "properties":{"product_id":"p1"} }
            """));
        Assert.Equal(1, customer.State.WakeUps.Count);

        customer.Tell(Said("analytics", ConsentStatus.Objected));

        Assert.Equal(0, customer.State.WakeUps.Count);
        Assert.True(customer.Effects.Select(sent => sent.Effect).OfType<Effect.WakeUp>().Last().At.IsNever);
    }

    [Fact]
    public void Attribute_seen_in_an_event_of_another_category_is_not_taken_without_a_basis()
    {
        var customer = new OneCustomer(OneCustomer.Compile(Changed(
            "\"bases\": {\n        \"service\": \"contract\", \"analytics\": \"legitimateInterest\",",
            "\"bases\": {\n        \"service\": \"consent\", \"analytics\": \"consent\",", from: "\"profile\": {")));
        customer.Observe(customer.Event(
            $$"""
            {"id":"o1","type":"Order Completed","time":"{{customer.Now}}","customer":"c",
             "properties":{"order_id":"o1","total":20,"currency":"EUR","shipping_country":"DE"} }
            """));
        customer.Observe(Order(customer, "o2"));

        Assert.Null(customer.State.Attributes[0]);
        Assert.Equal(0, customer.Refolds);
    }

    [Fact]
    public void Event_that_a_definition_moves_to_a_category_without_a_basis_is_forgotten()
    {
        var customer = Busy();
        var moved = Changed("\"category\": \"behaviour\"", "\"category\": \"tracking\"", from: "\"Product Viewed\": {")
            .Replace("\"categories\": {",
                "\"categories\": { \"tracking\": { \"retentionDays\": 9, \"bases\": { \"analytics\": \"consent\" } },",
                StringComparison.Ordinal);
        customer.Plans = customer.Plans.WithCurrent(OneCustomer.Compile(moved));

        customer.Tell(new GrainMessage.Refold());

        Assert.DoesNotContain(customer.Journal, Tells);
        Assert.Equal(1, customer.Number("orders"));
    }

    [Fact]
    public void Context_is_not_shown_after_its_basis_has_ended_even_before_a_turn()
    {
        var customer = OnConsentForADay(out var end);
        customer.Observe(customer.Event(
            $$"""
            {"id":"v1","type":"Product Viewed","time":"{{customer.Now}}","customer":"c",
             "context":{"place":"Harbour"},"properties":{"product_id":"p1"} }
            """));
        Assert.Equal("Harbour", TwinView.Of("c", customer.State, customer.Now).Context.Place);
        Assert.Null(TwinView.Of("c", customer.State, end).Context.Place);
    }

    [Fact]
    public void Other_systems_are_told_what_a_merge_closed_for_the_merged_customer()
    {
        var (a, b) = (GrainKey.Customer("a"), GrainKey.Customer("b"));
        var customers = new OneCustomer(Retail, "b");
        customers.Tell(a, Said("marketing", ConsentStatus.Granted));
        customers.Tell(b, Said("marketing", ConsentStatus.Withdrawn));
        customers.Effects.RemoveAll(sent => sent.Effect is Effect.Publish);

        customers.Tell(a, new CustomerMessage.MergeInto("b"));
        customers.DeliverSends();

        var published = customers.Effects.Select(sent => sent.Effect).OfType<Effect.Publish>()
            .Single(publish => publish.Topic == Topic.Consent);
        var notice = ConsentNotice.Read(Envelope.Open(published.Payload.Span));
        Assert.Contains(new CategoryForPurpose("behaviour", "marketing"), notice.Closed);
    }

    /// <summary>Retail with one text changed, behind a place.</summary>
    private static string Changed(string old, string changed, string from)
    {
        var text = Encoding.UTF8.GetString(Retail.Source.Bytes.Span);
        var place = text.IndexOf(old, text.IndexOf(from, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(place > 0, $"'{old}' does not stand behind '{from}'.");
        return text[..place] + changed + text[(place + old.Length)..];
    }

    /// <summary>A customer of an order and two views that tell a secret.</summary>
    private static OneCustomer Busy()
    {
        var customer = new OneCustomer(Retail);
        customer.Observe(View(customer, "v1"), Order(customer, "o1"), View(customer, "v2"));
        Assert.Contains(customer.Journal, Tells);
        return customer;
    }

    /// <summary>A customer whose behaviour is kept on a consent alone, which ends in a day.</summary>
    private static OneCustomer OnConsentForADay(out Instant end)
    {
        var customer = new OneCustomer(Retail);
        end = customer.Now.PlusMs(Instant.DayMs);
        customer.Tell(new CustomerMessage.SetConsents(
            [
                new("analytics", ConsentStatus.Objected),
                new("marketing", ConsentStatus.Granted) { Expires = end },
            ],
            "web"));
        return customer;
    }

    private static bool Tells(JournalEntry entry) => Contains(entry.Payload.Span, Secret);

    private static bool Contains(ReadOnlySpan<byte> bytes, string text) =>
        bytes.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static CustomerMessage.SetConsents Said(string purpose, ConsentStatus status) =>
        new([new ConsentChange(purpose, status)], "web");

    private static string Treated() =>
        Enumerable.Range(0, 1000).Select(i => $"c-{i}").First(id => !DToC.Twin.Decisions.Decider.IsHeldOut(Retail, id));

    private static TouchpointEvent View(OneCustomer customer, string id) => customer.Event(
        $$"""
        {"id":"{{id}}","type":"Product Viewed","time":"{{customer.Now}}","customer":"c",
         "properties":{"product_id":"p1","category":"{{Secret}}"} }
        """);

    private static TouchpointEvent Order(OneCustomer customer, string id) => customer.Event(
        $$"""
        {"id":"{{id}}","type":"Order Completed","time":"{{customer.Now}}","customer":"c",
         "properties":{"order_id":"{{id}}","total":20,"currency":"EUR"} }
        """);
}
