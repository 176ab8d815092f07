using System.Text;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// A twin as it would be: turns of the very grain on a copy of a customer's state, or on that of somebody made up. They
/// reach nobody, and the customer's own twin is not touched.
/// </summary>
public sealed class HypotheticalTwin
{
    // Through which system assumed attributes and consents were said.
    private const string Source = "assumed";

    private readonly Hypothesis _assumed;
    private readonly UnheardTurns _unheard;

    private HypotheticalTwin(Hypothesis assumed, UnheardTurns unheard) => (_assumed, _unheard) = (assumed, unheard);

    /// <summary>Its state, under the definition in force.</summary>
    public CustomerState State => _unheard.Twin;

    /// <summary>What became of the events that were thought of last.</summary>
    public IReadOnlyList<EventResult> Results { get; private set; } = [];

    /// <summary>Its state in the stored form, as <see cref="CustomerCodec.Read"/> reads it.</summary>
    public byte[] Stored => _unheard.Encode();

    /// <summary>Folds a hypothesis: a function of its arguments.</summary>
    /// <param name="assumed">What is assumed.</param>
    /// <param name="of">The customer it is assumed of; null for somebody made up.</param>
    /// <param name="plans">The definitions known; the one in force folds.</param>
    /// <param name="now">The moment of asking: what the customer does not allow by then is not used.</param>
    /// <param name="history">The journals asked for by <see cref="HypothesisResult.NeedsHistory"/>.</param>
    public static HypothesisResult Of(
        Hypothesis assumed, RealTwin? of, PlanCatalog plans, Instant now, History? history = null)
    {
        ArgumentNullException.ThrowIfNull(assumed);
        var key = GrainKey.Customer(of?.Customer ?? assumed.Id);
        var twin = new HypotheticalTwin(
            assumed, new UnheardTurns(key, of?.Stored, plans, StableHash.Of(assumed.Id))
            {
                History = of is null ? new History([]) : history,
            });
        var real = of is null ? null : CustomerCodec.Read(of.Stored.Span, plans).Twin;
        var stopped = (real is null ? null : twin.BeginWith(real, now))
            ?? twin.SayConsents() ?? twin.SayAttributes() ?? twin.Observe()
            ?? (real is null ? null : twin.CheckAgainst(real, now));
        if (stopped is not null) return stopped;
        twin.RememberContext();
        return new HypothesisResult.Folded(twin);
    }

    /// <summary>
    /// Asks for the next best action, in a copy: nothing of it stays, and the same is answered when it is asked again.
    /// </summary>
    /// <param name="message">The moment's context stands over the assumed one.</param>
    /// <param name="now">The moment of asking.</param>
    /// <returns>The grain's reply; null when it needs the history and was folded without.</returns>
    public Reply? Decide(CustomerMessage.Decide message, Instant now)
    {
        ArgumentNullException.ThrowIfNull(message);
        var context = new string?[ContextKeys.Count];
        for (var key = 0; key < context.Length; key++) context[key] = message.Context[key] ?? _assumed.Context[key];
        return _unheard.Copy().Tell(message with { Context = context }, _assumed.AsOf(now));
    }

    private HypothesisResult? BeginWith(CustomerState real, Instant now)
    {
        var consents = State.Consents;
        for (var i = 0; i < consents.Length; i++)
        {
            // Given for a time that is over; it may not hold again because the twin stands at an earlier moment.
            if (consents[i].HasExpired(now))
                consents[i] = ConsentRecord.None with { IsRestricted = consents[i].IsRestricted };
        }
        if (!HypotheticalPast.IsAnother(_assumed, now)) return null;
        return _unheard.History is { } history
            ? HypotheticalPast.Put(_unheard, history, _assumed, real, now)
            : new HypothesisResult.NeedsHistory(_unheard.Family);
    }

