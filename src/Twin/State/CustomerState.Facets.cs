using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Twin.State;

/// <content>
/// Personas: a facet is a state of its own in what is folded, its attributes, the thresholds it holds and the wake-ups
/// it waits for. Consents, contacts, decisions and merges are the customer's, and a facet shows the same objects.
/// </content>
public sealed partial class CustomerState
{
    // No trigger's name begins with a blank, and no persona's has one.
    private const string AsPersona = " as ";

    private readonly CustomerState? _person;
    private ulong _kept;

    /// <summary>An empty facet of a customer.</summary>
    private CustomerState(CustomerState person, int persona)
    {
        (Plan, _person, Persona) = (person.Plan, person, persona);
        var size = Plan.Layout.Size;
        Longs = Plan.Layout.InitialLongs.AsSpan().ToArray();
        Reals = new double[size.Reals];
        Bytes = new byte[size.Bytes];
        Attributes = new AttributeRecord?[Plan.Events.Attributes.Count];
        OutlierWeights = new double[Plan.Fold.Weights];
        Facets = [];
        (Consents, Contacts, Recent) = (person.Consents, person.Contacts, person.Recent);
        (Refused, WithoutWinner) = (person.Refused, person.WithoutWinner);
    }

    /// <summary>Slot of the persona this is of; <see cref="PersonaSchema.Nobody"/> for the customer as such.</summary>
    public int Persona { get; } = PersonaSchema.Nobody;

    /// <summary>The customer as such; itself where it is.</summary>
    public CustomerState Person => _person ?? this;

    /// <summary>What belongs to each persona, by slot; null of one that nothing belongs to yet.</summary>
    public CustomerState?[] Facets { get; }

    /// <summary>Whether the customer says who this is, and stands behind it.</summary>
    public bool IsPseudonymous => Persona >= 0 && Plan.Events.Personas.IsPseudonymous[Persona];

    /// <summary>Under which id decisions of a pseudonymous persona go out; null until there is one.</summary>
    public string? Pseudonym =>
        IsPseudonymous ? Attributes[Plan.Events.Personas.PseudonymAttribute]?.Text : null;

    /// <summary>Pseudonyms of this customer's personas.</summary>
    public IReadOnlyList<string> Pseudonyms =>
        Plan.Events.Personas.PseudonymAttribute < 0
            ? []
            : [.. Facets.Select(static facet => facet?.Pseudonym).OfType<string>()];

    /// <summary>
    /// Slot of the persona that the customer has chosen until further notice, or <see cref="PersonaSchema.Nobody"/>.
    /// </summary>
    public int Chosen
    {
        get
        {
            var personas = Plan.Events.Personas;
            return personas.ChoiceAttribute < 0 || Person.Attributes[personas.ChoiceAttribute] is not { Text: { } name }
                ? PersonaSchema.Nobody
                : personas.Find(name);
        }
    }

    /// <summary>Assumes a choice, for a dry run: of whom nothing else is known.</summary>
    internal void Choose(int persona)
    {
        var personas = Plan.Events.Personas;
        if (persona < 0 || personas.ChoiceAttribute < 0) return;
        Attributes[personas.ChoiceAttribute] = new AttributeRecord
        {
            Origin = Definitions.AttributeOrigin.Declared,
            At = Instant.Never,
            Source = "",
            Text = personas.Names[persona],
        };
    }

    /// <summary>
    /// Whether what this holds is set aside: the customer stands behind a pseudonymous persona, and this is not it.
    /// </summary>
    public bool IsSetAside =>
        !IsPseudonymous && Chosen is >= 0 and var chosen && Plan.Events.Personas.IsPseudonymous[chosen];

    /// <summary>Whether nothing belongs to it, so that it need not be kept.</summary>
    public bool IsEmpty =>
        EventCount == 0 && Held.Count == 0 && WakeUps.Count == 0
        && Array.TrueForAll(Attributes, static attribute => attribute is null);

    /// <summary>Latest occurrence in any facet, or <see cref="Instant.Never"/>.</summary>
    public Instant LatestAt
    {
        get
        {
            var latest = LastAt;
            foreach (var facet in Facets) latest = facet is null ? latest : Instant.Max(latest, facet.LastAt);
            return latest;
        }
    }

    /// <summary>What belongs to a persona, made where there is nothing yet; the customer as such for none.</summary>
    public CustomerState FacetOf(int persona) =>
        persona < 0 ? this : Facets[persona] ??= new CustomerState(this, persona);

    /// <summary>What belongs to a persona, or nothing of it; the customer as such for none.</summary>
    public CustomerState? FindFacet(int persona) => persona < 0 ? this : Facets[persona];

    /// <summary>
    /// An attribute as rules and readers of this facet see it: its own, or the customer's. Behind a pseudonymous one
    /// stands only what was said of it.
    /// </summary>
    public AttributeRecord? Attribute(int slot) =>
        Attributes[slot] ?? (IsPseudonymous ? null : _person?.Attributes[slot]);

    /// <summary>Takes every attribute of another state of the plan that stands against the one known.</summary>
    public void TakeAttributes(CustomerState from)
    {
        for (var i = 0; i < Attributes.Length; i++)
        {
            if (from.Attributes[i] is { } attribute) TakeAttribute(i, attribute);
        }
        foreach (var facet in from.Facets)
        {
            if (facet is not null) FacetOf(facet.Persona).TakeAttributes(facet);
        }
    }

    /// <summary>Takes over which thresholds hold, in place of those that did.</summary>
    public void TakeHeld(CustomerState from)
    {
        Held.Clear();
        Held.AddRange(from.Held);
        for (var i = 0; i < Facets.Length; i++)
        {
            if (from.Facets[i] is { } facet) FacetOf(i).TakeHeld(facet);
            else Facets[i]?.Held.Clear();
        }
    }

    /// <summary>Takes over what is waited for, in place of what was.</summary>
    public void TakeWakeUps(CustomerState from)
    {
        WakeUps.Clear();
        WakeUps.Merge(from.WakeUps);
        for (var i = 0; i < Facets.Length; i++)
        {
            if (from.Facets[i] is { } facet) FacetOf(i).TakeWakeUps(facet);
            else Facets[i]?.WakeUps.Clear();
        }
    }

    /// <summary>The name of a trigger's wake-up for this facet, to the host.</summary>
    public string WakeUpName(TriggerPlan trigger) =>
        Persona < 0 ? trigger.Name : $"{AsPersona}{Plan.Events.Personas.Names[Persona]} {trigger.Name}";

    /// <summary>
    /// The facet and trigger of a wake-up by the name the host has for it; null when the definition has them no more.
    /// </summary>
    public (CustomerState Facet, TriggerPlan Trigger)? OfWakeUp(string name)
    {
        var facet = this;
        if (name.StartsWith(AsPersona, StringComparison.Ordinal))
        {
            var end = name.IndexOf(' ', AsPersona.Length);
            var persona = end < 0 ? PersonaSchema.Nobody : Plan.Events.Personas.Find(name[AsPersona.Length..end]);
            if (persona < 0) return null;
            (facet, name) = (FacetOf(persona), name[(end + 1)..]);
        }
        foreach (var trigger in Plan.Decisions.Triggers)
        {
            if (trigger.LastAt >= 0 && trigger.Name == name) return (facet, trigger);
        }
        return null;
    }
}
