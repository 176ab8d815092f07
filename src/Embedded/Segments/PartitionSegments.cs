using DToC.Embedded.Turns;
using DToC.Grains;
using DToC.Twin.Plan;
using DToC.Twin.Segments;

namespace DToC.Embedded.Segments;

/// <summary>
/// The tallies of a partition's customers: brought up to date with each commit, before it is answered, from the states
/// it replaced and those it wrote. At the start, and for another definition, they are counted from the file while
/// commits go on (<see cref="Recount"/>).
/// </summary>
/// <remarks>
/// A recount goes by row id. A commit of a row it has passed changes the new tallies as it does complete ones; of a row
/// still to come it is remembered until that row is counted, as the recount may have read the file before it.
/// </remarks>
internal sealed class PartitionSegments
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, (string Customer, ReadOnlyMemory<byte> State)> _changed = [];
    private SegmentTallies? _tallies;
    private SegmentTallies? _counting;
    private long _place;
    private bool _isBroken;

    /// <summary>Whether a sample wants members, or a commit could not be tallied: count again.</summary>
    public bool WantsRecount
    {
        get
        {
            lock (_gate) return _isBroken || _tallies is { WantsRecount: true };
        }
    }

    /// <summary>On the thread that commits: a batch is durable.</summary>
    public void Committed(Batch batch)
    {
        lock (_gate)
        {
            if (_tallies is null && _counting is null) return;
            try
            {
                for (var i = 0; i < batch.States.Count; i++)
                {
                    var (grain, state) = (batch.States[i].Grain, batch.States[i].State);
                    if (grain.Key.Kind != GrainKind.Customer) continue;
                    Changed(grain.Id, grain.Key.Id, batch.Superseded[i], state);
                }
            }
            catch (InvalidDataException)
            {
                // What was just written cannot be read: the tallies are not to be believed until they are made anew.
                (_isBroken, _tallies) = (true, null);
            }
        }
    }

    /// <summary>A customer was erased.</summary>
    /// <param name="id">Row id that it had.</param>
    /// <param name="customer">Who.</param>
    /// <param name="last">The last committed state.</param>
    public void Removed(long id, string customer, ReadOnlySpan<byte> last)
    {
        lock (_gate)
        {
            var share = CustomerCodec.ShareOf(last);
            _tallies?.Apply(customer, share, default);
            if (_counting is null) return;
            if (id <= _place) _counting.Apply(customer, share, default);
            else _changed[id] = (customer, default);
        }
    }

    /// <summary>Adds these tallies to others; false when they are not of that plan, or not complete.</summary>
    public bool AddTo(SegmentTallies all)
    {
        lock (_gate)
        {
            if ((_tallies ?? _counting) is { } own && own.Plan.Hash == all.Plan.Hash) all.Add(own);
            return _tallies is not null && _tallies.Plan.Hash == all.Plan.Hash;
        }
    }

    /// <summary>A recount begins. Tallies of the same plan are shown until it ends.</summary>
    public void Begin(TwinPlan plan)
    {
        lock (_gate)
        {
            if (_tallies?.Plan.Hash != plan.Hash) _tallies = null;
            (_counting, _place, _isBroken) = (new SegmentTallies(plan), 0, false);
            _changed.Clear();
        }
    }

    /// <summary>The recount reads the next rows from now on: what was committed before, it will see.</summary>
    public void BeginPage()
    {
        lock (_gate) _changed.Clear();
    }

    /// <summary>
    /// Counts rows that were read since <see cref="BeginPage"/>; all commits that they show have been told of.
    /// </summary>
    /// <param name="rows">In the order of their ids.</param>
    /// <returns>Customers that were never evaluated under the plan.</returns>
    public List<GrainKey> Count(List<CountedRow> rows)
    {
        List<GrainKey> unknown = [];
        lock (_gate)
        {
            if (_counting is not { } counting) return unknown;
            foreach (var row in rows)
            {
                _place = row.Id;
                if (row.Key.Kind != GrainKind.Customer) continue;
                var state = _changed.TryGetValue(row.Id, out var newer) ? newer.State : row.State;
                if (state.IsEmpty) continue;
                var share = CustomerCodec.ShareOf(state.Span);
                if (share.PlanHash != counting.Plan.Hash) unknown.Add(row.Key);
                counting.Apply(row.Key.Id, default, share);
            }
        }
        return unknown;
    }

    /// <summary>All rows are counted. False when a commit could not be tallied meanwhile.</summary>
    public bool End()
    {
        lock (_gate)
        {
            // Rows first written since the last page was read.
            foreach (var (customer, state) in _changed.Values)
                _counting?.Apply(customer, default, CustomerCodec.ShareOf(state.Span));
            _changed.Clear();
            if (!_isBroken) _tallies = _counting;
            _counting = null;
            return !_isBroken;
        }
    }

    private void Changed(long id, string customer, in HeldState before, in HeldState after)
    {
        if (_tallies is null && id > _place)
        {
            _changed[id] = (customer, after.Span.ToArray());
            return;
        }
        var was = CustomerCodec.ShareOf(before.Span);
        var now = CustomerCodec.ShareOf(after.Span);
        _tallies?.Apply(customer, was, now);
        if (_counting is null) return;
        if (id <= _place) _counting.Apply(customer, was, now);
        else _changed[id] = (customer, after.Span.ToArray());
    }
}

/// <summary>A row of the file, as a recount reads it.</summary>
internal readonly record struct CountedRow(long Id, GrainKey Key, ReadOnlyMemory<byte> State);
