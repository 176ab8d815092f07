using DToC.Twin.Draws;
using DToC.Twin;

namespace DToC.Learn.Synthetic;

/// <summary>The events of one customer while they are drawn, in any order of time.</summary>
internal sealed class EventDrafts(Population population, CustomerTraits traits)
{
    private const int SameSessionMinutes = 120;

    private readonly List<Draft> _drafts = [];

    private readonly record struct Draft(
        long AtMs, int Order, string Event, string Source, Circumstance Context, IReadOnlyList<Property> Properties);

    /// <summary>Draws one event of <paramref name="stream"/> and all that comes with it.</summary>
    public void Add(EventStream stream, long atMs, Xoshiro256 random)
    {
        var channel = population.ChannelOf(stream.Channel) ?? DrawChannel(random);
        var context = DrawContext(channel, random);
        var source = stream.Source ?? channel.Source;
        Keep(stream.Event, source, atMs, context, stream.Properties, stream.With, [], 0, random);
    }

    /// <summary>Draws what a leaving customer leaves behind.</summary>
    public void AddFarewell(DependentEvent farewell, long churnedMs, Xoshiro256 random)
    {
        var channel = population.ChannelOf(farewell.Channel) ?? DrawChannel(random);
        AddDependent(farewell, churnedMs, channel.Source, DrawContext(channel, random), [], random);
    }

    /// <summary>The events by time (by order of drawing at the same time), each with its id.</summary>
    public IReadOnlyList<SyntheticEvent> InOrder()
    {
        _drafts.Sort((a, b) => a.AtMs != b.AtMs ? a.AtMs.CompareTo(b.AtMs) : a.Order.CompareTo(b.Order));
        var events = new SyntheticEvent[_drafts.Count];
        for (var i = 0; i < events.Length; i++)
        {
            var draft = _drafts[i];
            var id = $"{population.Profile.Name}-{population.Seed}-{traits.Index:D6}-{i + 1}";
            events[i] = new(
                id, draft.Event, population.At(draft.AtMs), traits.Id, draft.Source, draft.Properties, draft.Context);
        }
        return events;
    }

    private void Keep(
        string type,
        string source,
        long atMs,
        Circumstance context,
        IReadOnlyList<PropertySampler> samplers,
        IReadOnlyList<DependentEvent> with,
        IReadOnlyList<Property> parent,
        int occurrence,
        Xoshiro256 random)
    {
        if (atMs < 0 || atMs >= population.SpanMs)
            return;
        if (_drafts.Count == Population.MaxEventsPerCustomer)
        {
            throw new InvalidOperationException(
                $"{traits.Id} has more than {Population.MaxEventsPerCustomer} events: "
                + "lower the profile's rates or days.");
        }
        var scene = new SamplingScene(
            random,
            traits,
            population.Profile.Spend,
            atMs,
            population.DepthAt(atMs),
            _drafts.Count + 1,
            parent,
            occurrence);
        var properties = PropertySampling.Draw(samplers, scene);
        _drafts.Add(new(atMs, _drafts.Count, type, source, context, properties));
        foreach (var dependent in with)
            AddDependent(dependent, atMs, source, context, properties, random);
    }

    private void AddDependent(
        DependentEvent dependent,
        long parentMs,
        string parentSource,
        Circumstance parentContext,
        IReadOnlyList<Property> parent,
        Xoshiro256 random)
    {
        if (random.NextUnit() >= traits.Shift(dependent.Probability, dependent.Loads))
        {
            if (dependent.Otherwise is { } otherwise)
                AddDependent(otherwise, parentMs, parentSource, parentContext, parent, random);
            return;
        }
        var count = dependent.PerLine
            ? LinesOf(parent)
            : (int)Math.Max(0, Math.Round(dependent.Count?.Draw(random) ?? 1));
        for (var i = 0; i < count; i++)
        {
            var minutes = dependent.DelayMinutes.Draw(random);
            var context = dependent.Channel != null && dependent.Channel != parentContext.Channel
                ? DrawContext(population.ChannelOf(dependent.Channel)!, random) // checked: the channel exists
                : Math.Abs(minutes) <= SameSessionMinutes ? parentContext : parentContext with { Session = null };
            Keep(
                dependent.Event,
                dependent.Source ?? parentSource,
                parentMs + (long)(minutes * 60_000),
                context,
                dependent.Properties,
                dependent.With,
                parent,
                i,
                random);
        }
    }

    private static int LinesOf(IReadOnlyList<Property> properties)
    {
        foreach (var (_, value) in properties)
        {
            if (value is PropertyValue.Basket basket)
                return basket.Lines.Count;
        }
        return 0;
    }

    private Channel DrawChannel(Xoshiro256 random) =>
        population.Profile.Channels[random.Index(traits.ChannelWeights)];

    private Circumstance DrawContext(Channel channel, Xoshiro256 random)
    {
        var devices = channel.Devices?.Count ?? 0;
        var device = devices == 0 ? null : channel.Devices![random.Zipf(devices, 1.5) - 1]; // there are some
        var place = channel.Places == 0
            ? $"region-{traits.Home:D2}"
            : $"{channel.Name}-{PlaceOf(channel, random):D3}";
        var session = device == null ? null : $"{traits.Id}-s{_drafts.Count + 1}";
        return new(channel.Name, device, place, session);
    }

    private int PlaceOf(Channel channel, Xoshiro256 random) => random.NextUnit() < 0.8
        ? 1 + traits.Home % channel.Places
        : 1 + (int)(random.NextUnit() * channel.Places);
}
