namespace DToC.Cli.Sending;

/// <summary>Counts of outcomes; those not taken in by reason.</summary>
internal sealed class Tally
{
    /// <summary>Most different reasons kept apart; further ones are counted together.</summary>
    public const int MaxReasons = 100;

    private const string Further = "further reasons";

    /// <summary>Events taken in now.</summary>
    public long Accepted { get; set; }

    /// <summary>Events that were there already.</summary>
    public long Duplicate { get; set; }

    /// <summary>Events set aside, by reason.</summary>
    public SortedDictionary<string, long> Quarantined { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Events not taken in, by reason.</summary>
    public SortedDictionary<string, long> Refused { get; init; } = new(StringComparer.Ordinal);

    /// <summary>True when every event is in.</summary>
    public bool AllTakenIn => Quarantined.Count == 0 && Refused.Count == 0;

    /// <summary>Counts one more.</summary>
    public void Add(EventOutcome outcome)
    {
        switch (outcome.Verdict)
        {
            case EventVerdict.Accepted:
                Accepted++;
                break;
            case EventVerdict.Duplicate:
                Duplicate++;
                break;
            case EventVerdict.Quarantined:
                AddReason(Quarantined, outcome.Reason);
                break;
            default:
                AddReason(Refused, outcome.Reason);
                break;
        }
    }

    /// <summary>The report's lines.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"accepted: {Accepted:N0}";
        yield return $"duplicate: {Duplicate:N0}";
        yield return $"quarantined: {Quarantined.Values.Sum():N0}";
        foreach (var (reason, count) in Quarantined)
            yield return $"  {reason}: {count:N0}";
        yield return $"refused: {Refused.Values.Sum():N0}";
        foreach (var (reason, count) in Refused)
            yield return $"  {reason}: {count:N0}";
    }

    private static void AddReason(SortedDictionary<string, long> counts, string? reason)
    {
        var key = string.IsNullOrWhiteSpace(reason) ? "no reason given" : reason;
        if (!counts.ContainsKey(key) && counts.Count >= MaxReasons)
            key = Further;
        counts[key] = counts.GetValueOrDefault(key) + 1;
    }
}
