using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Fold;

/// <summary>
/// Takes what rests on data categories out of a state. What several categories made together goes as a whole; a
/// journal, where there is one, makes anew what the others gave. Turn facts stay; in a checkpoint, whose events are
/// gone, also the number and times of events and the hashes that tell duplicates.
/// </summary>
public static class StateForgetting
{
    /// <summary>Forgets all that rests on one of these categories.</summary>
    public static void Forget(CustomerState state, ulong categories)
    {
        foreach (var group in state.Plan.Layout.Groups)
        {
            if ((group.Categories & categories) != 0) Reset(state, group);
        }
        for (var i = 0; i < state.Attributes.Length; i++)
        {
            if ((state.Plan.Vector.AttributeCategories[i] & categories) != 0) state.Attributes[i] = null;
        }
        state.Kept &= ~categories;
        foreach (var facet in state.Facets)
        {
            if (facet is not null) Forget(facet, categories);
        }
    }

    private static void Reset(CustomerState state, SlotGroup group)
    {
        var (at, size) = (group.At, group.Size);
        state.Plan.Layout.InitialLongs.AsSpan(at.Longs, size.Longs).CopyTo(state.Longs.AsSpan(at.Longs));
        state.Reals.AsSpan(at.Reals, size.Reals).Clear();
        state.Bytes.AsSpan(at.Bytes, size.Bytes).Clear();
    }
}
