using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Twin.Consent;

/// <summary>What a definition has that may not be needed.</summary>
public enum FieldKind
{
    /// <summary>A purpose.</summary>
    Purpose,

    /// <summary>A data category.</summary>
    Category,

    /// <summary>A legal basis of a category for a purpose.</summary>
    Basis,

    /// <summary>An attribute.</summary>
    Attribute,

    /// <summary>An event.</summary>
    Event,

    /// <summary>A signal of an event.</summary>
    Signal,

    /// <summary>A feature.</summary>
    Feature,
}

/// <summary>Something kept or allowed that no model, rule or purpose needs.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name in the definition; of a signal <c>EVENT.SIGNAL</c>, of a basis <c>CATEGORY for
/// PURPOSE</c>.</param>
/// <param name="At">Where the definition says it.</param>
/// <param name="Reason">Why it is not needed.</param>
public sealed record UnneededField(FieldKind Kind, string Name, Position At, string Reason);

/// <summary>
/// Data minimisation (GDPR Art. 5(1)(c)) as far as a definition tells: what it keeps or allows and nothing reads. A
/// model, a segment, a trigger, an offer and the journey are reasons to keep something; that people look at it is one
/// too, which only they can know.
/// </summary>
public sealed class Minimisation
{
    private readonly TwinPlan _plan;
    private readonly RuleNeeds _needs;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal); // features, EVENT.SIGNAL, events
    private readonly bool _readsAnyEvent;
    private readonly List<UnneededField> _found = [];

    private Minimisation(TwinPlan plan)
    {
        _plan = plan;
        _needs = RuleNeeds.Of(
            plan.Vector.Features, plan.Models, plan.Vector.Numbers, plan.Vector.Texts, RulesOf(plan),
            withAllModels: true);
        foreach (var slot in NeededSlots()) _read.Add(FeatureNameOf(plan.Vector.Features[slot].Name));
        foreach (var feature in plan.Definition.Features)
        {
            if (!_read.Contains(feature.Name)) continue;
            foreach (var of in feature.Of) Read(of.Name);
            _readsAnyEvent |= feature.Of.Count == 0
                && feature.Kind is FeatureKind.Recency or FeatureKind.Age or FeatureKind.Sessions;
        }
        foreach (var trigger in plan.Definition.Triggers)
        {
            foreach (var e in EventsOf(trigger.Form)) Read(e.Name);
        }
        foreach (var transition in plan.Definition.Journey?.Transitions ?? [])
        {
            foreach (var e in transition.On) Read(e.Name);
        }
        ReadByPersonas(plan.Events);
    }

    /// <summary>A signal that tells to which persona its event belongs; the event is not needed for that.</summary>
    private void ReadByPersonas(EventSchema schema)
    {
        for (var type = 0; type < schema.Types.Count; type++)
        {
            for (var signal = 0; signal < schema.Types[type].Signals.Count; signal++)
            {
                var slot = schema.Personas.SignalSlots[type][signal];
                var isRead = slot != int.MaxValue && schema.Personas.Rules.Any(rule => rule is not null
                    && (slot < 0 ? rule.TextsRead.Contains(~slot) : rule.NumbersRead.Contains(slot)));
                if (isRead) _read.Add($"{schema.Types[type].Name}.{schema.Types[type].Signals[signal].Name}");
            }
        }
    }

    /// <summary>What is not needed, in the order of the definition's parts.</summary>
    public static IReadOnlyList<UnneededField> Of(TwinPlan plan)
    {
        var minimisation = new Minimisation(plan);
        minimisation.Purposes();
        minimisation.Categories();
        minimisation.Attributes();
        minimisation.Events();
        minimisation.Features();
        return minimisation._found;
    }

    private static IEnumerable<Rules.Expression?> RulesOf(TwinPlan plan) =>
    [
        .. plan.Decisions.Triggers.Select(trigger => trigger.When),
        .. plan.Segments.Select(segment => segment.Rule),
        plan.Segmentation.ValueAtRisk,
        .. plan.Decisions.Offers.SelectMany(
            offer => new[] { offer.Eligibility, offer.Propensity, offer.ContextWeight, offer.Value }),
    ];

    private static IReadOnlyList<Named> EventsOf(TriggerForm form) => form switch
    {
        TriggerForm.OnEvent on => on.Events,
        TriggerForm.WakeUp wakeUp => wakeUp.After,
        _ => [],
    };

    private IEnumerable<int> NeededSlots()
    {
        for (var slot = 0; slot < _plan.Vector.Features.Length; slot++)
        {
            var text = _plan.Vector.Features[slot].TextSlot;
            if (_needs.Numbers[slot] || (text >= 0 && _needs.Texts[text])) yield return slot;
        }
    }

    /// <summary>The feature that a number of the vector belongs to: some have several.</summary>
    private string FeatureNameOf(string number)
    {
        foreach (var feature in _plan.Definition.Features)
        {
            if (FeatureCompiler.Width(feature) > 1
                && number.StartsWith(feature.Name + ".", StringComparison.Ordinal))
            {
                return feature.Name;
            }
        }
        return number;
    }

    /// <summary>An event or signal is read, and with a signal its event.</summary>
    private void Read(string name)
    {
        _read.Add(name);
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0) _read.Add(name[..dot]);
    }

    private void Purposes()
    {
        foreach (var purpose in _plan.Definition.Purposes)
        {
            if (UsedBy(_plan.Consent.FindPurpose(purpose.Name)) == 0)
                Add(FieldKind.Purpose, purpose.Name, purpose.At, "no model, segment or offer serves it");
        }
    }

    private void Categories()
    {
        var definition = _plan.Definition;
        foreach (var category in definition.Categories)
        {
            if (!definition.Events.Any(e => e.Category.Name == category.Name)
                && !definition.Attributes.Any(a => a.Category.Name == category.Name))
            {
                Add(FieldKind.Category, category.Name, category.At, "no event or attribute belongs to it");
                continue;
            }
            var bit = 1UL << _plan.Consent.FindCategory(category.Name);
            foreach (var (purpose, basis) in category.Bases)
            {
                var used = UsedBy(_plan.Consent.FindPurpose(purpose.Name));
                if (basis == LegalBasis.None || used == 0 || (used & bit) != 0) continue;
                Add(FieldKind.Basis, $"{category.Name} for {purpose.Name}", purpose.At,
                    $"no model, segment or offer for {purpose.Name} rests on {category.Name}");
            }
        }
    }

    /// <summary>Categories that the models, segments and offers of a purpose rest on.</summary>
    private ulong UsedBy(int purpose)
    {
        var used = 0UL;
        foreach (var model in _plan.Models) used |= model.Purpose == purpose ? model.Categories : 0;
        foreach (var segment in _plan.Segments) used |= segment.Purpose == purpose ? segment.Categories : 0;
        foreach (var offer in _plan.Decisions.Offers) used |= offer.Purpose == purpose ? offer.Categories : 0;
        return used;
    }

    private void Attributes()
    {
        var vector = _plan.Vector;
        for (var i = 0; i < _plan.Definition.Attributes.Count; i++)
        {
            var attribute = _plan.Definition.Attributes[i];
            var personas = _plan.Events.Personas;
            if (i == personas.ChoiceAttribute || i == personas.PseudonymAttribute) continue; // what personas rest on
            var isRead = vector.AttributeTexts[i] >= 0
                ? _needs.Texts[vector.AttributeTexts[i]]
                : _needs.Numbers[vector.AttributeNumbers[i]];
            isRead |= _plan.Definition.Features.Any(
                feature => feature.Attribute?.Name == attribute.Name && _read.Contains(feature.Name));
            if (!isRead) Add(FieldKind.Attribute, attribute.Name, attribute.At, "no rule reads it");
        }
    }

    private void Events()
    {
        foreach (var e in _plan.Definition.Events)
        {
            if (!_read.Contains(e.Name) && !_readsAnyEvent && e.Attributes.All(a => IsUnneeded(a.Attribute.Name)))
            {
                Add(FieldKind.Event, e.Name, e.At, "no feature that is read, trigger or journey needs it");
                continue;
            }
            foreach (var signal in e.Signals)
            {
                var name = $"{e.Name}.{signal.Name}";
                if (!_read.Contains(name)) Add(FieldKind.Signal, name, signal.At, "no feature that is read needs it");
            }
        }
    }

    private bool IsUnneeded(string attribute) =>
        _found.Exists(field => field.Kind == FieldKind.Attribute && field.Name == attribute);

    private void Features()
    {
        foreach (var feature in _plan.Definition.Features)
        {
            if (!_read.Contains(feature.Name))
                Add(FieldKind.Feature, feature.Name, feature.At, "no model, segment, trigger or offer reads it");
        }
    }

    private void Add(FieldKind kind, string name, Position at, string reason) =>
        _found.Add(new UnneededField(kind, name, at, reason));
}
