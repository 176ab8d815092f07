using System.Text;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains.Tests.Customers;

/// <summary>What a customer says of purposes, and what a browser says for one.</summary>
public class ConsentTests
{
    private static readonly TwinPlan Plan = OneCustomer.Compile(
        Encoding.UTF8.GetString(OneCustomer.Shipped("retail").Source.Bytes.Span).Replace(
            "\"categories\": {", "\"saleOrSharing\": \"marketing\",\n  \"categories\": {", StringComparison.Ordinal));

    [Fact]
    public void Signal_objects_to_sale_and_sharing_alone_and_is_recorded_once()
    {
        var customer = new OneCustomer(Plan);
        customer.Tell(Granted("marketing"));
        customer.Now = customer.Now.PlusMs(Instant.HourMs);

        customer.Observe(View(customer, "v1", customer.Now, gpc: "true"));
        customer.Observe(View(customer, "v2", customer.Now, gpc: "\"1\""));

        var said = Consent(customer, "marketing");
        Assert.Equal((ConsentStatus.Objected, customer.Now, "gpc"), (said.Status, said.At, said.Source));
        Assert.Equal(ConsentStatus.Unknown, Consent(customer, "analytics").Status);
        Assert.Equal(2, customer.Journal.Count(entry => entry.Kind == JournalKind.Consents));
        Assert.Equal(2, customer.State.EventCount);
    }

    [Fact]
    public void Consent_given_after_the_signal_stands_over_it_until_it_is_withdrawn()
    {
        var customer = new OneCustomer(Plan);
        customer.Observe(View(customer, "v1", customer.Now, gpc: "true"));
        customer.Now = customer.Now.PlusMs(Instant.HourMs);
        customer.Tell(Granted("marketing"));
        customer.Now = customer.Now.PlusMs(Instant.HourMs);

        customer.Observe(View(customer, "v2", customer.Now, gpc: "true"));
        Assert.Equal(ConsentStatus.Granted, Consent(customer, "marketing").Status);

        customer.Tell(new CustomerMessage.SetConsents([new("marketing", ConsentStatus.Withdrawn)], "web"));
        customer.Observe(View(customer, "v3", customer.Now, gpc: "true"));
        Assert.Equal(ConsentStatus.Withdrawn, Consent(customer, "marketing").Status);
    }

    [Fact]
    public void Signal_of_an_event_that_comes_late_yields_to_what_was_said_since()
    {
        var customer = new OneCustomer(Plan);
        var before = customer.Now.PlusMs(-Instant.DayMs);
        customer.Tell(Granted("marketing"));

        customer.Observe(View(customer, "v1", before, gpc: "true"));

        Assert.Equal(ConsentStatus.Granted, Consent(customer, "marketing").Status);
    }

    [Fact]
    public void Consent_said_before_the_signal_does_not_stand_over_it()
    {
        var customer = new OneCustomer(Plan);
        customer.Tell(new CustomerMessage.SetConsents([new("marketing", ConsentStatus.Withdrawn)], "web"));
        var before = customer.Now.PlusMs(Instant.HourMs);
        customer.Now = before.PlusMs(Instant.HourMs);
        customer.Observe(View(customer, "v1", customer.Now, gpc: "true"));

        customer.Tell(Granted("marketing") with { At = before });

        Assert.Equal(ConsentStatus.Objected, Consent(customer, "marketing").Status);
    }

    [Fact]
    public void Signal_goes_also_for_an_event_that_may_not_be_kept_or_needs_the_history()
    {
        var customer = new OneCustomer(Plan);
        customer.Observe(View(customer, "v1", customer.Now, gpc: "false"));
        // Earlier than the newest: the turn is run twice, and the first run must leave nothing behind.
        customer.Observe(View(customer, "v0", customer.Now.PlusMs(-Instant.HourMs), gpc: "true"));
        Assert.Equal(1, customer.Refolds);
        Assert.Equal(ConsentStatus.Objected, Consent(customer, "marketing").Status);

        var other = new OneCustomer(Plan, "c-2");
        other.Tell(new CustomerMessage.SetConsents([new("analytics", ConsentStatus.Objected)], "web"));
        var result = other.Observe(View(other, "v1", other.Now, gpc: "true"));
        Assert.Equal(EventStatus.NoLegalBasis, Assert.Single(result).Status);
        Assert.Equal(ConsentStatus.Objected, Consent(other, "marketing").Status);
    }

