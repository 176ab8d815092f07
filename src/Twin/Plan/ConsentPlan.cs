using DToC.Twin.Definitions;

namespace DToC.Twin.Plan;

/// <summary>Legal bases by purpose, as masks over data categories.</summary>
public sealed class ConsentPlan
{
    /// <summary>Purposes by slot.</summary>
    public required IReadOnlyList<string> Purposes { get; init; }

    /// <summary>Data categories by slot; at most 64.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>Retention of each category in ms.</summary>
    public required long[] RetentionMs { get; init; }

    /// <summary>Basis and condition of each pair, by purpose and category.</summary>
    public required PairBasis[][] Pairs { get; init; }

    /// <summary>By purpose: whether it sells or shares, so that a customer may opt out of it.</summary>
    public required bool[] SaleOrSharing { get; init; }

    /// <summary>By purpose: categories with a basis that no wish of the customer lifts.</summary>
    public required ulong[] Always { get; init; }

    /// <summary>By purpose: categories lawful until objected to.</summary>
    public required ulong[] UntilObjected { get; init; }

    /// <summary>By purpose: categories lawful while consent is granted.</summary>
    public required ulong[] WhileGranted { get; init; }

    /// <summary>By purpose: special categories lawful only while consent is granted explicitly.</summary>
    public required ulong[] WhileExplicit { get; init; }

    /// <summary>By purpose: categories that the customer's wish closes if it sells or shares.</summary>
    public required ulong[] UntilOptedOut { get; init; }

    /// <summary>The longest retention of any category, in ms.</summary>
    public long LongestRetentionMs => RetentionMs.Max();

    /// <summary>Slot of a purpose, or -1.</summary>
    public int FindPurpose(string name) => Find(Purposes, name);

    /// <summary>Slot of a category, or -1.</summary>
    public int FindCategory(string name) => Find(Categories, name);

    /// <summary>The same categories, by name, in the slots of this plan; those it does not have are left out.</summary>
    public ulong FromSlotsOf(ConsentPlan other, ulong categories)
    {
        if (ReferenceEquals(this, other)) return categories;
        return MaskOf(other.NamesOf(categories));
    }

    /// <summary>The categories of a mask, by name, in the order of their slots.</summary>
    public IReadOnlyList<string> NamesOf(ulong categories) =>
        [.. Categories.Where((_, slot) => (categories >> slot & 1) != 0)];

    /// <summary>The mask of categories by name; those this plan does not have are left out.</summary>
    public ulong MaskOf(IEnumerable<string> categories)
    {
        var mask = 0UL;
        foreach (var category in categories)
        {
            var slot = FindCategory(category);
            if (slot >= 0) mask |= 1UL << slot;
        }
        return mask;
    }

    /// <summary>What is wrong with a purpose that this plan does not have; a sentence without its full stop.</summary>
    public string NoSuchPurpose(string purpose) =>
        $"There is no purpose '{purpose}'; the definition has {string.Join(", ", Purposes)}";

    private static int Find(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name) return i;
        }
        return -1;
    }
}

/// <summary>On what a category may serve a purpose.</summary>
/// <param name="Basis">GDPR Art. 6(1).</param>
/// <param name="Condition">GDPR Art. 9(2); null unless the category is a special one.</param>
public readonly record struct PairBasis(LegalBasis Basis, SpecialCondition? Condition);
