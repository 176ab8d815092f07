using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Decisions;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains.Tests.Customers;

/// <summary>One person, several facets: folded, scored and decided apart, within one customer's consents.</summary>
public class PersonaTests
{
    private const string Office = """
        {
          "name": "office", "version": "1", "timeZone": "Europe/Vienna",
          "customer": { "kinds": ["person"], "personaCategory": "said",
            "personas": {
              "work": { "when": "context.channel == 'b2b' || signal.total > 500" },
              "evening": { "when": "event.hour >= 20 && event.type in ('Seen', 'Order')" },
              "desk": {},
              "self": { "pseudonymous": true }
            } },
          "purposes": ["service", "marketing"],
          "categories": {
            "orders": { "retentionDays": 30, "bases": { "service": "contract", "marketing": "legitimateInterest" } },
            "browsing": { "retentionDays": 10, "bases": { "marketing": "consent" } },
            "said": { "retentionDays": 30, "bases": { "service": "contract", "marketing": "legitimateInterest" } }
          },
          "attributes": {
            "budget": { "type": "number", "category": "said" }, "likes": { "type": "text", "category": "said" }
          },
          "events": {
            "Order": { "category": "orders", "signals": { "total": { "path": "total", "type": "number" } } },
            "Seen": { "category": "browsing", "signals": { "page": { "path": "page", "type": "token" } } }
          },
          "features": {
            "orders": { "kind": "count", "of": "Order" },
            "spend": { "kind": "sum", "of": "Order.total" },
            "fading": { "kind": "decayedSum", "of": "Order.total", "halfLifeDays": 3 },
            "last": { "kind": "last", "of": "Order.total" },
            "seen": { "kind": "count", "of": "Seen" },
            "pages": { "kind": "heavyHitters", "of": "Seen.page", "capacity": 4 },
            "means": { "kind": "attribute", "attribute": "budget" }
          },
          "triggers": {
            "ordered": { "kind": "event", "on": "Order" },
            "left": { "kind": "wakeUp", "after": "Order", "delayHours": 2 }
          },
          "channels": { "mail": { "outbound": true, "coolDownHours": 1 }, "web": { "outbound": false } },
          "offers": {
            "thanks": { "channel": "mail", "purpose": "service", "triggers": "ordered",
              "propensity": "0.5", "value": "1 + spend" },
            "again": { "channel": "web", "purpose": "service", "triggers": "left", "propensity": "0.5", "value": "1" },
            "desk": { "channel": "web", "purpose": "marketing", "triggers": "request",
              "eligibility": "persona == 'work'", "propensity": "0.5", "value": "spend" },
            "boots": { "channel": "web", "purpose": "marketing", "triggers": "request",
              "eligibility": "attribute.likes == 'hiking'", "propensity": "0.5", "value": "coalesce(means, 0.1)" },
            "any": { "channel": "web", "purpose": "marketing", "triggers": "request", "eligibility": "orders > 0",
              "propensity": "0.1", "value": "0.1" }
          }
        }
        """;

    private static readonly TwinPlan Plan = OneCustomer.Compile(Office);
    private static readonly int Work = Plan.Events.Personas.Find("work");
    private static readonly int Desk = Plan.Events.Personas.Find("desk");
    private static readonly int Self = Plan.Events.Personas.Find("self");

    private readonly OneCustomer _customers = new(Plan, "ann");
    private int _lastId;

    private TouchpointEvent Order(double total, string context = "", string day = "2026-03-01", int hour = 8) =>
        _customers.Event($$"""
            {"id":"o{{++_lastId}}","type":"Order","time":"{{day}}T{{hour:d2}}:00:00Z","customer":"x",
            "properties":{"total":{{total}}},"context":{ {{context}} } }
            """);

    private TouchpointEvent Seen(string page, string context = "") => _customers.Event($$"""
        {"id":"s{{++_lastId}}","type":"Seen","time":"2026-03-01T08:00:00Z","customer":"x",
        "properties":{"page":"{{page}}"},"context":{ {{context}} } }
        """);

    private const string B2b = "\"channel\":\"b2b\"";

    private Reply Say(params (string Name, string Text)[] said) => SayTo(_customers.Key, said);

    private Reply SayTo(GrainKey key, params (string Name, string Text)[] said)
    {
        _customers.Now = _customers.Now.PlusMs(1); // what is said later stands
        return _customers.Tell(key, new CustomerMessage.SetAttributes(
            AttributeOrigin.Declared, "app", _customers.Now,
            [.. said.Select(s => new AttributeChange(s.Name, s.Text, null))]));
    }

    private double Number(string name, string? persona = null) =>
        OneCustomer.Number(_customers.State.FacetOf(Plan.Events.Personas.Find(persona)), name, _customers.Now);

