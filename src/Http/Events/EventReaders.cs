using System.Collections.Concurrent;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Http.Events;

/// <summary>Event readers at rest. A reader keeps scratch memory and serves one request at a time.</summary>
internal sealed class EventReaders(HttpOptions options)
{
    private const int MaxAtRest = 64;

    private readonly ConcurrentBag<(TwinPlan Plan, EventReader Reader)> _atRest = [];

    /// <summary>A reader of a plan's events.</summary>
    public EventReader Take(TwinPlan plan)
    {
        while (_atRest.TryTake(out var rested))
        {
            if (ReferenceEquals(rested.Plan, plan)) return rested.Reader;
        }
        return new EventReader(plan.Events, options.Events);
    }

    /// <summary>Puts one to rest.</summary>
    public void Return(TwinPlan plan, EventReader reader)
    {
        if (_atRest.Count < MaxAtRest) _atRest.Add((plan, reader));
    }
}
