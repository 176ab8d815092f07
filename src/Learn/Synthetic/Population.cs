using DToC.Twin;
using DToC.Twin.Draws;

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

    // What all customers share is drawn as if one more customer had it.
    private const long EverybodyIndex = -1;

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
        var shocks = ShocksOf(profile, seed);
        var usual = new IntensityClock(profile, shocks, flat: false);
        var flat = new IntensityClock(profile, shocks, flat: true);
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

    /// <summary>
    /// The events that a customer of a rate of 1 a week, who stays, is expected to have in a stream on each day of the
    /// span: what rhythm, season, shocks and discounts make of a seventh.
    /// </summary>
    /// <param name="stream">Index of a stream that has a rate.</param>
    /// <param name="priceSensitivity">The customer's s in "rate times exp(s x depth)".</param>
    public double[] ExpectedByDay(int stream, double priceSensitivity) =>
        _clocks[stream].Weeks(Profile.Streams[stream].FollowsPrice ? priceSensitivity : 0);

    /// <summary>Share taken off prices on a day of the span, from 0.</summary>
    public double DepthOn(int day) => DepthAt(day * Instant.DayMs);

    internal IntensityClock ClockOf(int stream) => _clocks[stream];

    internal double DepthAt(long ms) => _clocks[0].DepthAt(ms);

    internal Channel? ChannelOf(string? name) =>
        name == null ? null : Profile.Channels.First(channel => channel.Name == name);

    internal Instant At(long ms) => Instant.From(Profile.Start).PlusMs(ms);

    // Of mean 1, whatever the deviation.
    private static double[] ShocksOf(PopulationProfile profile, ulong seed)
    {
        var factors = new double[profile.Days / 7 + 1];
        Array.Fill(factors, 1);
        if (profile.Shocks is not { Sd: > 0 } shocks) return factors;
        var random = Xoshiro256.For(seed, EverybodyIndex, purpose: 0);
        var level = shocks.Sd * random.Normal();
        for (var week = 0; week < factors.Length; week++)
        {
            factors[week] = Math.Exp(level - shocks.Sd * shocks.Sd / 2);
            level = shocks.Persistence * level
                + shocks.Sd * Math.Sqrt(1 - shocks.Persistence * shocks.Persistence) * random.Normal();
        }
        return factors;
    }

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
