using DToC.Twin.Draws;
using DToC.Twin;

namespace DToC.Learn.Synthetic;

/// <summary>Everything about one customer: the truth, and the events in order of time.</summary>
public sealed record CustomerHistory(Truth Truth, IReadOnlyList<SyntheticEvent> Events);

/// <summary>Lives one customer's life once.</summary>
internal sealed class CustomerSimulation
{
    private const int TraitsPurpose = 0;
    private const int DropoutPurpose = 1;
    private const int StreamPurpose = 2; // two a stream: arrivals, then contents, so that neither moves the other

    private readonly Population _population;
    private readonly PopulationProfile _profile;
    private readonly CustomerTraits _traits;
    private readonly EventDrafts _drafts;
    private readonly Xoshiro256 _dropoutRandom;
    private readonly double? _dropoutProbability;
    private readonly double? _hazard;
    private long _endMs;
    private long? _churnedMs;

    public CustomerSimulation(Population population, long index)
    {
        _population = population;
        _profile = population.Profile;
        _traits = new(_profile, index, Xoshiro256.For(population.Seed, index, TraitsPurpose));
        _drafts = new(population, _traits);
        _dropoutRandom = Xoshiro256.For(population.Seed, index, DropoutPurpose);
        _endMs = _profile.Days * Instant.DayMs;
        if (_profile.Dropout is Dropout.AfterEvent after)
            _dropoutProbability = _dropoutRandom.Beta(after.A, after.B);
        if (_profile.Dropout is Dropout.AnyTime any)
        {
            _hazard = _dropoutRandom.Gamma(any.Shape, any.Weeks) * Math.Exp(_traits.Sum(any.Loads));
            var weeks = _dropoutRandom.Exponential() / _hazard.Value;
            if (weeks * 7 < _profile.Days)
                ChurnAt(_traits.JoinedMs + (long)(weeks * 7 * Instant.DayMs));
        }
    }

    public CustomerHistory Run()
    {
        var rates = new List<KeyValuePair<string, double>>();
        var first = 0;
        for (var i = 0; i < _profile.Streams.Count; i++)
        {
            var stream = _profile.Streams[i];
            var arrivals = Xoshiro256.For(_population.Seed, _traits.Index, StreamPurpose + 2 * i);
            var contents = Xoshiro256.For(_population.Seed, _traits.Index, StreamPurpose + 2 * i + 1);
            var count = stream.Rate is { } rate
                ? RunAtRandom(stream, i, rate, arrivals, contents, rates)
                : RunOnSchedule(stream, arrivals, contents);
            if (i == 0)
                first = count;
        }
        if (_churnedMs is { } churned && _profile.Dropout?.Farewell is { } farewell)
            _drafts.AddFarewell(farewell, churned, _dropoutRandom);
        var events = _drafts.InOrder();
        return new(TruthOf(rates, first, events.Count), events);
    }

    private int RunAtRandom(
        EventStream stream,
        int index,
        GammaRate prior,
        Xoshiro256 arrivals,
        Xoshiro256 contents,
        List<KeyValuePair<string, double>> rates)
    {
        var rate = arrivals.Gamma(prior.Shape, prior.Weeks) * Math.Exp(_traits.Sum(stream.Loads));
        rates.Add(KeyValuePair.Create(stream.Event, rate));
        var clock = _population.ClockOf(index);
        var factors = clock.FactorsOf(stream.FollowsPrice ? _traits.PriceSensitivity : 0);
        var count = 0;
        var at = _traits.JoinedMs;
        if (stream.FirstAtJoining && at < _endMs)
        {
            _drafts.Add(stream, at, contents);
            count++;
        }
        while (true)
        {
            at = clock.Advance(at, arrivals.Exponential() / rate, factors);
            if (at < 0 || at >= _endMs)
                return count;
            _drafts.Add(stream, at, contents);
            count++;
            if (index == 0 && _dropoutProbability is { } p && _dropoutRandom.NextUnit() < p)
            {
                ChurnAt(at);
                return count;
            }
        }
    }

    private int RunOnSchedule(EventStream stream, Xoshiro256 arrivals, Xoshiro256 contents)
    {
        var every = stream.Every!; // checked: a stream without a rate has a schedule
        var period = every.Days * Instant.DayMs;
        var phase = stream.FirstAtJoining ? 0 : arrivals.NextUnit() * period;
        var count = 0;
        for (var k = 0; ; k++)
        {
            var due = _traits.JoinedMs + (long)(phase + k * period);
            if (due >= _endMs)
                return count;
            var at = due + (long)(arrivals.NextUnit() * every.JitterDays * Instant.DayMs);
            if (at >= _endMs)
                continue;
            _drafts.Add(stream, at, contents);
            count++;
        }
    }

    private void ChurnAt(long ms)
    {
        if (ms >= _endMs)
            return;
        _churnedMs = ms;
        _endMs = ms + 1; // the event after which a customer leaves still happened
    }

    private Truth TruthOf(List<KeyValuePair<string, double>> rates, int first, int events) => new()
    {
        Customer = _traits.Id,
        JoinedAt = _population.At(_traits.JoinedMs),
        RatePerWeek = _profile.Streams[0] switch
        {
            { Rate: not null } => rates[0].Value,
            var regular => 7 / regular.Every!.Days, // checked: a stream without a rate has a schedule
        },
        RatesPerWeek = rates,
        DropoutProbability = _dropoutProbability,
        DropoutHazardPerWeek = _hazard,
        MeanSpend = _traits.MeanSpend,
        PriceSensitivity = _traits.PriceSensitivity,
        ChurnedAt = _churnedMs is { } churned ? _population.At(churned) : null,
        PreferredChannel = _traits.PreferredChannel,
        Latents = _traits.Latents,
        FirstStreamEvents = first,
        Events = events,
    };
}
