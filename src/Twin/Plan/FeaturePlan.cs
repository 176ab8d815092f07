using DToC.Twin.Definitions;
using DToC.Twin.Rules;

namespace DToC.Twin.Plan;

/// <summary>How one number of the feature vector is read from a state.</summary>
public sealed record FeatureRead
{
    /// <summary>Name in rules and views.</summary>
    public required string Name { get; init; }

    /// <summary>How it is read.</summary>
    public required FeatureKind Kind { get; init; }

    /// <summary>First slots in the state.</summary>
    public SlotCounts At { get; init; }

    /// <summary>
    /// Operand: registers, capacity, buckets, half-life index, attribute slot, index of bursts, or which part of a
    /// feature of several it is.
    /// </summary>
    public int Operand { get; init; }

    /// <summary>Of a feature of several numbers, which of them, from 0.</summary>
    public int Part { get; init; }

    /// <summary>For baskets: ms after which one counts half.</summary>
    public double HalfLifeMs { get; init; }

    /// <summary>
    /// Whether it means something only beside others: the code of a name, or what is counted of one. People are shown
    /// what models make of it.
    /// </summary>
    public bool IsCoded => Kind switch
    {
        FeatureKind.Stage => true,
        FeatureKind.LastEvent => Part == 0,
        FeatureKind.Basket => Part > 0,
        _ => false,
    };

    /// <summary>For outliers: the counters that are summed.</summary>
    public int[] LongSlots { get; init; } = [];

    /// <summary>What a stored integer is divided by.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>For a ratio: slots of numerator and denominator in the vector.</summary>
    public (int Numerator, int Denominator) Ratio { get; init; }

    /// <summary>For an expression.</summary>
    public Expression? Expression { get; init; }

    /// <summary>Days in a unit of time.</summary>
    public double UnitDays { get; init; } = 1;

    /// <summary>Data categories it rests on, a bit each.</summary>
    public ulong Categories { get; init; }

    /// <summary>True when a refold makes it; such a feature is defined on the sorted events.</summary>
    public bool Ordered { get; init; }

    /// <summary>Slot of its text in the vector of texts (the top token of heavy hitters), or -1.</summary>
    public int TextSlot { get; init; } = -1;
}

/// <summary>The layout of the two vectors that rules and models read.</summary>
public sealed class VectorPlan
{
    /// <summary>The names that rules may read.</summary>
    public required SymbolTable Symbols { get; init; }

    /// <summary>Features, in the order of their slots from 0.</summary>
    public required FeatureRead[] Features { get; init; }

    /// <summary>Features that have a text of their own.</summary>
    public required FeatureRead[] TokenFeatures { get; init; }

    /// <summary>Slot of the first score; scores follow in the order of models.</summary>
    public required int FirstScore { get; init; }

    /// <summary>Slot of the local hour of the day.</summary>
    public required int NowHour { get; init; }

    /// <summary>Slot of the weekday, 1 for Monday.</summary>
    public required int NowWeekday { get; init; }

    /// <summary>Slot of each numeric attribute, -1 for text.</summary>
    public required int[] AttributeNumbers { get; init; }

    /// <summary>Text slot of each text attribute, -1 for others.</summary>
    public required int[] AttributeTexts { get; init; }

    /// <summary>Category of each attribute, as a bit.</summary>
    public required ulong[] AttributeCategories { get; init; }

    /// <summary>Length of the vector of numbers.</summary>
    public required int Numbers { get; init; }

    /// <summary>Length of the vector of texts.</summary>
    public required int Texts { get; init; }

    /// <summary>Categories each number rests on; 0 for time and scores without inputs.</summary>
    public required ulong[] NumberCategories { get; init; }

    /// <summary>Categories each text rests on.</summary>
    public required ulong[] TextCategories { get; init; }

    /// <summary>Categories that events belong to.</summary>
    public required ulong EventCategories { get; init; }

    /// <summary>Names of the numbers, for records and reasons.</summary>
    public required string[] NumberNames { get; init; }

    /// <summary>Names of the texts.</summary>
    public required string[] TextNames { get; init; }

    /// <summary>Text slot of the persona's name; -1 where the definition has none.</summary>
    public required int PersonaText { get; init; }

    /// <summary>Hashes of the personas' names, by slot.</summary>
    public required ulong[] PersonaHashes { get; init; }

    /// <summary>Text slot of the journey stage.</summary>
    public const int StageText = 0;

    /// <summary>Text slot of the first context key.</summary>
    public const int FirstContextText = 1;

    /// <summary>Text slot of the trigger's name.</summary>
    public const int TriggerText = FirstContextText + Events.ContextKeys.Count;

    /// <summary>Text slots every definition has.</summary>
    public const int FixedTexts = TriggerText + 1;

    /// <summary>Data categories that all a rule reads rests on, a bit each.</summary>
    public ulong CategoriesOf(Expression rule) => CategoriesOf(rule, NumberCategories, TextCategories);

    internal static ulong CategoriesOf(
        Expression rule, ReadOnlySpan<ulong> numberCategories, ReadOnlySpan<ulong> textCategories)
    {
        var mask = 0UL;
        foreach (var slot in rule.NumbersRead) mask |= numberCategories[slot];
        foreach (var slot in rule.TextsRead) mask |= textCategories[slot];
        return mask;
    }
}
