using System.Runtime.InteropServices;
using System.Text.Json;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Rules;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Twin.Plan;

/// <summary>Gives numbers and texts their slots in the vectors and their names in rules.</summary>
internal sealed class VectorLinks
{
    private readonly Definition _definition;
    private readonly List<string> _featureNames = [];
    private readonly List<string> _growing = [];
    private readonly List<string> _textNames = ["stage"];
    private readonly List<ulong> _textCategories = [];

    public VectorLinks(Definition definition, EventSchema schema)
    {
        _definition = definition;
        FeatureCount = definition.Features.Sum(FeatureCompiler.Width);
        FirstScore = FeatureCount;
        NowHour = FirstScore + definition.Models.Count;
        NowWeekday = NowHour + 1;
        EventCategories = schema.Types.Aggregate(0UL, (mask, type) => mask | (1UL << type.Category));
        JourneyCategories = MovedBy(definition, schema);
        _textNames.AddRange(ContextKeys.Names.Select(name => $"context.{name}"));
        _textNames.Add("trigger");
        _textCategories.AddRange([JourneyCategories, 0, 0, 0, 0, 0]);
        DeclareFixed();
        Numbers = DeclareAttributes();
        PersonaText = schema.Personas.Count == 0 ? -1 : Text("persona", 0);
        NumberCategories = new ulong[Numbers];
        NumberNames = new string[Numbers];
        foreach (var (name, slot) in _numberNames) NumberNames[slot] = name;
        foreach (var (slot, mask) in _attributeMasks) NumberCategories[slot] = mask;
    }

    private readonly List<(string Name, int Slot)> _numberNames = [];
    private readonly List<(int Slot, ulong Mask)> _attributeMasks = [];

    public SymbolTable Symbols { get; } = new();
    public int FeatureCount { get; }
    public int FirstScore { get; }
    public int NowHour { get; }
    public int NowWeekday { get; }
    public int PersonaText { get; }
    public int Numbers { get; }
    public int[] AttributeNumbers { get; private set; } = [];
    public int[] AttributeTexts { get; private set; } = [];
    public ulong[] NumberCategories { get; }
    public string[] NumberNames { get; }
    public ulong EventCategories { get; }
    public ulong JourneyCategories { get; }
    public ulong[] AttributeCategories { get; private set; } = [];
    public string[] TextNames => [.. _textNames];
    public ulong[] TextCategories => [.. _textCategories];

    /// <summary>Categories of the events that move a customer from stage to stage.</summary>
    private static ulong MovedBy(Definition definition, EventSchema schema)
    {
        var moving = (definition.Journey?.Transitions ?? []).SelectMany(transition => transition.On)
            .Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        return schema.Types.Where(type => moving.Contains(type.Name))
            .Aggregate(0UL, (mask, type) => mask | (1UL << type.Category));
    }

    private void DeclareFixed()
    {
        for (var i = 0; i < _textNames.Count; i++) Symbols.Add(_textNames[i], ValueType.Text, i);
        Number("now.hour", NowHour, ValueType.Number);
        Number("now.weekday", NowWeekday, ValueType.Number);
        for (var i = 0; i < _definition.Models.Count; i++)
            _numberNames.Add((_definition.Models[i].Name, FirstScore + i));
    }

    private int DeclareAttributes()
    {
        var next = NowWeekday + 1;
        AttributeNumbers = new int[_definition.Attributes.Count];
        AttributeTexts = new int[_definition.Attributes.Count];
        AttributeCategories = new ulong[_definition.Attributes.Count];
        for (var i = 0; i < _definition.Attributes.Count; i++)
        {
            var attribute = _definition.Attributes[i];
            var mask = 1UL << Math.Max(0, CategorySlot(attribute.Category.Name));
            (AttributeNumbers[i], AttributeTexts[i], AttributeCategories[i]) = (-1, -1, mask);
            if (attribute.Type == AttributeType.Text)
            {
                AttributeTexts[i] = Text($"attribute.{attribute.Name}", mask);
                continue;
            }
            AttributeNumbers[i] = next;
            _attributeMasks.Add((next, mask));
            Number($"attribute.{attribute.Name}", next++,
                attribute.Type == AttributeType.Boolean ? ValueType.Boolean : ValueType.Number);
        }
        return next;
    }

    /// <summary>Completes a read that refers to other features, attributes or the journey.</summary>
    public FeatureRead Link(FeatureDefinition feature, FeatureRead read, int slot, CompileErrors errors)
    {
        var path = $"features.{feature.Name}";
        switch (feature.Kind)
        {
            case FeatureKind.Ratio:
                var numerator = Feature(feature.Numerator, feature, $"{path}.numerator", errors);
                var denominator = Feature(feature.Denominator, feature, $"{path}.denominator", errors);
                if (numerator < 0 || denominator < 0) return read;
                return read with
                {
                    Ratio = (numerator, denominator),
                    Categories = NumberCategories[numerator] | NumberCategories[denominator],
                };
            case FeatureKind.Expression:
                var rule = errors.Rule(feature.Expression, Symbols, ValueType.Number, $"{path}.expression");
                return read with { Expression = rule, Categories = rule is null ? 0 : CategoriesOf(rule) };
            case FeatureKind.Attribute:
                return LinkAttribute(feature, read, $"{path}.attribute", errors);
            case FeatureKind.TimeInStage or FeatureKind.Stage:
                return read with { Categories = JourneyCategories, Ordered = true };
            case FeatureKind.HeavyHitters:
                return read with { TextSlot = Text($"{feature.Name}.top", read.Categories) };
            default:
                return read;
        }
    }

