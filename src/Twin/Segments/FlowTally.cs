namespace DToC.Twin.Segments;

/// <summary>Moves of many customers between journey stages.</summary>
internal sealed class FlowTally
{
    private readonly Dictionary<(int From, int To, bool IsIdle), (long Count, long StayedMs)> _flows = [];

    /// <summary>All that there are, by stage left, then stage entered.</summary>
    public IReadOnlyList<StageFlow> All =>
    [
        .. _flows.Select(static f => new StageFlow(f.Key.From, f.Key.To, f.Key.IsIdle, f.Value.Count, f.Value.StayedMs))
            .OrderBy(static flow => (flow.From, flow.To, flow.IsIdle)),
    ];

    /// <summary>A customer's moves come or go.</summary>
    public void Add(in StageFlow flow, int sign)
    {
        var key = (flow.From, flow.To, flow.IsIdle);
        var (count, stayed) = _flows.GetValueOrDefault(key);
        (count, stayed) = (count + sign * flow.Count, stayed + sign * flow.StayedMs);
        if (count == 0) _flows.Remove(key);
        else _flows[key] = (count, stayed);
    }

    /// <summary>Adds all of another.</summary>
    public void Add(FlowTally other)
    {
        foreach (var ((from, to, isIdle), (count, stayed)) in other._flows)
            Add(new StageFlow(from, to, isIdle, count, stayed), 1);
    }
}
