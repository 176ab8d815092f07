using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>A history read moment by moment, for learning.</summary>
public sealed partial class CustomerHistory
{
    /// <summary>
    /// The state as of each of some past moments, under the plan in force: the events that had occurred and the
    /// attributes that were recorded by then, under today's consents. One pass over the events, whatever the number
    /// of moments.
    /// </summary>
    /// <param name="moments">The moments, ascending.</param>
    /// <param name="today">The state as it stands: what may be used today says what may be learnt from.</param>
    /// <returns>
    /// A state a moment, null for one that lies before what is kept: events have made way for a checkpoint. It is one
    /// object that changes; read it before the next.
    /// </returns>
    public IEnumerable<CustomerState?> AsOf(IReadOnlyList<Instant> moments, CustomerState today)
    {
        ArgumentNullException.ThrowIfNull(moments);
        var state = Begun();
        StateMigration.CopyTurnFacts(StateMigration.To(_plan, today), state);
        var (next, nextFact) = (0, 0);
        List<JournalEntry> facts =
        [
            .. _history.Entries.Where(e => e.Kind == JournalKind.Attributes).OrderBy(e => e.RecordedAt.UnixMs),
        ];
        foreach (var moment in moments)
        {
            for (; next < _events.Count && _events[next].OccurredAt <= moment; next++)
                Fold(state, _events[next], ulong.MaxValue);
            for (; nextFact < facts.Count && facts[nextFact].RecordedAt <= moment; nextFact++)
                ApplyFact(state, facts[nextFact]);
            yield return moment < state.Checkpoint.OccurredAt ? null : state;
        }
    }
}
