using DToC.Grains;
using DToC.Http.Operations;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Http.Events;

/// <summary>How a chunk is taken in.</summary>
/// <param name="Patience">How long a busy host is waited for.</param>
/// <param name="MayQuarantine">Whether events that a person can repair are kept for one.</param>
/// <param name="ReceivedAt">When the events came; null for now.</param>
internal readonly record struct IntakeMode(
    TimeSpan Patience, bool MayQuarantine = true, Instant? ReceivedAt = null);

/// <summary>
/// Takes events in: reads them, finds their customers, gives each customer's grain its events in one message,
/// keeps for a person what one can repair.
/// </summary>
internal sealed class EventIntake(
    ITwinHost host, IdentityLookup identities, EventReaders readers, DefinitionGate gate, ApiMeters meters,
    TimeProvider time)
{
    /// <summary>
    /// Reads a chunk and sends it off. The task given back has the answers, in the order of the events, once
    /// all that was taken is durable.
    /// </summary>
    public async Task<Task<EventAnswer[]>> StartAsync(
        IReadOnlyList<IncomingEvent> events, IntakeMode mode, CancellationToken cancellation)
    {
        await gate.EnterAsync(cancellation);
        try
        {
            var chunk = await SortAsync(events, mode, cancellation);
            // Sent here, before anything is awaited: chunks of one stream reach their grains in their order.
            return CompleteAsync(chunk, SendAsync(chunk.Groups, mode, cancellation));
        }
        catch
        {
            gate.Leave();
            throw;
        }
    }

    private async ValueTask<EventChunk> SortAsync(
        IReadOnlyList<IncomingEvent> events, IntakeMode mode, CancellationToken cancellation)
    {
        var plan = host.Plans.Current;
        var receivedAt = mode.ReceivedAt ?? Instant.From(time.GetUtcNow());
        var chunk = new EventChunk(events.Count);
        var reader = readers.Take(plan);
        for (var i = 0; i < events.Count; i++)
        {
            var incoming = events[i];
            switch (incoming.Refusal ?? reader.Read(incoming.Json, receivedAt))
            {
                case EventReading.Read { Event: var e }:
                    chunk.Add(i, e, await CustomerOfAsync(e, plan, cancellation));
                    break;
                case EventReading.Rejected { IsRepairable: true } rejected when mode.MayQuarantine:
                    chunk.Add(i, rejected, incoming.Json, receivedAt);
                    break;
                case EventReading.Rejected rejected:
                    chunk.Answers[i] = EventAnswer.Of(AnswerStatus.Refused, rejected);
                    break;
            }
        }
        readers.Return(plan, reader);
        return chunk;
    }

    private ValueTask<string> CustomerOfAsync(
        TouchpointEvent e, TwinPlan plan, CancellationToken cancellation) =>
        e.Customer is { } customer
            ? new ValueTask<string>(customer)
            : identities.FindAsync(e.Identifiers, plan.Events.Identifiers, cancellation);

    private async Task<Reply[]> SendAsync(List<EventGroup> groups, IntakeMode mode, CancellationToken cancellation)
    {
        var replies = await host.SendAllAsync(
            groups.ConvertAll(static group => new Letter(group.Key, group.Message)), cancellation);
        var started = time.GetTimestamp();
        List<int> busy = [];
        for (; ; busy.Clear())
        {
            var wait = TimeSpan.Zero;
            for (var i = 0; i < replies.Length; i++)
            {
                if (replies[i] is not Reply.Busy { RetryAfter: var asked }) continue;
                busy.Add(i);
                if (asked > wait) wait = asked;
            }
            if (busy.Count == 0 || time.GetElapsedTime(started) + wait >= mode.Patience) return replies;
            await Task.Delay(wait, time, cancellation);
            var again = await host.SendAllAsync(
                busy.ConvertAll(i => new Letter(groups[i].Key, groups[i].Message)), cancellation);
            for (var i = 0; i < again.Length; i++) replies[busy[i]] = again[i];
        }
    }

    private async Task<EventAnswer[]> CompleteAsync(EventChunk chunk, Task<Reply[]> sent)
    {
        try
        {
            var replies = await sent;
            for (var i = 0; i < replies.Length; i++) chunk.Groups[i].Answer(replies[i], chunk.Answers);
        }
        finally
        {
            gate.Leave();
        }
        foreach (var answer in chunk.Answers) meters.Count(answer);
        return chunk.Answers;
    }
}
