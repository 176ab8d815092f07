using DToC.Grains;
using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>
/// What consents let the customers keep. Of the shop's categories only behaviour can lose its bases: analytics is a
/// legitimate interest in it until the customer says no, and marketing needs a yes. Taken from the journals in their
/// order: behaviour recorded before a moment without a basis is gone from every journal of the family, and nothing else
/// is.
/// </summary>
internal sealed class KeepingJudgement(CustomersEnd customers)
{
    private readonly Dictionary<GrainKey, Walk> _walks = [];

    public IEnumerable<string> Problems()
    {
        foreach (var root in customers.Survivors)
        {
            foreach (var key in customers.Family(root))
            {
                var lost = LostUntil(root, key);
                foreach (var e in customers.Events(key))
                {
                    var isForgotten = customers.IsForgotten(key, e.Entry);
                    if (isForgotten && !(IsBehaviour(e) && e.Entry.RecordedAt <= lost))
                        yield return $"{key} forgot {e.Event.Id} of {e.Entry.RecordedAt} without being asked to.";
                    if (!isForgotten && customers.IsKept(e) && IsBehaviour(e) && e.Entry.RecordedAt < lost)
                        yield return $"{key} keeps {e.Event.Id} though its basis was lost until {lost}.";
                }
            }
        }
    }

    /// <summary>Whether an event may be part of what its family has folded.</summary>
    public bool IsFolded(GrainKey root, JournaledEvent e) =>
        !customers.IsForgotten(e.Customer, e.Entry)
        && !(IsBehaviour(e) && !customers.IsKept(e) && e.Entry.RecordedAt <= LostUntil(root, e.Customer));

    /// <summary>Whether a family has ever lost its basis for behaviour.</summary>
    public bool HasLost(GrainKey root) => customers.Family(root).Exists(key => !LostUntil(root, key).IsNever);

    /// <summary>
    /// The last moment at which there was no basis for the behaviour that a customer had recorded: its own, and those
    /// of whom it was merged into since then. Never when there was none.
    /// </summary>
    private Instant LostUntil(GrainKey root, GrainKey key)
    {
        var lost = Instant.Never;
        var isIn = root == key;
        foreach (var (at, merged, mayKeep) in WalkOf(root).Steps)
        {
            if (merged is { } other && IsTakenInBy(other, key))
            {
                isIn = true;
                lost = Instant.Max(lost, LostUntil(other, key));
            }
            if (!isIn || mayKeep) continue;
            // All that another had recorded was recorded before; clocks set back do not say so.
            lost = root == key ? Instant.Max(lost, at) : new Instant(long.MaxValue);
        }
        return lost;
    }

    private bool IsTakenInBy(GrainKey owner, GrainKey key) =>
        owner == key || WalkOf(owner).Steps.Exists(step => step.Merged is { } other && IsTakenInBy(other, key));

    private bool IsBehaviour(JournaledEvent e) =>
        customers.Plans.Current.Consent.Categories[e.Event.Schema.Types[e.Event.Type].Category] == "behaviour";

    private Walk WalkOf(GrainKey key)
    {
        if (_walks.TryGetValue(key, out var known)) return known;
        var walk = new Walk();
        _walks[key] = walk; // before the walk: a ring that fell apart must not walk round
        foreach (var entry in customers.Journal(key))
        {
            if (entry.Kind == JournalKind.Consents)
                walk.Take(entry.RecordedAt, JournalPayload.ReadConsents(entry.Payload).Changes);
            if (entry.Kind != JournalKind.Merge) continue;
            var merged = Merged(entry);
            walk.Unite(entry.RecordedAt, merged, WalkOf(merged));
        }
        return walk;
    }

    private static GrainKey Merged(JournalEntry entry)
    {
        var reader = new BinaryFormReader(DToC.Twin.State.Envelope.Open(entry.Payload.Span));
        return GrainKey.Customer(reader.Text());
    }

    /// <summary>What a customer said, one after the other, and whether behaviour might be kept then.</summary>
    private sealed class Walk
    {
        private ConsentStatus _analytics;
        private ConsentStatus _marketing;

        public List<(Instant At, GrainKey? Merged, bool MayKeep)> Steps { get; } = [];

        public void Take(Instant at, IReadOnlyList<ConsentChange> changes)
        {
            foreach (var change in changes)
            {
                if (change.Purpose == "analytics") _analytics = change.Status;
                if (change.Purpose == "marketing") _marketing = change.Status;
            }
            Add(at, null);
        }

        public void Unite(Instant at, GrainKey merged, Walk other)
        {
            // Numbered by strictness.
            if (other._analytics > _analytics) _analytics = other._analytics;
            if (other._marketing > _marketing) _marketing = other._marketing;
            Add(at, merged);
        }

        private void Add(Instant at, GrainKey? merged) => Steps.Add((at, merged,
            _analytics is ConsentStatus.Unknown or ConsentStatus.Granted || _marketing == ConsentStatus.Granted));
    }
}
