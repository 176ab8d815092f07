using System.Text;
using DToC.Twin.Events;
using DToC.Twin.Tests.State;

namespace DToC.Twin.Tests.Events;

public class EventReaderTests
{
    [Fact]
    public void Event_of_every_part_is_read_whole()
    {
        var e = Incoming.Event("""
            {"id":"e-1","source":"shop","type":"Bought","time":"2026-03-02T10:59:30.5+01:00","customer":"c-1",
             "identifiers":{"email":"a@b.c","cookie":"k"},"context":{"channel":"web","place":"Wien","more":{"x":1}},
             "properties":{"total":12.345,"gift":true,"a":{"b":{"c":7}},"unknown":[{"deep":[1]}],
               "lines":[{"product":"p1","quantity":2,"price":3.5},{"product":"p2","quantity":1,"price":1.25}]}}
            """);
        Assert.Equal(("e-1", "shop", "c-1", false), (e.Id, e.Source, e.Customer, e.Stamped));
        Assert.Equal("2026-03-02T09:59:30.500Z", e.OccurredAt.ToString());
        Assert.Equal([new Identifier("email", "a@b.c"), new Identifier("cookie", "k")], e.Identifiers);
        Assert.Equal(["web", "", "Wien", ""], e.Context.Select(c => Encoding.UTF8.GetString(c.Span)).ToArray());
        Assert.Equal(1_235, Incoming.Number(e, "total")); // halves away from zero, in cents
        Assert.Equal((300, 125, 350, 200, 350), (Incoming.Number(e, "items"), Incoming.Number(e, "cheapest"),
            Incoming.Number(e, "dearest"), Incoming.Number(e, "lines"), Incoming.Number(e, "first")));
        Assert.Equal(7, Incoming.Number(e, "deep"));
        Assert.Equal(["p1", "p2"], Incoming.Tokens(e, "product"));
        Assert.Equal(StableHash.Of("shop\0e-1"), e.KeyHash);
    }

    [Fact]
    public void Signals_not_given_are_missing()
    {
        var e = Incoming.Event(Incoming.Order("\"total\":1,\"gift\":null,\"lines\":[]"));
        Assert.All((string[])["gift", "items", "cheapest", "lines", "deep"], signal =>
            Assert.Equal(TouchpointEvent.Missing, Incoming.Number(e, signal)));
        Assert.Empty(e.Tokens);
    }

    [Fact]
    public void Event_without_time_is_stamped()
    {
        var e = Incoming.Event(Incoming.Order("\"total\":1"));
        Assert.Equal((Incoming.Now, true), (e.OccurredAt, e.Stamped));
    }

    [Fact]
    public void Cloud_event_in_structured_mode_is_read()
    {
        var e = Incoming.Event("""
            {"specversion":"1.0","id":"ce-1","source":"web","type":"Seen","subject":"c-7",
             "datacontenttype":"application/json",
             "time":"2026-03-02T09:00:00Z","data":{"product":"p9"}}
            """);
        Assert.Equal(("ce-1", "c-7", "Seen"), (e.Id, e.Customer, SmallTwin.Plan.Events.Types[e.Type].Name));
        Assert.Equal(["p9"], Incoming.Tokens(e, "product"));
    }

    [Fact]
    public void Amounts_of_other_currencies_are_converted()
    {
        var dollars = Incoming.Event(Incoming.Order("\"total\":10,\"currency\":\"USD\""));
        Assert.Equal(500, Incoming.Number(dollars, "total"));
        var euros = Incoming.Event(Incoming.Order("\"currency\":\"EUR\",\"total\":10"));
        Assert.Equal(1_000, Incoming.Number(euros, "total"));
    }

    [Fact]
    public void Escaped_texts_are_unescaped()
    {
        var e = Incoming.Event("""
            {"\u0069d":"e\u002d1","source":"web","type":"B\u006fught","customer":"\"c\"",
             "context":{"place":"W\u00fcrzburg"},
             "properties":{"tot\u0061l":1,"lines":[{"product":"a\/b\n"}]}}
            """);
        Assert.Equal(("e-1", "\"c\""), (e.Id, e.Customer));
        Assert.Equal("Würzburg", Encoding.UTF8.GetString(e.Context[2].Span));
        Assert.Equal(["a/b\n"], Incoming.Tokens(e, "product"));
    }

    [Fact]
    public void Numbers_are_tokens_too_and_long_tokens_are_cut_at_a_character()
    {
        var e = Incoming.Event(Incoming.Order($$"""
            "total":1,"lines":[{"product":17},{"product":"{{new string('ü', 200)}}"}]
            """));
        Assert.Equal(["17", new string('ü', 128)], Incoming.Tokens(e, "product"));
    }

    [Fact]
    public void Attributes_are_observed()
    {
        var e = Incoming.Event(Incoming.Order(
            "\"total\":1,\"address\":{\"country\":\"AT\"},\"size\":2.5,\"vip\":true"));
        Assert.Equal(
            [new AttributeValue(0, "AT", 0), new AttributeValue(1, null, 2.5), new AttributeValue(2, null, 1)],
            e.Attributes);
    }

    [Fact]
    public void Reader_keeps_nothing_of_an_earlier_event()
    {
        var reader = new EventReader(SmallTwin.Plan.Events, EventLimits.Default);
        var full = Encoding.UTF8.GetBytes(Incoming.Order(
            "\"total\":1,\"currency\":\"USD\",\"size\":3,\"lines\":[{\"product\":\"p\"}]",
            ",\"context\":{\"place\":\"x\"},\"identifiers\":{\"email\":\"e\"}"));
        Assert.IsType<EventReading.Read>(reader.Read(full, Incoming.Now));
        var second = reader.Read(Encoding.UTF8.GetBytes(Incoming.Order("\"total\":1")), Incoming.Now);
        var bare = Assert.IsType<EventReading.Read>(second).Event;
        Assert.Equal(100, Incoming.Number(bare, "total"));
        Assert.Empty(bare.Tokens);
        Assert.Empty(bare.Attributes);
        Assert.Empty(bare.Identifiers);
        Assert.All(bare.Context, c => Assert.True(c.IsEmpty));
    }

    [Fact]
    public void Stored_event_skips_the_checks_of_today()
    {
        var reader = new EventReader(SmallTwin.Plan.Events, EventLimits.Default);
        var json = Encoding.UTF8.GetBytes("""{"id":"e","source":"old","type":"Bought","properties":{"total":5000}}""");
        var e = Assert.IsType<EventReading.Read>(reader.ReadStored(json, new Instant(5), Incoming.Now)).Event;
        Assert.Equal((new Instant(5), 500_000), (e.OccurredAt, Incoming.Number(e, "total")));
        var unknown = Encoding.UTF8.GetBytes("""{"id":"e","type":"Gone"}""");
        var gone = reader.ReadStored(unknown, new Instant(5), Incoming.Now);
        Assert.Equal(EventProblem.UnknownType, Assert.IsType<EventReading.Rejected>(gone).Problem);
    }
}
