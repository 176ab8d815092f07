using System.Collections.Concurrent;
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

    /// <summary>Receivers of decisions now.</summary>
    public long Subscribers => Volatile.Read(ref _subscribers);

    /// <summary>Counts an answer to an event.</summary>
    public void Count(in EventAnswer answer)
    {
        Interlocked.Increment(ref _byStatus[(int)answer.Status]);
        if (answer.Code is { } code)
        {
            _byReason.GetOrAdd((answer.Status, code), static _ => new Counter()).Add();
        }
    }

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
        text.Family("dtoc_decision_subscribers", "gauge", "Receivers of decisions now.");
        text.Sample("dtoc_decision_subscribers", Subscribers);
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
