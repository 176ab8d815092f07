using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;

namespace DToC.Http.Events;

/// <summary>Events that are sent together, sorted by who gets them.</summary>
internal sealed class EventChunk(int count)
{
    // One event has nobody to meet.
    private readonly Dictionary<GrainKey, EventGroup>? _byKey = count > 1 ? [] : null;

    /// <summary>Answers in the order of the events.</summary>
    public EventAnswer[] Answers { get; } = new EventAnswer[count];

    /// <summary>One a grain, in the order of their first events.</summary>
    public List<EventGroup> Groups { get; } = [];

    /// <summary>An event for a customer.</summary>
    public void Add(int index, TouchpointEvent e, string customer)
    {
        var key = GrainKey.Customer(customer);
        var group = Find(key) ?? Open(key, new CustomerEvents(key));
        ((CustomerEvents)group).Add(index, e);
    }

    /// <summary>An event for a person to repair.</summary>
    public void Add(int index, EventReading.Rejected rejected, ReadOnlyMemory<byte> json, Instant receivedAt)
    {
        var kept = new QuarantinedEvent(
            json, rejected.Problem, rejected.Field, rejected.Message, rejected.Source, rejected.Id,
            receivedAt);
        var key = QuarantineGrain.KeyOf(kept.ContentHash);
        var group = Find(key) ?? Open(key, new QuarantineEvents(key));
        ((QuarantineEvents)group).Add(index, kept, rejected);
    }

    private EventGroup? Find(GrainKey key) => _byKey?.GetValueOrDefault(key);

    private EventGroup Open(GrainKey key, EventGroup group)
    {
        _byKey?.Add(key, group);
        Groups.Add(group);
        return group;
    }
}

/// <summary>The events of a chunk that go to one grain.</summary>
internal abstract class EventGroup(GrainKey key)
{
    /// <summary>The grain.</summary>
    public GrainKey Key { get; } = key;

    /// <summary>Places of the events in the chunk.</summary>
    protected List<int> Places { get; } = [];

    /// <summary>What the grain is told.</summary>
    public abstract GrainMessage Message { get; }

    /// <summary>Puts what the grain answered where it belongs.</summary>
    public abstract void Answer(Reply reply, EventAnswer[] answers);
}

/// <summary>Events of one customer.</summary>
internal sealed class CustomerEvents(GrainKey key) : EventGroup(key)
{
    private readonly List<TouchpointEvent> _events = [];
    private CustomerMessage.Observe? _message;

    public override GrainMessage Message => _message ??= new CustomerMessage.Observe(_events);

    public void Add(int place, TouchpointEvent e)
    {
        Places.Add(place);
        _events.Add(e);
    }

    public override void Answer(Reply reply, EventAnswer[] answers)
    {
        for (var i = 0; i < Places.Count; i++)
        {
            answers[Places[i]] = reply switch
            {
                CustomerReply.Observed observed => EventAnswer.Of(observed.Results[i], _events[i].Id, Key.Id),
                CustomerReply.Refused refused => new EventAnswer(AnswerStatus.Refused)
                {
                    Id = _events[i].Id,
                    Customer = Key.Id,
                    Code = "refused",
                    Field = refused.Field,
                    Reason = refused.Message,
                },
                Reply.Busy or Reply.Unavailable => EventAnswer.Retry(reply, _events[i].Id, Key.Id),
                Reply.Failed failed => EventAnswer.Failed(failed, _events[i].Id, Key.Id),
                Reply.Erased => EventAnswer.Erased(_events[i].Id),
                _ => throw new InvalidOperationException(
                    $"A customer answered events with {reply.GetType().Name}."),
            };
        }
    }
}

/// <summary>Events for one bucket of the quarantine.</summary>
internal sealed class QuarantineEvents(GrainKey key) : EventGroup(key)
{
    private readonly List<QuarantinedEvent> _events = [];
    private readonly List<EventReading.Rejected> _findings = [];
    private QuarantineMessage.Add? _message;

    public override GrainMessage Message => _message ??= new QuarantineMessage.Add(_events);

    public void Add(int place, QuarantinedEvent kept, EventReading.Rejected finding)
    {
        Places.Add(place);
        _events.Add(kept);
        _findings.Add(finding);
    }

    public override void Answer(Reply reply, EventAnswer[] answers)
    {
        for (var i = 0; i < Places.Count; i++)
        {
            answers[Places[i]] = reply switch
            {
                QuarantineReply.Added added when added.Ids[i] is not null =>
                    EventAnswer.Of(AnswerStatus.Quarantined, _findings[i]),
                QuarantineReply.Added => EventAnswer.Of(AnswerStatus.Refused, _findings[i]) with
                {
                    Code = "quarantineFull",
                    Reason = $"quarantineFull: {_findings[i].Message}",
                },
                Reply.Busy or Reply.Unavailable => EventAnswer.Retry(reply, _findings[i].Id, customer: null),
                Reply.Failed failed => EventAnswer.Failed(failed, _findings[i].Id, customer: null),
                _ => throw new InvalidOperationException(
                    $"The quarantine answered events with {reply.GetType().Name}."),
            };
        }
    }
}
