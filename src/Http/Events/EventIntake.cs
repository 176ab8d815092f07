using DToC.Grains;
using DToC.Http.Erasures;
using DToC.Http.Limits;
using DToC.Http.Operations;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using Microsoft.AspNetCore.Http;

namespace DToC.Http.Events;

/// <summary>How a chunk is taken in.</summary>
/// <param name="Patience">How long a busy host is waited for.</param>
/// <param name="MayQuarantine">Whether events that a person can repair are kept for one.</param>
/// <param name="ReceivedAt">When the events came; null for now.</param>
/// <param name="IsBulk">Whether the chunk is a part of a stream or batch.</param>
/// <param name="Share">The share of the key that sent it; null for this program itself.</param>
/// <param name="OptsOut">Whether the request bears an opt-out signal, which goes for all its events.</param>
internal readonly record struct IntakeMode(
    TimeSpan Patience, bool MayQuarantine = true, Instant? ReceivedAt = null, bool IsBulk = false,
    KeyShare? Share = null, bool OptsOut = false)
{
    /// <summary>How what a request brings is taken in.</summary>
    public static IntakeMode Of(HttpContext http, TimeSpan patience, bool isBulk) => new(
        patience, IsBulk: isBulk, Share: RequestHold.Of(http).Share,
        // Global Privacy Control, https://w3c.github.io/gpc/: a browser sends 1 or nothing.
        OptsOut: http.Request.Headers["Sec-GPC"] == "1");
}

/// <summary>
/// Takes events in: reads them, finds their customers, gives each customer's grain its events in one message,
/// keeps for a person what one can repair.
/// </summary>
internal sealed class EventIntake(
    ITwinHost host, IdentityResolver identities, EventReaders readers, DefinitionGate gate, ApiMeters meters,
    HttpOptions options, TimeProvider time)
{
    private readonly IdentifierHashing? _hashing =
        options.IdentifierKey is { } key ? new IdentifierHashing(key) : null;

    /// <summary>
    /// Reads a chunk and sends it off. The task given back has the answers, in the order of the events, once
    /// all that was taken is durable.
    /// </summary>
    public async Task<Task<EventAnswer[]>> StartAsync(
        IReadOnlyList<IncomingEvent> events, IntakeMode mode, CancellationToken cancellation)
    {
        await gate.EnterAsync(mode, cancellation);
        try
        {
            var chunk = await SortAsync(events, mode, cancellation);
            // Sent here, before anything is awaited: chunks of one stream reach their grains in their order.
            return CompleteAsync(chunk, SendAsync(chunk.Groups, mode, cancellation), mode);
        }
        catch
        {
            gate.Leave(mode);
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
            // First of all: what is kept as a hash is nowhere seen in the clear.
            var json = _hashing?.Hide(incoming.Json, plan.Events, options.Events) ?? incoming.Json;
            switch (incoming.Refusal ?? reader.Read(json, receivedAt, mode.OptsOut))
            {
                case EventReading.Read { Event: var read }:
                    var (customer, e) = await identities.ResolveAsync(read, cancellation);
                    chunk.Add(i, e, customer);
                    break;
                case EventReading.Rejected { IsRepairable: true } rejected when ErasedSender.IsOf(host, json):
                    chunk.Answers[i] = EventAnswer.Erased(rejected.Id);
                    break;
                case EventReading.Rejected { IsRepairable: true } rejected when mode.MayQuarantine:
                    chunk.Add(i, rejected, TextScoring.Hide(json, plan.Events, options.Events), receivedAt);
                    break;
                case EventReading.Rejected rejected:
                    chunk.Answers[i] = EventAnswer.Of(AnswerStatus.Refused, rejected);
                    break;
            }
        }
        readers.Return(plan, reader);
        return chunk;
    }

    private Task<Reply[]> SendAsync(List<EventGroup> groups, IntakeMode mode, CancellationToken cancellation) =>
        PatientSending.SendAsync(
            host, groups.ConvertAll(static group => new Letter(group.Key, group.Message)), mode.IsBulk, mode.Patience,
            time, cancellation);

    private async Task<EventAnswer[]> CompleteAsync(EventChunk chunk, Task<Reply[]> sent, IntakeMode mode)
    {
        try
        {
            var replies = await sent;
            for (var i = 0; i < replies.Length; i++) chunk.Groups[i].Answer(replies[i], chunk.Answers);
        }
        finally
        {
            gate.Leave(mode);
        }
        foreach (var answer in chunk.Answers) meters.Count(answer);
        return chunk.Answers;
    }
}