    [Fact]
    public void What_was_said_later_stands_whichever_comes_first()
    {
        var customer = new OneCustomer(Plan);
        customer.Tell(new CustomerMessage.SetConsents([new("marketing", ConsentStatus.Withdrawn)], "web"));

        customer.Tell(Granted("marketing") with { At = customer.Now.PlusMs(-Instant.DayMs) });

        Assert.Equal(ConsentStatus.Withdrawn, Consent(customer, "marketing").Status);
        Assert.Equal(2, customer.Journal.Count(entry => entry.Kind == JournalKind.Consents));
    }

    [Fact]
    public void Restricted_data_are_kept_and_not_used()
    {
        var customer = new OneCustomer(Plan);
        customer.Observe(Order(customer, "o1"));
        Assert.True(double.IsFinite(customer.Number("lifetime_value")));

        customer.Tell(Restricted(true));
        Assert.Equal(EventStatus.Accepted, Assert.Single(customer.Observe(Order(customer, "o2"))).Status);
        Assert.True(double.IsNaN(customer.Number("lifetime_value")));
        Assert.True(double.IsNaN(customer.Number("orders")));

        customer.Tell(Restricted(false));
        Assert.Equal(2, customer.Number("orders"));
    }

    [Fact]
    public void Journal_tells_what_was_said_to_the_byte()
    {
        var customer = new OneCustomer(Plan);
        ConsentChange[] said =
        [
            new("marketing", ConsentStatus.Granted)
            {
                TextVersion = "2026-03",
                Expires = customer.Now.PlusMs(Instant.DayMs),
                IsExplicit = true,
            },
            new("analytics", ConsentStatus.Unknown) { IsRestricted = true },
            new("service", ConsentStatus.Objected),
        ];
        customer.Tell(new CustomerMessage.SetConsents(said, "settings"));
        customer.Observe(View(customer, "v1", customer.Now, gpc: "true"));

        var (source, changes) = JournalPayload.ReadConsents(customer.Journal[0].Payload);
        Assert.Equal("settings", source);
        Assert.Equal(said, changes);
        var again = CustomerHistory.At(
            customer.Journal, today: null, customer.Plans, new Instant(long.MaxValue), customer.Now);
        Assert.Equal(customer.State.Consents, again.Consents);
    }

    [Fact]
    public void What_has_expired_is_not_shown_of_the_past_either()
    {
        var customer = new OneCustomer(Plan);
        customer.Tell(new CustomerMessage.SetConsents(
            [new("marketing", ConsentStatus.Granted) { Expires = customer.Now.PlusMs(Instant.DayMs) }], "web"));
        customer.Observe(View(customer, "v1", customer.Now, gpc: "false"));
        var then = customer.Now.PlusMs(1);
        Assert.True(double.IsFinite(customer.Number("email_response", then)));

        var past = CustomerHistory.At(
            customer.Journal, customer.State, customer.Plans, then, customer.Now.PlusMs(2 * Instant.DayMs));
        Assert.True(double.IsNaN(OneCustomer.Number(past, "email_response", then)));
    }

    private static CustomerMessage.SetConsents Granted(string purpose) =>
        new([new ConsentChange(purpose, ConsentStatus.Granted)], "web");

    private static CustomerMessage.SetConsents Restricted(bool isRestricted) => new(
        [
            .. Plan.Consent.Purposes.Select(
                purpose => new ConsentChange(purpose, ConsentStatus.Unknown) { IsRestricted = isRestricted }),
        ],
        "privacy");

    private static ConsentRecord Consent(OneCustomer customer, string purpose) =>
        customer.State.Consents[Plan.Consent.FindPurpose(purpose)];

    private static Twin.Events.TouchpointEvent View(OneCustomer customer, string id, Instant time, string gpc) =>
        customer.Event(
            $$"""
            {"id":"{{id}}","type":"Product Viewed","time":"{{time}}","customer":"c","context":{"gpc":{{gpc}} },
             "properties":{"product_id":"p1","category":"tea"} }
            """);

    private static Twin.Events.TouchpointEvent Order(OneCustomer customer, string id) =>
        customer.Event(
            $$"""
            {"id":"{{id}}","type":"Order Completed","time":"{{customer.Now}}","customer":"c",
             "properties":{"order_id":"{{id}}","total":20,"currency":"EUR"} }
            """);
}
