using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Rules;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Twin.Plan;

/// <summary>Compiles personas and the rules that choose them.</summary>
internal sealed class PersonaCompiler(Definition definition, CompileErrors errors)
{
    private readonly SymbolTable _symbols = new();
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private int _numbers = PersonaSchema.FixedNumbers;
    private int _texts = PersonaSchema.FixedTexts;

    public PersonaSchema Compile(IReadOnlyList<EventShape> types, TimeZoneInfo zone)
    {
        Declare(types);
        Check();
        var rules = definition.Personas
            .Select(persona => errors.Rule(persona.When, _symbols, ValueType.Boolean, $"{Path(persona)}.when"))
            .ToArray();
        return new PersonaSchema
        {
            Names = [.. definition.Personas.Select(persona => persona.Name)],
            IsPseudonymous = [.. definition.Personas.Select(persona => persona.IsPseudonymous)],
            Rules = rules,
            HasRules = rules.Any(static rule => rule is not null),
            SignalSlots = [.. types.Select(type => type.Signals.Select(SlotOf).ToArray())],
            Numbers = _numbers,
            Texts = _texts,
            LocalTime = new LocalTime(zone),
            ChoiceAttribute = AttributeSlot(PersonaDefinition.Choice),
            PseudonymAttribute = AttributeSlot(PersonaDefinition.Pseudonym),
            Signature = string.Join('\n', definition.Personas.Select(
                persona => $"{persona.Name} {persona.IsPseudonymous} {persona.When?.Text}")),
        };
    }

    private static string Path(PersonaDefinition persona) => $"customer.personas.{persona.Name}";

    private void Declare(IReadOnlyList<EventShape> types)
    {
        _symbols.Add("event.hour", ValueType.Number, PersonaSchema.HourNumber);
        _symbols.Add("event.weekday", ValueType.Number, PersonaSchema.WeekdayNumber);
        _symbols.Add("event.type", ValueType.Text, PersonaSchema.TypeText);
        _symbols.Add("event.source", ValueType.Text, PersonaSchema.SourceText);
        for (var key = 0; key < ContextKeys.Count; key++)
            _symbols.Add($"context.{ContextKeys.Names[key]}", ValueType.Text, PersonaSchema.FirstContextText + key);
        if (definition.Personas.Count == 0) return;
        foreach (var signal in types.SelectMany(type => type.Signals))
        {
            if (_slots.ContainsKey(signal.Name)) continue;
            var isText = signal.Type == SignalType.Token;
            var slot = isText ? _texts++ : _numbers++;
            _slots[signal.Name] = isText ? ~slot : slot;
            var type = isText ? ValueType.Text
                : signal.Type == SignalType.Boolean ? ValueType.Boolean : ValueType.Number;
            _symbols.Add($"signal.{signal.Name}", type, slot);
        }
    }

    /// <summary>Signals of one name in two events are one to the rules, as long as both are texts or none is.</summary>
    private int SlotOf(SignalDefinition signal) =>
        _slots.TryGetValue(signal.Name, out var slot) && slot < 0 == (signal.Type == SignalType.Token)
            ? slot
            : int.MaxValue;

    private int AttributeSlot(string name)
    {
        if (definition.PersonaCategory is null) return -1;
        for (var i = definition.Attributes.Count - 1; i >= 0; i--)
        {
            if (definition.Attributes[i].Name == name) return i;
        }
        return -1;
    }

    private void Check()
    {
        foreach (var persona in definition.Personas)
        {
            if (persona.IsPseudonymous && persona.When is not null)
            {
                errors.Add(persona.At, Path(persona), "A pseudonymous persona has a rule over events",
                    "Only the customer chooses it: take 'when' away");
            }
            if (persona.IsPseudonymous && definition.PersonaCategory is null)
            {
                errors.Add(persona.At, Path(persona), "The customer can say nothing of a pseudonymous persona",
                    "Give \"personaCategory\", the data category of what is said of personas");
            }
        }
        if (definition.PersonaCategory is null) return;
        foreach (var name in (ReadOnlySpan<string>)[PersonaDefinition.Choice, PersonaDefinition.Pseudonym])
        {
            if (definition.Attributes.Count(attribute => attribute.Name == name) == 1) continue;
            errors.Add(definition.PersonaCategory.Value.At, "customer.personaCategory",
                $"An attribute '{name}' keeps what is said of personas, and the definition has one of its own",
                "Give that one another name");
        }
    }
}
