using System.Text.Json;
using DToC.Cli.Folders;
using DToC.Embedded;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;

namespace DToC.Cli.Sending;

/// <summary>
/// Gives events to the twins of a data folder, in this process. With an <see cref="EventClock"/> the events
/// move the clock an hour at most at a time, and the next hour begins when the turns of the one before are
/// durable.
/// </summary>
/// <param name="host">The folder's host; disposed with the sink.</param>
/// <param name="clock">The clock that events move, or null when they are received now.</param>
/// <param name="patience">How long to try while nothing can be made durable.</param>
/// <param name="time">The clock that waiting goes by, and that tells times to come from times past.</param>
internal sealed class FolderSink(
    EmbeddedHost host, EventClock? clock, TimeSpan patience, TimeProvider time) : EventSink
{
    private readonly IdentifierHashing _hashing = new(host.IdentifierKey);
    /// <summary>How often in a row a busy folder is waited for.</summary>
    public const int MaxBusyAnswers = 1_000;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly EventReader _reader = new(host.Plans.Current.Events, EventLimits.Default);
    private readonly IdentityResolver _identities = new(host, new KnownCustomers());
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<EventOutcome>> Send(
        EventBatch batch, CancellationToken cancellation)
    {
        var outcomes = new EventOutcome[batch.Lines.Count];
        List<Task> sent = [];
        // Batches reach their grains in their order: what is late asks for history.
        await _one.WaitAsync(cancellation);
        try
        {
            var slice = new CustomerSlice(Now());
            for (var i = 0; i < outcomes.Length; i++)
            {
                if (Read(batch.Lines[i], i, outcomes, sent, cancellation) is not { } e)
                    continue;
                if (clock != null && slice.IsOverFor(e.OccurredAt))
                {
                    await Task.WhenAll(Start(slice, outcomes, cancellation));
                    slice = new CustomerSlice(Now());
                }
                var (customer, known) = await _identities.ResolveAsync(e, cancellation);
                slice.Add(i, known, customer);
            }
            sent.AddRange(Start(slice, outcomes, cancellation));
            if (clock != null)
                await Task.WhenAll(sent);
        }
        finally
        {
            _one.Release();
        }
        await Task.WhenAll(sent);
        return outcomes;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        _one.Dispose();
    }

    private Instant Now() => clock?.Now ?? Instant.From(time.GetUtcNow());

    /// <summary>The event, or null when the line is answered, or will be, without it.</summary>
    private TouchpointEvent? Read(
        ReadOnlyMemory<byte> line, int place, EventOutcome[] outcomes, List<Task> sent,
        CancellationToken cancellation)
    {
        var receivedAt = Instant.From(time.GetUtcNow());
        line = _hashing.Hide(line, host.Plans.Current.Events, EventLimits.Default);
        switch (_reader.Read(line, receivedAt))
        {
            case EventReading.Read { Event: { Stamped: true } } when clock != null:
                outcomes[place] = new(EventVerdict.Refused,
                    "noTime: the event has no time, which --clock event goes by; give one, or --clock now");
                return null;
            case EventReading.Read { Event: var e }:
                return e;
            case EventReading.Rejected { IsRepairable: true } rejected when clock == null:
                var kept = new QuarantinedEvent(
                    line, rejected.Problem, rejected.Field, rejected.Message, rejected.Source, rejected.Id,
                    receivedAt);
                sent.Add(Quarantine(kept, place, outcomes, cancellation));
                return null;
            case EventReading.Rejected rejected:
                outcomes[place] = new(EventVerdict.Refused, Reason(rejected.Problem, rejected.Message));
                return null;
            default:
                throw new InvalidOperationException("A reading is an event or a rejection.");
        }
    }

    private List<Task> Start(CustomerSlice slice, EventOutcome[] outcomes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        clock?.AdvanceTo(slice.End);
        return [.. slice.Customers.Select(customer => Observe(customer, outcomes, cancellation))];
    }

    private async Task Observe(CustomerEvents customer, EventOutcome[] outcomes, CancellationToken cancellation)
    {
        var reply = await Ask(customer.Key, new CustomerMessage.Observe(customer.Events), cancellation);
        for (var i = 0; i < customer.Places.Count; i++)
        {
            outcomes[customer.Places[i]] = reply switch
            {
                CustomerReply.Observed observed => OutcomeOf(observed.Results[i]),
                CustomerReply.Refused refused => new(EventVerdict.Refused, refused.Message),
                Reply.Failed failed => new(EventVerdict.Refused, $"failed: {failed.Reason}"),
                _ => throw new InvalidOperationException($"A customer answered {reply.GetType().Name}."),
            };
        }
    }

    private async Task Quarantine(
        QuarantinedEvent kept, int place, EventOutcome[] outcomes, CancellationToken cancellation)
    {
        var reply = await Ask(
            QuarantineGrain.KeyOf(kept.ContentHash), new QuarantineMessage.Add([kept]), cancellation);
        var isKept = reply is QuarantineReply.Added added && added.Ids[0] != null;
        outcomes[place] = isKept
            ? new(EventVerdict.Quarantined, Reason(kept.Problem, kept.Message))
            : new(EventVerdict.Refused, $"quarantineFull: {kept.Message}");
    }

    /// <summary>Sends a message until it is taken.</summary>
    private async Task<Reply> Ask(GrainKey key, GrainMessage message, CancellationToken cancellation)
    {
        var (busyAnswers, wait) = (0, FirstWait);
        var start = time.GetTimestamp();
        while (true)
        {
            var reply = await host.SendAsync(key, message, cancellation);
            switch (reply)
            {
                case Reply.Busy when ++busyAnswers > MaxBusyAnswers:
                    throw TakesNothing($"was busy {MaxBusyAnswers} times in a row");
                case Reply.Busy busy:
                    await Task.Delay(busy.RetryAfter, time, cancellation);
                    start = time.GetTimestamp();
                    break;
                case Reply.Unavailable unavailable when time.GetElapsedTime(start) >= patience:
                    throw TakesNothing($"took nothing for {patience.TotalSeconds:0} s ({unavailable.Reason})");
                case Reply.Unavailable:
                    await Task.Delay(wait, time, cancellation);
                    wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
                    break;
                default:
                    return reply;
            }
        }
    }

    private static CommandFailure TakesNothing(string how) => new(ExitCode.Unreachable,
        $"the data folder {how}. Put that right; with --resume-file the same command goes on.");

    private static EventOutcome OutcomeOf(EventResult result) => result.Status switch
    {
        EventStatus.Accepted => new(EventVerdict.Accepted),
        EventStatus.Duplicate => new(EventVerdict.Duplicate),
        var status => new(EventVerdict.Refused, Reason(status, result.Message)),
    };

    private static string Reason<TEnum>(TEnum code, string? message)
        where TEnum : struct, Enum => $"{JsonNamingPolicy.CamelCase.ConvertName(code.ToString())}: {message}";
}