    /// <summary>Makes a feature readable by what comes after it.</summary>
    public void Declare(FeatureRead read, int slot)
    {
        NumberCategories[slot] = read.Categories;
        NumberNames[slot] = read.Name;
        _featureNames.Add(read.Name);
        if (read.Kind is FeatureKind.Count or FeatureKind.Sum or FeatureKind.Sessions
            || (read.Kind == FeatureKind.PurchaseHistory && read.Operand == 0))
        {
            _growing.Add(read.Name);
        }
        Symbols.Add(read.Name, ValueType.Number, slot);
    }

    /// <summary>Makes a score readable by what comes after it.</summary>
    public void DeclareScore(string name, int model, ulong categories)
    {
        NumberCategories[FirstScore + model] = categories;
        Symbols.Add(name, ValueType.Number, FirstScore + model);
    }

    /// <summary>Slot of a feature or earlier score named by a model, or -1 with an error.</summary>
    public int Number(Named name, IReadOnlyList<string> earlierScores, string path, CompileErrors errors)
    {
        if (Symbols.TryFind(name.Name, out var symbol) && symbol.Type != ValueType.Text) return symbol.Index;
        errors.Slot(name, [.. _featureNames, .. earlierScores], path, "feature or earlier model");
        return -1;
    }

    /// <summary>Slot of a feature whose changes can be forecast, or -1 with an error.</summary>
    public int Growing(Named name, string path, CompileErrors errors) =>
        errors.Slot(name, _growing, path, "feature that counts or sums") < 0 ? -1 : _featureNames.IndexOf(name.Name);

    /// <summary>First of the slots of a feature of a kind, or -1 with an error.</summary>
    public int FirstOf(Named name, FeatureKind kind, string path, CompileErrors errors)
    {
        var ofKind = _definition.Features.Where(f => f.Kind == kind).Select(f => f.Name).ToList();
        var word = JsonNamingPolicy.CamelCase.ConvertName($"{kind}");
        return errors.Slot(name, ofKind, path, $"feature of kind {word}") < 0
            ? -1
            : _featureNames.IndexOf(name.Name + FeatureCompiler.PartsOf(kind)[0]);
    }

    /// <summary>The definition of a latent level that <see cref="FirstOf"/> found.</summary>
    public LevelDefinition LevelOf(Named name) =>
        _definition.Features.First(feature => feature.Name == name.Name).Level
        ?? throw new InvalidOperationException($"'{name.Name}' is no latent level.");

    /// <summary>Names of features by their slots.</summary>
    public string[] NamesOf(IReadOnlyList<int> slots) => [.. slots.Select(slot => NumberNames[slot])];

    /// <summary>Categories all symbols of a rule rest on.</summary>
    public ulong CategoriesOf(Expression rule) =>
        VectorPlan.CategoriesOf(rule, NumberCategories, CollectionsMarshal.AsSpan(_textCategories));

    private FeatureRead LinkAttribute(FeatureDefinition feature, FeatureRead read, string path, CompileErrors errors)
    {
        if (feature.Attribute is not { } name)
        {
            errors.Add(feature.At, path, "The feature names no attribute", "Give \"attribute\": \"NAME\"");
            return read;
        }
        var attribute = errors.Slot(name, [.. _definition.Attributes.Select(a => a.Name)], path, "attribute");
        if (attribute < 0) return read;
        if (AttributeNumbers[attribute] < 0)
        {
            errors.Add(name.At, path, $"Attribute '{name.Name}' is text",
                "Use attribute.NAME in a rule, or name a number");
            return read;
        }
        return read with { Operand = attribute, Categories = NumberCategories[AttributeNumbers[attribute]] };
    }

    private int Feature(Named? name, FeatureDefinition feature, string path, CompileErrors errors)
    {
        if (name is { } given)
        {
            var slot = errors.Slot(given, _featureNames, path, "feature above this one");
            return slot;
        }
        errors.Add(feature.At, path, "A ratio names two features", "Give \"numerator\" and \"denominator\"");
        return -1;
    }

    private int Text(string name, ulong categories)
    {
        _textNames.Add(name);
        _textCategories.Add(categories);
        Symbols.Add(name, ValueType.Text, _textNames.Count - 1);
        return _textNames.Count - 1;
    }

    private void Number(string name, int slot, ValueType type)
    {
        _numberNames.Add((name, slot));
        Symbols.Add(name, type, slot);
    }

    private int CategorySlot(string name)
    {
        for (var i = 0; i < _definition.Categories.Count; i++)
        {
            if (_definition.Categories[i].Name == name) return i;
        }
        return -1;
    }
}
