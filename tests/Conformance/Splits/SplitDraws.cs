using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>What a family of customers that will be merged and split may be told.</summary>
/// <param name="Expires">Whether events reach the end of their retention, and checkpoints are taken.</param>
/// <param name="Forbids">Whether consents may take the last basis from a category.</param>
internal readonly record struct FamilyTraits(bool Expires, bool Forbids);

/// <summary>
/// Draws messages to the members of one family. What was said of a consent or an attribute bears a time of its own, so
/// that what stands in the end does not depend on the order in which a schedule lets messages through.
/// </summary>
internal sealed class SplitDraws(SeededDraws draws, Instant start, int family, FamilyTraits traits)
{
    private static readonly string[] Types = ["Viewed", "Viewed", "Added", "Ordered", "Ordered"];
    private static readonly ConsentStatus[] Answers =
        [ConsentStatus.Granted, ConsentStatus.Granted, ConsentStatus.Denied, ConsentStatus.Withdrawn];

    /// <summary>Within this time after the start some events reach the end of their retention.</summary>
    public const int ExpiryMs = 60_000;

    private readonly EventReader _reader = new(CustomerPlans.First.Events, EventLimits.Default);
    private readonly List<TouchpointEvent> _sent = [];
    private int _said;
    private int _lastId;

    /// <summary>The next message to one of the members; two where the same events go to another as well.</summary>
    public IEnumerable<ScriptStep> Next(IReadOnlyList<GrainKey> members)
    {
        var to = members[draws.Below(members.Count)];
        var draw = draws.Below(100);
        if (draw < 45) yield return Observe(to);
        else if (draw < 60)
        {
            var both = Events(draws.Between(1, 3));
            yield return new ScriptStep(to, new CustomerMessage.Observe(both));
            yield return new ScriptStep(members[draws.Below(members.Count)], new CustomerMessage.Observe(both));
        }
        else if (draw < 72) yield return new ScriptStep(to, Consents());
        else if (draw < 82) yield return new ScriptStep(to, Attributes());
        else if (draw < 86) yield return new ScriptStep(to, new CustomerMessage.Decide(["web", null, null, null]));
        else if (draw < 97 && traits.Expires) yield return new ScriptStep(to, new GrainMessage.TakeCheckpoint());
        else if (draw < 97) yield return Observe(to);
        else yield return new ScriptStep(to, new GrainMessage.Refold());
    }

    /// <summary>An event of its own, and now and then one that a member was sent before.</summary>
    public ScriptStep Observe(GrainKey to)
    {
        var events = Events(draws.Between(1, 3));
        if (draws.Percent(35)) events.Add(_sent[draws.Below(_sent.Count)]);
        return new ScriptStep(to, new CustomerMessage.Observe(events));
    }

    private List<TouchpointEvent> Events(int count)
    {
        var events = new List<TouchpointEvent>();
        for (; count > 0; count--) events.Add(Event());
        _sent.AddRange(events);
        return events;
    }

    private Instant At() => draws.Below(100) switch
    {
        < 70 => start.PlusMs(++_said * 700),
        < 85 => start.PlusMs(-draws.Below(30_000)),
        < 93 => start.PlusMs(-draws.Below((int)CustomerPlans.BehaviourMs / 2)),
        _ when !traits.Expires => start.PlusMs(-draws.Below(40_000)),
        // About to reach the end of its retention while the schedule runs.
        _ => start.PlusMs(-CustomerPlans.BehaviourMs + draws.Between(2_000, ExpiryMs)),
    };

    private TouchpointEvent Event()
    {
        var type = Types[draws.Below(Types.Length)];
        var source = draws.Percent(60) ? "web" : "app";
        var product = $"p{draws.Below(8)}";
        var properties = type == "Ordered" ? ShopEvents.Order(draws, product) : $$"""{"product":"{{product}}"}""";
        var email = draws.Percent(20) ? $$""" "email":"{{draws.Below(4)}}@f{{family}}.example" """ : "";
        var json = $$"""
            {"id":"f{{family}}-{{++_lastId}}","type":"{{type}}","time":"{{At()}}","source":"{{source}}",
            "customer":"x","identifiers":{{{email}}},"properties":{{properties}}}
            """;
        return ShopEvents.Read(_reader, json, start);
    }

    private CustomerMessage.SetConsents Consents()
    {
        var isMarketing = draws.Percent(60);
        var answer = Answers[draws.Below(Answers.Length)];
        // Without a basis for behaviour it would be forgotten.
        if (!isMarketing && !traits.Forbids) answer = ConsentStatus.Granted;
        var change = new ConsentChange(isMarketing ? "marketing" : "analytics", answer);
        return new CustomerMessage.SetConsents([change], "settings") { At = start.PlusMs(-100_000 + ++_said) };
    }

    private CustomerMessage.SetAttributes Attributes() => new(
        draws.Percent(50) ? AttributeOrigin.Declared : AttributeOrigin.Enriched, "profile",
        start.PlusMs(-draws.Below(50_000)),
        draws.Percent(50)
            ? [new AttributeChange("tier", $"t{draws.Below(3)}", null)]
            : [new AttributeChange("household", null, draws.Between(1, 6))]);
}