    private DecisionRecord Decide(string? persona = null, string? channel = null)
    {
        var message = new CustomerMessage.Decide([channel, null, null, null]) { Persona = persona };
        return Assert.IsType<CustomerReply.Decided>(_customers.Tell(message)).Decision;
    }

    private static string? Winner(DecisionRecord record) => record.Winner < 0
        ? null : Plan.Decisions.Offers[record.Candidates[record.Winner].Offer].Name;

    private IEnumerable<DecisionRecord> Published() => _customers.Effects.Select(e => e.Effect)
        .OfType<Effect.Publish>().Where(p => p.Topic == Topic.Decision)
        .Select(p => DecisionRecord.Read(Envelope.Open(p.Payload.Span)));

    private IEnumerable<ConsentNotice> Notices() => _customers.Effects.Select(e => e.Effect)
        .OfType<Effect.Publish>().Where(p => p.Topic == Topic.Consent)
        .Select(p => ConsentNotice.Read(Envelope.Open(p.Payload.Span)));

    private static string Joined(IEnumerable<string> words) => string.Join(' ', words.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("\"channel\":\"b2b\"", 10, 8, "work")]
    [InlineData("\"channel\":\"web\"", 501, 8, "work")]
    [InlineData("", 10, 8, null)]
    [InlineData("", 10, 19, "evening")] // 20 in Vienna
    [InlineData("", 900, 19, "work")] // the first that fits
    [InlineData("\"persona\":\"desk\",\"channel\":\"b2b\"", 900, 19, "desk")]
    [InlineData("\"persona\":null", 10, 8, null)]
    public void Event_belongs_to_the_persona_it_names_or_the_first_whose_rule_holds(
        string context, double total, int hour, string? persona) =>
        Assert.Equal(Plan.Events.Personas.Find(persona), Order(total, context, "2026-02-20", hour).Persona);

