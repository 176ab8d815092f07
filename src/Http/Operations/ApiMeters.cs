using System.Collections.Concurrent;
using DToC.Http.Console.Figures;
using DToC.Http.Events;
using DToC.Http.Json;

namespace DToC.Http.Operations;

/// <summary>
/// Counters of the API from the start of the process. Labels are words of this program, never of a sender.
/// </summary>
internal sealed class ApiMeters
{
    private readonly long[] _byStatus = new long[Enum.GetValues<AnswerStatus>().Length];
    private readonly ConcurrentDictionary<(AnswerStatus Status, string Reason), Counter> _byReason = new();
    private readonly ConcurrentDictionary<(string Method, string Route, int Status), DurationHistogram>
        _requests = new();
    private long _subscribers;
    private long _inFlight;
    private long _streams;
    private long _notLinked;

    /// <summary>Receivers of decisions now.</summary>
    public long Subscribers => Volatile.Read(ref _subscribers);

    /// <summary>Counts an answer to an event.</summary>
    public void Count(in EventAnswer answer)
    {
        Interlocked.Increment(ref _byStatus[(int)answer.Status]);
        if (answer.NotLinked > 0) Interlocked.Add(ref _notLinked, answer.NotLinked);
        if (answer.Code is { } code)
        {
            _byReason.GetOrAdd((answer.Status, code), static _ => new Counter()).Add();
        }
    }

    /// <summary>A request begins.</summary>
    /// <param name="isStream">Whether it is a stream of events.</param>
    public void Begin(bool isStream)
    {
        Interlocked.Increment(ref _inFlight);
        if (isStream) Interlocked.Increment(ref _streams);
    }

    /// <summary>A request ends.</summary>
    public void End(bool isStream)
    {
        Interlocked.Decrement(ref _inFlight);
        if (isStream) Interlocked.Decrement(ref _streams);
    }

    /// <summary>The counters now.</summary>
    public ApiCounts Read()
    {
        var requests = new long[6];
        foreach (var ((_, _, status), histogram) in _requests) requests[Math.Clamp(status, 0, 5)] += histogram.Count;
        return new ApiCounts(
            Array.ConvertAll(Enum.GetValues<AnswerStatus>(), status => Volatile.Read(ref _byStatus[(int)status])),
            requests, Volatile.Read(ref _inFlight), Volatile.Read(ref _streams));
    }

    /// <summary>Events that were not folded, by reason, the most frequent first.</summary>
    public IReadOnlyList<NotFoldedCount> NotFolded() =>
    [
        .. _byReason.Select(entry =>
            new NotFoldedCount(WireJson.Word(entry.Key.Status), entry.Key.Reason, entry.Value.Value))
            .OrderByDescending(entry => entry.Count),
    ];

    /// <summary>Counts a request.</summary>
    public void Observe(string method, string route, int status, TimeSpan duration) =>
        _requests.GetOrAdd((method, route, status / 100), static _ => new DurationHistogram())
            .Observe(duration.TotalSeconds);

    /// <summary>A receiver comes, if there is room.</summary>
    public bool TrySubscribe(int limit)
    {
        if (Interlocked.Increment(ref _subscribers) <= limit) return true;
        Interlocked.Decrement(ref _subscribers);
        return false;
    }

    /// <summary>A receiver goes.</summary>
    public void Unsubscribe() => Interlocked.Decrement(ref _subscribers);

    /// <summary>Writes all of it.</summary>
    public void Write(MetricsText text)
    {
        text.Family("dtoc_events_total", "counter", "Events answered, by what became of them.");
        foreach (var status in Enum.GetValues<AnswerStatus>())
        {
            text.Sample("dtoc_events_total", Volatile.Read(ref _byStatus[(int)status]),
                ("status", WireJson.Word(status)));
        }
        text.Family("dtoc_events_not_folded_total", "counter",
            "Events refused, quarantined or to be sent again, by reason.");
        foreach (var ((status, reason), count) in _byReason)
        {
            text.Sample("dtoc_events_not_folded_total", count.Value, ("status", WireJson.Word(status)),
                ("reason", reason));
        }
        text.Family("dtoc_identifiers_not_linked_total", "counter",
            "Identifiers of events that were not linked because the customer has as many values as it may.");
        text.Sample("dtoc_identifiers_not_linked_total", Volatile.Read(ref _notLinked));
        text.Family("dtoc_decision_subscribers", "gauge", "Receivers of decisions now.");
        text.Sample("dtoc_decision_subscribers", Subscribers);
        text.Family("dtoc_http_requests_in_flight", "gauge", "Requests begun and not ended.");
        text.Sample("dtoc_http_requests_in_flight", Volatile.Read(ref _inFlight));
        text.Family("dtoc_event_streams", "gauge", "Streams of events open now.");
        text.Sample("dtoc_event_streams", Volatile.Read(ref _streams));
        text.Family("dtoc_http_request_duration_seconds", "histogram",
            "Time from a request's head to the end of its answer.");
        foreach (var ((method, route, status), histogram) in _requests)
        {
            histogram.Write(
                text, "dtoc_http_request_duration_seconds", ("method", method), ("route", route),
                ("status", $"{status}xx"));
        }
    }

    private sealed class Counter
    {
        private long _value;

        public long Value => Volatile.Read(ref _value);

        public void Add() => Interlocked.Increment(ref _value);
    }
}