    private HypothesisResult? SayConsents()
    {
        if (_assumed.Consents.Count == 0) return null;
        foreach (var change in _assumed.Consents)
        {
            var purpose = State.Plan.Consent.FindPurpose(change.Purpose);
            if (purpose < 0) continue; // the turn refuses it
            ref var known = ref State.Consents[purpose];
            // What is assumed is said last, whenever the twin stands.
            if (known.At > _assumed.Moment) known = known with { At = _assumed.Moment };
        }
        return Tell(new CustomerMessage.SetConsents(_assumed.Consents, Source), _assumed.Moment);
    }

    private HypothesisResult? SayAttributes()
    {
        List<AttributeChange> changes = [.. _assumed.Attributes];
        if (_assumed.Persona is { } name)
        {
            var personas = State.Plan.Events.Personas;
            var persona = personas.Find(name);
            if (personas.ChoiceAttribute < 0 || persona < 0) return NoPersona(personas, name);
            changes.Add(new AttributeChange(PersonaDefinition.Choice, name, null));
            var isNobodyYet = personas.IsPseudonymous[persona] && State.FindFacet(persona)?.Pseudonym is null;
            const string Pseudonym = PersonaDefinition.Pseudonym;
            if (isNobodyYet)
                changes.Add(new AttributeChange($"{name}{PersonaDefinition.Separator}{Pseudonym}", _assumed.Id, null));
        }
        if (changes.Count == 0) return null;
        foreach (var change in changes)
        {
            var (persona, slot) = State.Plan.Events.PlaceOfAttribute(change.Attribute);
            // What is assumed stands, however strong the origin of what is known.
            if (slot >= 0) State.FacetOf(persona).Attributes[slot] = null;
        }
        return Tell(
            new CustomerMessage.SetAttributes(AttributeOrigin.Declared, Source, _assumed.Moment, changes),
            _assumed.Moment);
    }

    private static HypothesisResult.Refused NoPersona(PersonaSchema personas, string name) => new(
        "persona", personas.ChoiceAttribute < 0
            ? "No persona can be chosen: the definition has no customer.personaCategory"
            : personas.NoSuch(name));

    private HypothesisResult? Observe()
    {
        foreach (var assumed in _assumed.Events)
        {
            switch (_unheard.Tell(new CustomerMessage.Observe(assumed.Events), assumed.At))
            {
                case null:
                    return new HypothesisResult.NeedsHistory(_unheard.Family);
                case CustomerReply.Observed observed:
                    Results = observed.Results;
                    break;
                case var other:
                    throw new InvalidOperationException($"Events were answered with {other.GetType().Name}.");
            }
        }
        return null;
    }

    private HypothesisResult.Refused? CheckAgainst(CustomerState real, Instant now) =>
        LawfulUses.Beyond(real, now, State, _assumed.AsOf(now)) is not { } more ? null : new HypothesisResult.Refused(
            "consents",
            $"This would use {more}, which the customer does not allow. A hypothetical twin of a customer may be "
            + "allowed less than the customer allows, never more; one that is made up may be allowed anything");

    private void RememberContext()
    {
        State.FacetOf(State.Chosen); // who is chosen may have been nobody yet
        for (var key = 0; key < ContextKeys.Count; key++)
        {
            if (_assumed.Context[key] is not { } value) continue;
            var bytes = Encoding.UTF8.GetBytes(value);
            OrderedFold.RememberContext(State, key, bytes);
            foreach (var facet in State.Facets)
            {
                if (facet is not null) OrderedFold.RememberContext(facet, key, bytes);
            }
        }
    }

    private HypothesisResult? Tell(GrainMessage message, Instant now) => _unheard.Tell(message, now) switch
    {
        null => new HypothesisResult.NeedsHistory(_unheard.Family),
        CustomerReply.Refused refused => new HypothesisResult.Refused(refused.Field, refused.Message),
        _ => null,
    };
}

/// <summary>The customer that something is assumed of, as last committed.</summary>
/// <param name="Customer">Its id.</param>
/// <param name="Stored">Its state, in the stored form.</param>
public sealed record RealTwin(string Customer, ReadOnlyMemory<byte> Stored);