    [Fact]
    public void Facets_are_folded_apart_as_if_each_were_a_customer_of_its_own()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            var all = Enumerable.Range(0, 30).Select(_ => Order(
                random.Next(1, 700), random.Next(3) == 0 ? B2b : "", $"2026-02-{random.Next(10, 28)}", random.Next(24)))
                .ToList();
            var key = GrainKey.Customer($"all-{seed}");
            foreach (var chunk in all.Chunk(4)) _customers.Tell(key, new CustomerMessage.Observe(chunk));
            for (var persona = PersonaSchema.Nobody; persona < Plan.Events.Personas.Count; persona++)
            {
                var alone = GrainKey.Customer($"alone-{seed}-{persona}");
                var own = all.Where(e => e.Persona == persona).ToList();
                foreach (var e in own) _customers.Tell(alone, new CustomerMessage.Observe([e]));
                var facet = _customers.StateOf(key).FacetOf(persona);
                var should = _customers.StateOf(alone).FacetOf(persona);
                Assert.True(facet.Longs.AsSpan().SequenceEqual(should.Longs), $"seed {seed}, persona {persona}");
                Assert.True(facet.Bytes.AsSpan().SequenceEqual(should.Bytes), $"seed {seed}, persona {persona}");
                for (var i = 0; i < facet.Reals.Length; i++) Assert.Equal(should.Reals[i], facet.Reals[i], 1e-6);
                Assert.Equal(own.Count, facet.EventCount);
            }
        }
    }

    [Fact]
    public void Decision_reads_its_facet_alone_and_contacts_are_the_customers()
    {
        _customers.Observe(Order(100, B2b));
        var first = Assert.Single(Published());
        Assert.Equal(("work", "thanks"), (first.Persona, Winner(first)));
        _customers.Observe(Order(7));
        Assert.Single(Published()); // one mail an hour, whoever it was for
        Assert.Equal((100, 7), (Number("spend", "work"), Number("spend")));
        Assert.Equal("desk", Winner(Decide(channel: "b2b")));
        Assert.Equal("desk", Winner(Decide("work")));
        var asSuch = Decide();
        Assert.Equal(("any", null), (Winner(asSuch), asSuch.Persona));
        Assert.Equal(Winner(asSuch), Winner(asSuch.Rebuild(Plan)));
        Assert.IsType<CustomerReply.Refused>(_customers.Tell(
            new CustomerMessage.Decide([null, null, null, null]) { Persona = "travel" }));
    }

    [Fact]
    public void Wake_up_of_a_facet_comes_to_it_once()
    {
        _customers.Now = Instant.From(new DateTimeOffset(2026, 3, 1, 8, 30, 0, TimeSpan.Zero));
        _customers.Observe(Order(10, B2b), Order(10));
        var asked = _customers.Effects.Select(e => e.Effect).OfType<Effect.WakeUp>().ToList();
        Assert.Equal(2, asked.Select(wake => wake.Name).ToHashSet(StringComparer.Ordinal).Count);
        _customers.Now = asked[0].At;
        foreach (var wake in asked.Concat(asked)) _customers.Tell(new GrainMessage.WokenUp(wake.Name, wake.At));
        var woken = Published().Where(d => Winner(d) == "again").Select(d => d.Persona ?? "as such");
        Assert.Equal("as such, work", string.Join(", ", woken.Order(StringComparer.Ordinal)));
        Assert.Equal(0, _customers.State.WakeUps.Count + _customers.State.FacetOf(Work).WakeUps.Count);
    }

    [Fact]
    public void Chosen_persona_takes_what_comes_until_another_is_chosen_and_a_refold_knows_it()
    {
        _customers.Observe(Order(1));
        Assert.IsType<Reply.Done>(Say(("persona", "desk")));
        _customers.Observe(Order(20), Order(30, B2b), Order(40, "\"persona\":\"work\""));
        Assert.Equal("desk", Decide().Persona);
        Assert.IsType<Reply.Done>(Say(("persona", "")));
        _customers.Observe(Order(500));
        Assert.Equal((501, 50, 40), (Number("spend"), Number("spend", "desk"), Number("spend", "work")));
        var before = _customers.Stored;
        _customers.Tell(new GrainMessage.Refold());
        Assert.Equal((501, 50, 40), (Number("spend"), Number("spend", "desk"), Number("spend", "work")));
        _customers.Observe(Order(3, day: "2026-02-20")); // late: the ordered part is made anew
        Assert.Equal((504, 500), (Number("spend"), Number("last")));
        Assert.NotEqual(before, _customers.Stored);
        var refused = Assert.IsType<CustomerReply.Refused>(Say(("persona", "travel")));
        Assert.Contains("work, evening, desk, self", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Behind_a_pseudonymous_persona_only_what_was_said_of_it_counts()
    {
        _customers.Tell(new CustomerMessage.SetConsents([new("marketing", ConsentStatus.Granted)], "web"));
        _customers.Observe(Order(100), Seen("tents"));
        Assert.Equal("any", Winner(Decide()));
        Assert.IsType<CustomerReply.Refused>(Say(("persona", "self"))); // nothing was said of it yet
        Assert.IsType<Reply.Done>(Say(("self:likes", "hiking"), ("self:pseudonym", "p-1"), ("likes", "golf")));
        Assert.Equal("any", Winner(Decide())); // not before it is chosen
        Assert.IsType<Reply.Done>(Say(("persona", "self")));
        var told = Assert.Single(Notices());
        Assert.Equal(("ann", "browsing orders said"), (told.Customer, Joined(told.Closed.Select(c => c.Category))));

        var decision = Decide();
        Assert.Equal(("boots", "p-1", "self"), (Winner(decision), decision.Customer, decision.Persona));
        Assert.Equal(DecisionRecord.IdOf("p-1", _customers.State.DecisionCount), decision.Id);
        Assert.Equal(0, Number("orders", "self"));
        Assert.Null(Winner(Decide("work")));
        var results = _customers.Observe(Seen("boots"), Order(50));
        Assert.Equal([EventStatus.NoLegalBasis, EventStatus.Accepted], results.Select(r => r.Status));
        Assert.Contains("persona", results[0].Message!, StringComparison.Ordinal);
        Assert.Equal(150, Number("spend")); // a contract asks for it
        Assert.True(double.IsNaN(Number("seen")));

        Assert.IsType<Reply.Done>(Say(("persona", "")));
        Assert.Equal((150, 1), (Number("spend"), Number("seen")));
        Assert.Equal("any", Winner(Decide()));

        _customers.Effects.Clear();
        _customers.Tell(new CustomerMessage.SetConsents([new("marketing", ConsentStatus.Withdrawn)], "web"));
        Assert.Equal("ann p-1", Joined(Notices().Select(notice => notice.Customer))); // each knows it by its own id
    }

    [Fact]
    public void Withdrawn_consent_takes_its_data_out_of_every_facet()
    {
        _customers.Tell(new CustomerMessage.SetConsents([new("marketing", ConsentStatus.Granted)], "web"));
        _customers.Observe(Seen("desks", B2b), Seen("tents"), Order(10, B2b));
        Assert.Equal(1, Number("seen", "work"));
        _customers.Tell(new CustomerMessage.SetConsents([new("marketing", ConsentStatus.Withdrawn)], "web"));
        Assert.Equal((0, 1), (_customers.State.EventCount, _customers.State.FacetOf(Work).EventCount));
        Assert.Equal(10, Number("spend", "work"));
        Assert.Equal("orders said", string.Join(' ', Plan.Consent.NamesOf(_customers.State.Kept | 4)));
    }

    [Fact]
    public void Checkpoint_keeps_facets_when_their_rows_have_gone()
    {
        _customers.Observe(Order(10, B2b, "2026-02-05"), Order(20, day: "2026-02-06"), Order(30, B2b, "2026-02-25"));
        _customers.Now = Instant.From(new DateTimeOffset(2026, 3, 10, 0, 0, 0, TimeSpan.Zero));
        _customers.Tell(new GrainMessage.TakeCheckpoint());
        _customers.RemoveExpired(_customers.Key);
        _customers.Tell(new GrainMessage.Refold());
        Assert.Equal((40, 20), (Number("spend", "work"), Number("spend")));
    }

    [Fact]
    public void Changed_rules_move_events_and_those_of_a_persona_that_is_gone_are_the_customers()
    {
        _customers.Observe(Order(10, B2b), Order(20, "\"channel\":\"shop\""), Order(40, "\"persona\":\"desk\""));
        var second = OneCustomer.Compile(Office.Replace("context.channel == 'b2b'", "context.channel == 'shop'",
            StringComparison.Ordinal).Replace("\"desk\": {},", "", StringComparison.Ordinal));
        _customers.Plans = new PlanCatalog(second, [Plan]);
        _customers.Tell(new GrainMessage.Refold());
        var state = _customers.State;
        var work = state.FacetOf(second.Events.Personas.Find("work"));
        Assert.Equal(20, OneCustomer.Number(work, "spend", _customers.Now));
        Assert.Equal(50, OneCustomer.Number(state, "spend", _customers.Now));
    }

    [Fact]
    public void Event_that_two_had_as_different_personas_counts_once_when_they_are_one()
    {
        var bob = GrainKey.Customer("bob");
        SayTo(bob, ("persona", "desk"));
        var both = Order(10);
        _customers.Tell(bob, new CustomerMessage.Observe([both, Order(5)]));
        _customers.Now = _customers.Now.PlusMs(1);
        _customers.Observe(both, Order(3));
        _customers.Tell(_customers.Key, new CustomerMessage.MergeInto("bob"));
        Deliver();
        var merged = Spends(bob);
        Assert.Equal(18, merged.AsSuch + merged.Desk);
        _customers.Tell(bob, new GrainMessage.Refold());
        Assert.Equal(merged, Spends(bob));
    }

    private (double AsSuch, double Desk) Spends(GrainKey key) =>
        (OneCustomer.Number(_customers.StateOf(key), "spend", _customers.Now),
            OneCustomer.Number(_customers.StateOf(key).FacetOf(Desk), "spend", _customers.Now));

    [Fact]
    public void Merged_and_split_customers_have_their_own_facets_and_choices_again()
    {
        var (ann, bob, never) = (_customers.Key, GrainKey.Customer("bob"), GrainKey.Customer("never"));
        var (first, second) = (Order(10, B2b), Order(25));
        _customers.Observe(first);
        _customers.Tell(never, new CustomerMessage.Observe([first]));
        SayTo(bob, ("persona", "desk"));
        _customers.Tell(bob, new CustomerMessage.Observe([Order(300), Order(7, B2b)]));
        Assert.IsType<Reply.Done>(_customers.Tell(ann, new CustomerMessage.MergeInto("bob")));
        Deliver();
        Assert.Equal(10, OneCustomer.Number(_customers.StateOf(bob).FacetOf(Work), "spend", _customers.Now));
        Assert.Equal(307, OneCustomer.Number(_customers.StateOf(bob).FacetOf(Desk), "spend", _customers.Now));
        _customers.Tell(ann, new CustomerMessage.Observe([second])); // to bob's desk, but ann has chosen none
        _customers.Tell(never, new CustomerMessage.Observe([second]));
        Assert.Equal(332, OneCustomer.Number(_customers.StateOf(bob).FacetOf(Desk), "spend", _customers.Now));

        Assert.IsType<Reply.Done>(_customers.Tell(bob, new CustomerMessage.Split("ann")));
        Deliver();
        foreach (var persona in (int[])[PersonaSchema.Nobody, Work, Desk])
        {
            var facet = _customers.StateOf(ann).FacetOf(persona);
            Assert.Equal(_customers.StateOf(never).FacetOf(persona).Longs, facet.Longs);
            Assert.Equal(_customers.StateOf(never).FacetOf(persona).Bytes, facet.Bytes);
        }
        Assert.Equal((PersonaSchema.Nobody, Desk), (_customers.StateOf(ann).Chosen, _customers.StateOf(bob).Chosen));
        Assert.Equal(307, OneCustomer.Number(_customers.StateOf(bob).FacetOf(Desk), "spend", _customers.Now));
        Assert.Equal(0, OneCustomer.Number(_customers.StateOf(bob).FacetOf(Work), "spend", _customers.Now));
        Assert.Null(_customers.StateOf(ann).FacetOf(Self).Pseudonym);
    }

    private void Deliver()
    {
        _customers.DeliverSends();
        _customers.Effects.Clear();
    }
}
