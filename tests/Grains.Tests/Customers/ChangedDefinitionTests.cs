using System.Text;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains.Tests.Customers;

public class ChangedDefinitionTests
{
    private static readonly TwinPlan Retail = OneCustomer.Shipped("retail");

    private const string OrderOne = """
        {"id":"o1","type":"Order Completed","time":"2026-02-20T10:00:00Z","customer":"c-1",
        "properties":{"total":10,"currency":"EUR","shipping":4}}
        """;

    /// <summary>A type and a signal that come first, so that every slot behind them means something else.</summary>
    private static TwinPlan Shifted()
    {
        var text = Encoding.UTF8.GetString(Retail.Source.Bytes.Span);
        text = Before(text, "\"Product Viewed\": {\n", """ "Gift Wrapped": { "category": "orders" }, """);
        text = Before(text, "\"total\": {\n", """ "shipping": { "path": "shipping", "type": "money" }, """);
        text = Before(
            text, "\"orders\": { \"kind\"", """ "shipping": { "kind": "sum", "of": "Order Completed.shipping" }, """);
        return OneCustomer.Compile(text);
    }

    private static string Before(string text, string place, string added)
    {
        var at = text.IndexOf(place, StringComparison.Ordinal);
        Assert.True(at > 0, $"The definition has no {place}");
        return text.Insert(at, added);
    }

    [Fact]
    public void Event_read_before_the_definition_changed_is_folded_by_its_names()
    {
        var customer = new OneCustomer(Retail);
        var order = customer.Event(OrderOne);
        customer.Plans = customer.Plans.WithCurrent(Shifted());

        customer.Observe(order);

        Assert.Equal(1, customer.Number("orders"));
        Assert.Equal(10, customer.Number("spend"));
        Assert.Equal(4, customer.Number("shipping"));
    }

    [Fact]
    public void Event_of_a_type_the_new_definition_does_not_know_is_refused()
    {
        var customer = new OneCustomer(Shifted());
        var wrapped = customer.Event(
            """{"id":"g1","type":"Gift Wrapped","time":"2026-02-20T10:00:00Z","customer":"c-1"}""");
        customer.Plans = customer.Plans.WithCurrent(Retail);

        var result = Assert.Single(customer.Observe(wrapped));

        Assert.Equal(EventStatus.NotUnderstood, result.Status);
        Assert.Contains("Gift Wrapped", result.Message, StringComparison.Ordinal);
        Assert.Equal(0, customer.State.EventCount);
    }

    [Fact]
    public void First_turn_of_any_kind_refolds_before_it_decides()
    {
        var customer = new OneCustomer(Retail);
        customer.Observe(customer.Event(OrderOne));
        customer.Plans = customer.Plans.WithCurrent(Shifted());

        var reply = customer.Tell(new CustomerMessage.Decide(["web", null, null, null]));

        var decided = Assert.IsType<CustomerReply.Decided>(reply);

        var slot = Array.IndexOf(customer.Plans.Current.Vector.NumberNames, "shipping");
        Assert.Equal(4, decided.Decision.Inputs.Numbers.Span[slot]);
        Assert.False(customer.State.IsStale);
    }

    [Fact]
    public void Refused_message_of_a_stale_customer_leaves_it_refolded()
    {
        var customer = new OneCustomer(Retail);
        customer.Observe(customer.Event(OrderOne));
        customer.Plans = customer.Plans.WithCurrent(Shifted());

        var reply = customer.Tell(new CustomerMessage.SetConsents([new("nothing", ConsentStatus.Granted)], "test"));

        Assert.IsType<CustomerReply.Refused>(reply);
        Assert.False(customer.State.IsStale);
        Assert.Equal(4, customer.Number("shipping"));
    }

    [Fact]
    public void Copy_of_a_refused_event_in_the_same_message_is_refused_too()
    {
        var customer = new OneCustomer(Retail);
        customer.Tell(new CustomerMessage.SetConsents([new("analytics", ConsentStatus.Denied)], "test"));
        var viewed = customer.Event("""
            {"id":"v1","type":"Product Viewed","time":"2026-02-20T10:00:00Z","customer":"c-1",
            "properties":{"product_id":"p1"}}
            """);

        var results = customer.Observe(viewed, viewed);

        Assert.Equal([EventStatus.NoLegalBasis, EventStatus.NoLegalBasis], results.Select(r => r.Status));
    }
}
