using DToC.Twin;

namespace DToC.Learn.Synthetic;

/// <summary>In which order the events of a population come.</summary>
public enum EventOrder
{
    /// <summary>
    /// All events of customer 0, then of customer 1, ...; by time within each. Needs no memory to speak of.
    /// </summary>
    ByCustomer,

    /// <summary>By time over all customers, as they would have arrived. Sorts in bounded memory.</summary>
    ByTime,
}

/// <summary>
/// A synthetic population whose truth is known. Customer i depends on (profile, seed, i) and on nothing else:
/// it is the same in a population of ten and of ten million, and any number of them is generated as a stream.
/// </summary>
public sealed class Population
{
    /// <summary>
    /// Most events of one customer; beyond it generating throws, since the profile cannot be meant.
    /// </summary>
    public const int MaxEventsPerCustomer = 200_000;

    private readonly IntensityClock[] _clocks;

    /// <summary>The population that <paramref name="profile"/> describes, under a 64-bit seed.</summary>
    /// <exception cref="ArgumentException">The profile contradicts itself; the message lists
    /// where.</exception>
    public Population(PopulationProfile profile, ulong seed)
    {
        var faults = ProfileCheck.FaultsOf(profile);
        if (faults.Count > 0)
            throw new ArgumentException($"Profile '{profile.Name}': {string.Join("; ", faults)}.", nameof(profile));
        Profile = profile;
        Seed = seed;
        var usual = new IntensityClock(profile, flat: false);
        var flat = new IntensityClock(profile, flat: true);
        _clocks = [.. profile.Streams.Select(stream => stream.IgnoresRhythm ? flat : usual)];
    }

    /// <summary>What it is made of.</summary>
    public PopulationProfile Profile { get; }

    /// <summary>The seed everything is drawn from.</summary>
    public ulong Seed { get; }

    internal long SpanMs => Profile.Days * Instant.DayMs;

    /// <summary>
    /// All events of a new population; see <see cref="Events(long, EventOrder, Action{Truth})"/>.
    /// </summary>
    public static IEnumerable<SyntheticEvent> Events(
        PopulationProfile profile, ulong seed, long customers, EventOrder order = EventOrder.ByTime) =>
        new Population(profile, seed).Events(customers, order);

    /// <summary>Truth and events of customer <paramref name="index"/>, 0 or more.</summary>
    public CustomerHistory Customer(long index) => new CustomerSimulation(this, index).Run();

    /// <summary>
    /// The events of customers 0 to <paramref name="customers"/> - 1. <paramref name="onTruth"/>, where
    /// given, is called once for each customer, in their order, before an event of that customer comes out.
    /// </summary>
    public IEnumerable<SyntheticEvent> Events(long customers, EventOrder order, Action<Truth>? onTruth = null) =>
        order == EventOrder.ByCustomer
            ? EventsByCustomer(customers, onTruth)
            : TimeOrder.Merge(EventsByCustomer(customers, onTruth));

    internal IntensityClock ClockOf(int stream) => _clocks[stream];

    internal double DepthAt(long ms) => _clocks[0].DepthAt(ms);

    internal Channel? ChannelOf(string? name) =>
        name == null ? null : Profile.Channels.First(channel => channel.Name == name);

    internal Instant At(long ms) => Instant.From(Profile.Start).PlusMs(ms);

    private IEnumerable<SyntheticEvent> EventsByCustomer(long customers, Action<Truth>? onTruth)
    {
        for (var index = 0L; index < customers; index++)
        {
            var history = Customer(index);
            onTruth?.Invoke(history.Truth);
            foreach (var next in history.Events)
                yield return next;
        }
    }
}
