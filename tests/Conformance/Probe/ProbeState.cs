using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>The state of a probe grain.</summary>
public sealed class ProbeState : GrainState
{
    /// <summary>How many command ids the state remembers; for older ones the journal is asked.</summary>
    public const int RecentLimit = 8;

    /// <summary>Hash of the definition <see cref="Checksum"/> was made under.</summary>
    public ulong PlanHash { get; set; }

    /// <summary>Sum of the amounts added.</summary>
    public long Total { get; set; }

    /// <summary>Commands carried out.</summary>
    public long Count { get; set; }

    /// <summary>
    /// Over all commands in the order of (at, id), under the definition: any other order differs.
    /// </summary>
    public ulong Checksum { get; set; }

    /// <summary>The newest command in that order.</summary>
    public ProbeMark Newest { get; set; } = new(Instant.Never, 0);

    /// <summary>The last commands by arrival, the oldest first.</summary>
    public List<ProbeMark> Recent { get; } = [];

    /// <summary>The newest moment that fell out of <see cref="Recent"/>.</summary>
    public Instant NewestForgotten { get; set; } = Instant.Never;

    /// <summary>Last number received, by "sender>addressee".</summary>
    public SortedDictionary<string, long> Received { get; } = new(StringComparer.Ordinal);

    /// <summary>Sum of the amounts received.</summary>
    public long ReceivedTotal { get; set; }

    /// <summary>Messages sent, by addressee.</summary>
    public SortedDictionary<string, long> Sent { get; } = new(StringComparer.Ordinal);

    /// <summary>Messages published.</summary>
    public long Told { get; set; }

    /// <summary>Wake-ups asked for that have not come, by name, in Unix milliseconds.</summary>
    public SortedDictionary<string, long> Wakes { get; } = new(StringComparer.Ordinal);

    /// <summary>Wake-ups that came.</summary>
    public long Woken { get; set; }

    /// <summary>Spent, by resource.</summary>
    public SortedDictionary<string, long> Spent { get; } = new(StringComparer.Ordinal);

    /// <summary>Rows the grain has.</summary>
    public long RowCount { get; set; }

    /// <summary>Where this probe went, or null.</summary>
    public string? MovedTo { get; set; }

    /// <summary>The now of the last turn that changed the state.</summary>
    public Instant LastNow { get; set; } = Instant.Never;

    /// <summary>Times the journal was written anew: each of its entries bears this number.</summary>
    public long Generation { get; set; }

    /// <summary>Broken promises noticed.</summary>
    public ProbeAlarms Alarms { get; set; }

    /// <summary>True when the id of this command is among the recent ones.</summary>
    public bool IsRecent(ProbeMark mark) => Recent.Exists(r => r.Hash == mark.Hash);

    /// <summary>Remembers a command.</summary>
    public void Remember(ProbeMark mark)
    {
        Recent.Add(mark);
        if (Recent.Count <= RecentLimit) return;
        NewestForgotten = Instant.Max(NewestForgotten, Recent[0].At);
        Recent.RemoveAt(0);
    }
}

/// <summary>A command's place in order: when, then the hash of addressee and id.</summary>
public readonly record struct ProbeMark(Instant At, ulong Hash) : IComparable<ProbeMark>
{
    /// <summary>The mark of a command addressed to a key.</summary>
    public static ProbeMark Of(ProbeMessage.Command command, string addressee) =>
        new(command.At, StableHash.Of(command.Id, StableHash.Of(addressee)));

    /// <inheritdoc/>
    public int CompareTo(ProbeMark other) =>
        At != other.At ? At.CompareTo(other.At) : Hash.CompareTo(other.Hash);
}
