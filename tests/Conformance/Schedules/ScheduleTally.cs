namespace DToC.Conformance;

/// <summary>What many schedules gave, added up: it stays as small however many they are. Safe to share.</summary>
internal sealed class ScheduleTally(IReadOnlyList<FaultCell> cells)
{
    /// <summary>Failing schedules that are kept; more are only counted.</summary>
    public const int BrokenLimit = 20;

    private readonly Lock _one = new();
    private readonly Dictionary<FaultCell, long> _cells = cells.ToDictionary(c => c, _ => 0L);
    private readonly Dictionary<string, long> _reached = new(StringComparer.Ordinal);
    private readonly List<ScheduleResult> _broken = [];

    public long Schedules { get; private set; }

    public long Messages { get; private set; }

    public long Faults { get; private set; }

    public long WakesOverCrash { get; private set; }

    public long BrokenCount { get; private set; }

    /// <summary>Messages of the schedule that had the fewest.</summary>
    public int FewestMessages { get; private set; } = int.MaxValue;

    /// <summary>Faults of the schedule that had the fewest.</summary>
    public int FewestFaults { get; private set; } = int.MaxValue;

    /// <summary>Failing schedules, by seed; at most <see cref="BrokenLimit"/>.</summary>
    public IReadOnlyList<ScheduleResult> Broken
    {
        get
        {
            lock (_one) return [.. _broken.OrderBy(b => b.Seed)];
        }
    }

    /// <summary>What the workload is there for, with how often all schedules together reached it.</summary>
    public IReadOnlyList<(string What, long Times)> Reached
    {
        get
        {
            lock (_one) return [.. _reached.Select(r => (r.Key, r.Value))];
        }
    }

    /// <summary>Cells that can be reached and were not.</summary>
    public IReadOnlyList<FaultCell> NeverReached
    {
        get
        {
            lock (_one) return [.. cells.Where(cell => _cells[cell] == 0)];
        }
    }

    /// <summary>Whether a fault can strike at a stage.</summary>
    public bool CanStrike(FaultCell cell) => _cells.ContainsKey(cell);

    /// <summary>In how many schedules a fault struck at a stage.</summary>
    public long Struck(FaultCell cell)
    {
        lock (_one) return _cells[cell];
    }

    public void Add(ScheduleResult result)
    {
        lock (_one)
        {
            Schedules++;
            Messages += result.Messages;
            Faults += result.Struck.Count;
            WakesOverCrash += result.WakesOverCrash;
            FewestMessages = Math.Min(FewestMessages, result.Messages);
            foreach (var cell in result.Struck.Distinct()) _cells[cell]++;
            foreach (var (what, times) in result.Reached) _reached[what] = _reached.GetValueOrDefault(what) + times;
            if (result.Problems.Count == 0)
            {
                FewestFaults = Math.Min(FewestFaults, result.Struck.Count); // a failing one may end before the third
                return;
            }
            BrokenCount++;
            if (_broken.Count < BrokenLimit) _broken.Add(result);
        }
    }
}
