using System.Globalization;
using System.Threading.Channels;
using DToC.Grains;
using DToC.Twin;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Delivery.Queues;

/// <summary>Where a destination's effects come from: a subscription a topic, from the place that was kept.</summary>
internal sealed partial class PumpSource(Destination destination, PumpParts parts, DeliveryCounters counters)
{
    /// <summary>
    /// First character of a place that is a moment, in milliseconds, and not a cursor: what was published before it is
    /// passed over.
    /// </summary>
    public const char Moment = '@';

    /// <summary>The place of a topic that begins now.</summary>
    public static string PlaceOf(Instant now) =>
        string.Create(CultureInfo.InvariantCulture, $"{Moment}{now.UnixMs}");

    /// <summary>Begins to listen at once; the task given back ends with an exception, or when cancelled.</summary>
    /// <param name="places">Places by topic.</param>
    /// <param name="known">Effects that wait already: read again after a crash, they are passed over.</param>
    /// <param name="isNew">Whether a moment means now, so that nothing earlier need be looked at.</param>
    /// <param name="into">Where effects go, in order; it is bounded, which holds the reading.</param>
    /// <param name="ring">Called when there is one.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task Start(
        IReadOnlyDictionary<Topic, string> places, IReadOnlySet<string> known, bool isNew,
        ChannelWriter<FreshDelivery> into, Action ring, CancellationToken cancellation)
    {
        var readings = destination.Topics.Select(topic =>
        {
            var (cursor, since) = From(places, topic, isNew);
            return ReadAsync(topic, Subscribe(topic, cursor, cancellation), since, known, into, ring, cancellation);
        }).ToList();
        // The first that fails ends them all: the run begins anew.
        await await Task.WhenAny(readings);
    }

    private (string? Cursor, Instant Since) From(IReadOnlyDictionary<Topic, string> places, Topic topic, bool isNew)
    {
        if (!places.TryGetValue(topic, out var place)) place = PlaceOf(destination.Connector.Created);
        if (place[0] != Moment) return (place, Instant.Never);
        var since = new Instant(long.Parse(place.AsSpan(1), CultureInfo.InvariantCulture));
        return (isNew ? null : Published.Beginning, since);
    }

    private IAsyncEnumerable<Published> Subscribe(Topic topic, string? cursor, CancellationToken cancellation)
    {
        try
        {
            return parts.Host.SubscribeAsync(topic, cursor, cancellation);
        }
        catch (FormatException)
        {
            // The folder was restored from a backup. All that is kept comes again, under its ids.
            FromBeginning(parts.Log, destination.Name, topic);
            return parts.Host.SubscribeAsync(topic, Published.Beginning, cancellation);
        }
    }

    private async Task ReadAsync(
        Topic topic, IAsyncEnumerable<Published> effects, Instant since, IReadOnlySet<string> known,
        ChannelWriter<FreshDelivery> into, Action ring, CancellationToken cancellation)
    {
        await foreach (var published in effects.WithCancellation(cancellation))
        {
            var fresh = Read(topic, published, since, known);
            await into.WriteAsync(fresh, cancellation);
            ring();
        }
    }

    private FreshDelivery Read(Topic topic, Published published, Instant since, IReadOnlySet<string> known)
    {
        try
        {
            var (at, isWanted) = parts.Messages.Look(destination, topic, published.Payload);
            var isFor = isWanted && at >= since && (known.Count == 0 || !known.Contains(published.Id.ToString()));
            return new FreshDelivery(topic, published, at) { IsSettled = !isFor };
        }
        catch (InvalidDataException fault)
        {
            Unreadable(parts.Log, destination.Name, topic, fault);
            counters.NotTaken();
            return new FreshDelivery(topic, published, Instant.From(parts.Time.GetUtcNow())) { IsSettled = true };
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "Destination {Destination} begins anew with all of {Topic} that is kept: its place is of another data folder.")]
    private static partial void FromBeginning(ILogger log, string destination, Topic topic);

    [LoggerMessage(2, LogLevel.Error, "An effect of {Topic} for destination {Destination} cannot be read.")]
    private static partial void Unreadable(ILogger log, string destination, Topic topic, Exception fault);
}
