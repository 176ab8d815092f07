using DToC.Twin.Plan;
using DToC.Twin.Rules;
using DToC.Twin.Segments;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Http.Segments;

/// <summary>A set made of segments: a rule that reads nothing but membership in them.</summary>
internal sealed class SegmentSet
{
    private const int MaxSegments = 16;

    private readonly Expression _rule;
    private readonly int _slots;

    private SegmentSet(Expression rule, int slots, int purpose) => (_rule, _slots, Purpose) = (rule, slots, purpose);

    /// <summary>Slot of the purpose that all of the segments serve.</summary>
    public int Purpose { get; }

    /// <summary>Slots of the segments it is made of.</summary>
    public IReadOnlyList<int> Segments => _rule.NumbersRead.ToArray();

    /// <summary>Reads a set such as <c>valuable and not (at_risk or in_cart)</c>.</summary>
    /// <returns>The set, or null with what is wrong and what would be right.</returns>
    public static (SegmentSet? Set, string Wrong) Read(string text, TwinPlan plan)
    {
        var symbols = new SymbolTable();
        for (var slot = 0; slot < plan.Segments.Count; slot++)
            symbols.Add(plan.Segments[slot].Name, ValueType.Boolean, slot);
        var compiled = Expression.Compile(text, symbols, ValueType.Boolean);
        if (compiled is not Compilation.Compiled { Expression: var rule })
        {
            var wrong = (Compilation.Invalid)compiled;
            var meant = wrong.Suggestion is null ? "" : $" Did you mean '{wrong.Suggestion}'?";
            return (null, $"set, character {wrong.Position + 1}: {wrong.Message.TrimEnd('.')}.{meant}");
        }
        var read = rule.NumbersRead.ToArray();
        if (read.Length is 0 or > MaxSegments)
            return (null, $"set names {read.Length} segments; it must name 1 to {MaxSegments}.");
        var purposes = read.GroupBy(slot => plan.Segments[slot].Purpose).ToList();
        if (purposes.Count > 1)
        {
            var told = string.Join("; ", purposes.Select(group =>
                string.Join(", ", group.Select(slot => plan.Segments[slot].Name))
                + $": {plan.Consent.Purposes[group.Key]}"));
            return (null, $"set mixes segments that serve different purposes ({told}); make it of segments of one.");
        }
        return (new SegmentSet(rule, plan.Segments.Count, purposes[0].Key), "");
    }

    /// <summary>Whether who is in these segments is in the set.</summary>
    public bool Holds(SegmentMask members) => Holds(slot => members.Has(slot));

    /// <summary>Whether who is in the segments that a function says is in the set.</summary>
    public bool Holds(Func<int, bool> isIn)
    {
        var members = new double[_slots];
        foreach (var slot in _rule.NumbersRead) members[slot] = isIn(slot) ? 1 : 0;
        return _rule.IsTrue(members, []);
    }
}
