using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;

namespace DToC.Cli.Sending;

/// <summary>Events that are sent at once, one message a customer.</summary>
/// <param name="start">The moment the clock stands at when the slice begins.</param>
internal sealed class CustomerSlice(Instant start)
{
    /// <summary>
    /// Longest span of a slice when events move the clock: their turns are at most so much later than they.
    /// </summary>
    public const long MaxSpanMs = Instant.HourMs;

    private readonly Dictionary<string, CustomerEvents> _byCustomer = new(StringComparer.Ordinal);

    /// <summary>Begins with the first event when that is ahead of the clock.</summary>
    private Instant _begin = start;

    /// <summary>The latest moment of an event, or the start.</summary>
    public Instant End { get; private set; } = start;

    /// <summary>Its customers.</summary>
    public IReadOnlyCollection<CustomerEvents> Customers => _byCustomer.Values;

    /// <summary>True when an event at this moment belongs in the next slice.</summary>
    public bool IsOverFor(Instant moment) =>
        _byCustomer.Count > 0 && moment.UnixMs - _begin.UnixMs > MaxSpanMs;

    /// <summary>Adds an event and its place in the batch.</summary>
    public void Add(int place, TouchpointEvent e, string customer)
    {
        if (_byCustomer.Count == 0)
            _begin = Instant.Max(_begin, e.OccurredAt);
        End = Instant.Max(End, e.OccurredAt);
        if (!_byCustomer.TryGetValue(customer, out var events))
            _byCustomer.Add(customer, events = new CustomerEvents(GrainKey.Customer(customer), [], []));
        events.Places.Add(place);
        events.Events.Add(e);
    }
}

/// <summary>Events of one customer and their places in the batch.</summary>
internal sealed record CustomerEvents(GrainKey Key, List<int> Places, List<TouchpointEvent> Events);
