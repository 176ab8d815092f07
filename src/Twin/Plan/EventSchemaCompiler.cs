using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Models.Text;

namespace DToC.Twin.Plan;

/// <summary>Compiles what reading events needs.</summary>
internal static class EventSchemaCompiler
{
    public static EventSchema Compile(
        Definition definition, TimeZoneInfo zone, ScorerCompiler scorers, CompileErrors errors)
    {
        var attributes = definition.Attributes.Select(a => a.Name).ToList();
        var categories = definition.Categories.Select(c => c.Name).ToList();
        foreach (var attribute in definition.Attributes)
        {
            var path = attribute.IsRelation ? $"customer.relations.{attribute.Name}.category"
                : definition.PersonaCategory is { } said && said == attribute.Category ? "customer.personaCategory"
                : $"attributes.{attribute.Name}.category";
            errors.Slot(attribute.Category, categories, path, "category");
        }
        foreach (var relation in definition.Relations)
        {
            var kinds = definition.CustomerKinds.Select(k => k.Name).ToList();
            errors.Slot(relation.From, kinds, $"customer.relations.{relation.Name}.from", "customer kind");
            if (attributes.Count(name => name == relation.Name) > (relation.Category is null ? 0 : 1))
            {
                errors.Add(relation.At, $"customer.relations.{relation.Name}",
                    $"There is an attribute '{relation.Name}' too", "Give one of them another name");
            }
            errors.Slot(relation.To, kinds, $"customer.relations.{relation.Name}.to", "customer kind");
        }
        CheckPriorities(definition, errors);
        var identifiers = definition.Identifiers.OrderByDescending(i => i.Priority)
            .Select(i => new IdentifierShape(i)).ToList();
        var types = definition.Events.Select(type =>
            Shape(definition, type, attributes, categories, scorers.Of(type), errors)).ToList();
        return new EventSchema
        {
            Types = types,
            TypeIndex = new Utf8Index([.. types.Select(t => t.Name)]),
            SourcesOff = definition.Sources.Where(s => !s.Enabled).Select(s => s.Name)
                .ToHashSet(StringComparer.Ordinal),
            SourcesKnown = definition.Sources.Select(s => s.Name).ToHashSet(StringComparer.Ordinal),
            SourceNames = new Utf8Names([.. definition.Sources.Select(s => s.Name)]),
            AcceptUnknownSources = definition.AcceptUnknownSources,
            Currency = definition.Currency,
            Rates = definition.CurrencyRates.ToDictionary(r => r.Currency, r => r.Rate, StringComparer.Ordinal),
            Identifiers = identifiers,
            IdentifierIndex = new Utf8Index([.. identifiers.Select(i => i.Name)]),
            HashesIdentifiers = identifiers.Exists(i => i.IsHashed),
            Nobody = new NobodyValues(definition.Identifiers.Select(
                i => (i.Name, (IReadOnlyList<string>)[.. i.Blocked.Select(value => value.Name)]))),
            Attributes = definition.Attributes,
            Personas = new PersonaCompiler(definition, errors).Compile(types, zone),
        };
    }

    private static void CheckPriorities(Definition definition, CompileErrors errors)
    {
        var priorities = new HashSet<int>();
        foreach (var identifier in definition.Identifiers)
        {
            if (identifier.Merge == IdentifierMerge.Never || !priorities.Add(identifier.Priority)
                || priorities.Count <= DefinitionLimits.MergingPriorities)
            {
                continue;
            }
            errors.Add(identifier.At, $"identifiers.{identifier.Name}",
                $"Identifiers that merge may have {DefinitionLimits.MergingPriorities} different priorities: so many "
                + "merges of one customer can follow each other",
                "Write \"merge\": \"never\", or give it the priority of another");
        }
    }

    private static EventShape Shape(
        Definition definition, EventDefinition type, List<string> attributes, List<string> categories,
        IReadOnlyList<ISentimentScorer?> scorers, CompileErrors errors)
    {
        var path = $"events.{type.Name}";
        // What is said of personas only the customer says.
        var observable = definition.PersonaCategory is null
            ? attributes
            : attributes.FindAll(static name => name is not (PersonaDefinition.Choice or PersonaDefinition.Pseudonym));
        foreach (var observed in type.Attributes)
            errors.Slot(observed.Attribute, observable, $"{path}.attributes", "attribute");
        foreach (var signal in type.Signals)
        {
            if (signal.Type == SignalType.Money && definition.Currency is null)
            {
                errors.Add(signal.At, $"{path}.signals.{signal.Name}",
                    "Money is summed, but the definition has no currency",
                    "Give \"currency\": \"EUR\" or another ISO 4217 code at the top");
            }
        }
        CheckTexts(type, path, errors);
        return new EventShape
        {
            Scorers = scorers,
            ReadsTexts = type.Signals.Any(s => s.Type == SignalType.Sentiment),
            Name = type.Name,
            Signals = type.Signals,
            Scales = [.. type.Signals.Select(s => Math.Pow(10, s.Decimals))],
            Properties = PropertyNode.Tree(type, scorers, name => attributes.IndexOf(name)),
            ReadsCurrency = type.Signals.Any(s => s.CurrencyPath is not null),
            Category = Math.Max(0, errors.Slot(type.Category, categories, $"{path}.category", "category")),
        };
    }

    /// <summary>Where a text stood its score stands later: nothing else can be read there.</summary>
    private static void CheckTexts(EventDefinition type, string path, CompileErrors errors)
    {
        var read = type.Signals.Select(signal => signal.Path)
            .Concat(type.Signals.Select(signal => signal.CurrencyPath).OfType<string>())
            .Concat(type.Attributes.Select(observed => observed.Path)).Select(PlainPath).ToList();
        foreach (var signal in type.Signals.Where(signal => signal.Type == SignalType.Sentiment))
        {
            var text = PlainPath(signal.Path);
            var others = read.Count(other => other == text || other.StartsWith(text + ".", StringComparison.Ordinal));
            if (others < 2) continue;
            errors.Add(signal.At, $"{path}.signals.{signal.Name}.path",
                $"Something else is read at '{signal.Path}', where only the text's score is stored",
                "Read it from another property");
        }
    }

    private static string PlainPath(string path) => path.Replace("[]", "", StringComparison.Ordinal);
}
