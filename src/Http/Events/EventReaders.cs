using DToC.Twin.Events;
using DToC.Twin.Plan;
using Microsoft.Extensions.ObjectPool;

namespace DToC.Http.Events;

/// <summary>Event readers at rest. A reader keeps scratch memory and serves one request at a time.</summary>
internal sealed class EventReaders(HttpOptions options)
{
    private const int MaxAtRest = 64;

    private OfPlan? _current;

    /// <summary>A reader of a plan's events.</summary>
    public EventReader Take(TwinPlan plan)
    {
        var current = Volatile.Read(ref _current);
        if (current is null || !ReferenceEquals(current.Plan, plan))
            Volatile.Write(ref _current, current = Of(plan));
        return current.AtRest.Get();
    }

    /// <summary>Puts one to rest; of a plan that is no longer the last one asked for, it is let go.</summary>
    public void Return(TwinPlan plan, EventReader reader)
    {
        if (Volatile.Read(ref _current) is { } current && ReferenceEquals(current.Plan, plan))
            current.AtRest.Return(reader);
    }

    private OfPlan Of(TwinPlan plan) =>
        new(plan, new DefaultObjectPool<EventReader>(new Making(plan, options.Events), MaxAtRest));

    private sealed record OfPlan(TwinPlan Plan, ObjectPool<EventReader> AtRest);

    private sealed class Making(TwinPlan plan, EventLimits limits) : PooledObjectPolicy<EventReader>
    {
        public override EventReader Create() => new(plan.Events, limits);

        public override bool Return(EventReader obj) => true;
    }
}
