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

    /// <summary>By purpose: categories with a basis that no wish of the customer lifts.</summary>
    public required ulong[] Always { get; init; }

    /// <summary>By purpose: categories lawful until objected to.</summary>
    public required ulong[] UntilObjected { get; init; }

    /// <summary>By purpose: categories lawful while consent is granted.</summary>
    public required ulong[] WhileGranted { get; init; }

    /// <summary>The longest retention of any category, in ms.</summary>
    public long LongestRetentionMs => RetentionMs.Max();

    /// <summary>Slot of a purpose, or -1.</summary>
    public int FindPurpose(string name)
    {
        for (var i = 0; i < Purposes.Count; i++)
        {
            if (Purposes[i] == name) return i;
        }
        return -1;
    }
}
