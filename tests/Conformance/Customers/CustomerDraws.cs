using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>
/// Draws the messages of a script's clients. Most events are in order, some are late by seconds or by most of a day,
/// some are sent again under their id, some to a second customer too.
/// </summary>
internal sealed class CustomerDraws(SeededDraws draws, Instant start)
{
    private static readonly string[] Types = ["Viewed", "Viewed", "Viewed", "Added", "Added", "Ordered", "Ordered"];
    private static readonly string[] Purposes = ["analytics", "marketing", "marketing"];
    private static readonly ConsentStatus[] Answers =
        [ConsentStatus.Granted, ConsentStatus.Granted, ConsentStatus.Denied, ConsentStatus.Withdrawn];

    private readonly EventReader _reader = new(CustomerPlans.First.Events, EventLimits.Default);
    private readonly Dictionary<int, List<TouchpointEvent>> _sent = [];
    private int _lastId;

    /// <summary>The next messages of a client: one, or two where a batch holds events of two customers.</summary>
    public IEnumerable<ScriptStep> Next(int customer, int number)
    {
        var to = CustomerWorkload.Key(customer);
        var draw = draws.Below(100);
        if (draw < 58) yield return new ScriptStep(to, Observe(customer, number));
        else if (draw < 64)
        {
            var both = Events(customer, number, draws.Between(1, 3));
            var other = draws.Below(CustomerWorkload.Customers);
            Remember(other, both);
            yield return new ScriptStep(to, new CustomerMessage.Observe(both));
            yield return new ScriptStep(CustomerWorkload.Key(other), new CustomerMessage.Observe(both));
        }
        else if (draw < 75) yield return new ScriptStep(to, Consents());
        else if (draw < 81) yield return new ScriptStep(to, Attributes(number));
        else if (draw < 89) yield return new ScriptStep(to, new CustomerMessage.Decide(["web", null, null, null]));
        else if (draw < 97) yield return new ScriptStep(to, new GrainMessage.TakeCheckpoint());
        else yield return new ScriptStep(to, new GrainMessage.Refold());
    }

    private CustomerMessage.Observe Observe(int customer, int number)
    {
        var events = Events(customer, number, draws.Percent(50) ? 1 : draws.Between(2, 5));
        if (draws.Percent(25) && _sent.TryGetValue(customer, out var before))
        {
            events.Add(before[draws.Below(before.Count)]);
        }
        if (draws.Percent(5)) events.Add(events[0]);
        Remember(customer, events);
        return new CustomerMessage.Observe(events);
    }

    private List<TouchpointEvent> Events(int customer, int number, int count)
    {
        var events = new List<TouchpointEvent>();
        for (; count > 0; count--) events.Add(Event(customer, At(number)));
        return events;
    }

    private void Remember(int customer, List<TouchpointEvent> events)
    {
        if (!_sent.TryGetValue(customer, out var sent)) _sent[customer] = sent = [];
        sent.AddRange(events);
    }

    private Instant At(int number)
    {
        var inOrder = start.PlusMs(number * 5_000 + draws.Below(5_000));
        return draws.Below(100) switch
        {
            < 72 => inOrder,
            < 84 => inOrder.PlusMs(-draws.Below(30_000)),
            < 92 => start.PlusMs(-draws.Below((int)CustomerPlans.BehaviourMs)),
            // About to reach the end of its retention while the schedule runs.
            _ => start.PlusMs(-CustomerPlans.BehaviourMs + draws.Between(2_000, 60_000)),
        };
    }

    private TouchpointEvent Event(int customer, Instant at)
    {
        var type = Types[draws.Below(Types.Length)];
        var source = draws.Percent(60) ? "web" : "app";
        var product = $"p{draws.Below(8)}";
        var properties = type == "Ordered"
            ? ShopEvents.Order(draws, product, "\"shipping\":4.5,")
            : $$"""{"product":"{{product}}"}""";
        var context = draws.Percent(30) ? $$""","context":{"channel":"{{source}}"}""" : "";
        var json = $$"""
            {"id":"e{{++_lastId}}","type":"{{type}}","time":"{{at}}","source":"{{source}}",
            "customer":"{{CustomerWorkload.Name(customer)}}","identifiers":{{{Identifiers(customer)}}},
            "properties":{{properties}}{{context}}}
            """;
        return ShopEvents.Read(_reader, json, start);
    }

    private string Identifiers(int customer) => draws.Below(10) switch
    {
        < 2 => $$""" "email":"{{customer}}@shop.example" """,
        < 3 => $$""" "device":"d{{customer / 2}}" """, // shared by two customers
        _ => "",
    };

    private CustomerMessage.SetConsents Consents()
    {
        var change = new ConsentChange(Purposes[draws.Below(Purposes.Length)], Answers[draws.Below(Answers.Length)]);
        return new CustomerMessage.SetConsents([change], "settings");
    }

    private CustomerMessage.SetAttributes Attributes(int number) => new(
        draws.Percent(50) ? AttributeOrigin.Declared : AttributeOrigin.Enriched, "profile", At(number),
        draws.Percent(50)
            ? [new AttributeChange("tier", $"t{draws.Below(3)}", null)]
            : [new AttributeChange("household", null, draws.Between(1, 6))]);
}
