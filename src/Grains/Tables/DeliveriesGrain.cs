using System.Buffers;
using System.Text;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// What one destination was not brought yet: places in the topics' effects, a row for each effect before those places
/// that waits for another attempt, and a row a dead letter. What nobody replays is forgotten after
/// <see cref="KeptDays"/> days.
/// </summary>
public sealed class DeliveriesGrain : IGrain
{
    /// <summary>Most deliveries that wait; beyond it effects wait where they were published.</summary>
    public const int MaxWaiting = 10_000;

    /// <summary>Most dead letters; beyond it nothing is given up.</summary>
    public const int MaxDead = 10_000;

    /// <summary>Days a dead letter is kept.</summary>
    public const int KeptDays = 30;

    private const string ExpiryName = "expire";
    private const int RowsAtOnce = 500;
    private const byte Format = 1;

    /// <inheritdoc/>
    public GrainKind Kind => GrainKind.Deliveries;

    /// <summary>The table of a destination.</summary>
    public static GrainKey KeyOf(string destination) => new(GrainKind.Deliveries, destination);

    /// <summary>Reads a stored state.</summary>
    /// <exception cref="InvalidDataException">The bytes are not one of a format this build knows.</exception>
    public static DeliveriesState Read(ReadOnlySpan<byte> stored)
    {
        var reader = new BinaryFormReader(stored);
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException($"Delivery table format {format} is not known; this build knows {Format}.");
        var state = new DeliveriesState
        {
            Version = (long)reader.Unsigned(),
            EffectSequence = (long)reader.Unsigned(),
            Newest = (long)reader.Unsigned(),
            Waiting = reader.Count(int.MaxValue),
            Dead = reader.Count(int.MaxValue),
            Expired = (long)reader.Unsigned(),
            IsWaking = reader.Byte() == 1,
        };
        var places = reader.Count(byte.MaxValue);
        for (var i = 0; i < places; i++) state.Places[(Topic)reader.Byte()] = reader.Text();
        return state;
    }

    /// <inheritdoc/>
    public GrainState Create(GrainKey key, TwinPlan plan) => new DeliveriesState();

    /// <inheritdoc/>
    public GrainState Decode(GrainKey key, ReadOnlySpan<byte> stored, PlanCatalog plans) => Read(stored);

    /// <inheritdoc/>
    public void Encode(GrainState state, IBufferWriter<byte> output)
    {
        var deliveries = (DeliveriesState)state;
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Unsigned((ulong)state.Version);
        writer.Unsigned((ulong)state.EffectSequence);
        writer.Unsigned((ulong)deliveries.Newest);
        writer.Unsigned((ulong)deliveries.Waiting);
        writer.Unsigned((ulong)deliveries.Dead);
        writer.Unsigned((ulong)deliveries.Expired);
        writer.Byte(deliveries.IsWaking ? (byte)1 : (byte)0);
        writer.Unsigned((ulong)deliveries.Places.Count);
        foreach (var (topic, cursor) in deliveries.Places)
        {
            writer.Byte((byte)topic);
            writer.Text(cursor);
        }
    }

    /// <inheritdoc/>
    public void EncodeMessage(GrainMessage message, IBufferWriter<byte> output) =>
        throw new ArgumentException(
            $"{message.GetType().Name} does not travel as an effect.", nameof(message));

    /// <inheritdoc/>
    public GrainMessage DecodeMessage(ReadOnlySpan<byte> stored) =>
        throw new InvalidDataException("No message to the deliveries of a destination travels as an effect.");

    /// <inheritdoc/>
    /// <remarks>What is published of a customer is published by the customer.</remarks>
    public bool Concerns(GrainRow row, DataSubject subject) =>
        KeptDelivery.FromBytes(row.Value).Effect.Sender is { Kind: GrainKind.Customer, Id: var id } && subject.Is(id);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> TracesOf(DataSubject subject) =>
        [.. subject.Customers.Select(Encoding.UTF8.GetBytes)];

    /// <inheritdoc/>
    public TurnResult Handle(GrainMessage message, Turn turn)
    {
        var state = (DeliveriesState)turn.State;
        return message switch
        {
            DeliveriesMessage.Settle settle => Settle(settle, state, turn),
            DeliveriesMessage.Replay replay => Replay(replay, state, turn),
            DeliveriesMessage.Discard discard => Discard(discard, state, turn),
            DeliveriesMessage.Clear => Clear(state, turn),
            GrainMessage.RemoveRows removal => Remove(removal.Rows, state, turn),
            GrainMessage.WokenUp { Name: ExpiryName } => Expire(state, turn),
            _ => Unchanged(Reply.Done.Instance),
        };
    }

    private static TurnResult.Outcome Settle(DeliveriesMessage.Settle settle, DeliveriesState state, Turn turn)
    {
        var rows = new List<RowChange>();
        foreach (var (topic, cursor) in settle.Places) state.Places[topic] = cursor;
        foreach (var number in settle.Done)
        {
            var row = KeptDelivery.RowOf(KeptDelivery.Waiting, number);
            if (turn.Rows.Find(row) is null) continue;
            rows.Add(new RowChange(row, null));
            state.Waiting--;
        }
        // One that is not there any more went with its customer, and does not come back.
        foreach (var tried in settle.Tried)
        {
            var row = KeptDelivery.RowOf(KeptDelivery.Waiting, tried.Number);
            if (turn.Rows.Find(row) is not { } found) continue;
            var kept = KeptDelivery.FromBytes(found) with
            {
                Attempts = tried.Attempts,
                At = tried.At,
                Reason = tried.Reason,
            };
            var isDead = tried.IsDead && state.Dead < MaxDead;
            if (!isDead)
            {
                rows.Add(new RowChange(row, kept.ToBytes()));
                continue;
            }
            rows.Add(new RowChange(row, null));
            rows.Add(new RowChange(
                KeptDelivery.RowOf(KeptDelivery.Dead, tried.Number), (kept with { At = turn.Now }).ToBytes()));
            state.Waiting--;
            state.Dead++;
        }
        var numbers = new long[settle.Keep.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = ++state.Newest;
            rows.Add(new RowChange(
                KeptDelivery.RowOf(KeptDelivery.Waiting, numbers[i]), settle.Keep[i].ToBytes()));
            state.Waiting++;
        }
        var reply = new DeliveriesReply.Settled(numbers, state.Waiting, state.Dead);
        if (rows.Count + settle.Places.Count == 0) return Unchanged(reply);
        return Changed(reply, rows, state, turn);
    }

    private static TurnResult.Outcome Replay(DeliveriesMessage.Replay replay, DeliveriesState state, Turn turn)
    {
        var rows = new List<RowChange>();
        var room = Math.Min(RowsAtOnce, MaxWaiting - state.Waiting);
        var (found, isAll) = Find(replay.Which, room, turn.Rows);
        foreach (var (row, kept) in found)
        {
            rows.Add(new RowChange(row, null));
            // Behind all that waits: it comes as if it were new.
            rows.Add(new RowChange(
                KeptDelivery.RowOf(KeptDelivery.Waiting, ++state.Newest),
                (kept with { Attempts = 0, At = turn.Now }).ToBytes()));
            state.Dead--;
            state.Waiting++;
        }
        var reply = new DeliveriesReply.Moved(found.Count, isAll);
        return rows.Count == 0 ? Unchanged(reply) : Changed(reply, rows, state, turn);
    }

    private static TurnResult.Outcome Discard(DeliveriesMessage.Discard discard, DeliveriesState state, Turn turn)
    {
        var (found, isAll) = Find(discard.Which, RowsAtOnce, turn.Rows);
        var reply = new DeliveriesReply.Moved(found.Count, isAll);
        if (found.Count == 0) return Unchanged(reply);
        state.Dead -= found.Count;
        return Changed(reply, found.ConvertAll(letter => new RowChange(letter.Row, null)), state, turn);
    }

    private static (List<(string Row, KeptDelivery Kept)> Found, bool IsAll) Find(
        DeadLetters which, int limit, IRowReader rows)
    {
        List<(string, KeptDelivery)> found = [];
        if (which.Numbers is { } numbers)
        {
            foreach (var number in numbers)
            {
                var row = KeptDelivery.RowOf(KeptDelivery.Dead, number);
                if (rows.Find(row) is not { } value) continue;
                var kept = KeptDelivery.FromBytes(value);
                if (which.Reason is not null && kept.Reason != which.Reason) continue;
                if (found.Count >= limit) return (found, false);
                found.Add((row, kept));
            }
            return (found, true);
        }
        for (var from = KeptDelivery.RowOf(KeptDelivery.Dead, 0); ;)
        {
            var page = rows.Range(from, RowsAtOnce);
            foreach (var row in page)
            {
                if (row.Row[0] != KeptDelivery.Dead) return (found, true);
                var kept = KeptDelivery.FromBytes(row.Value);
                if (which.Reason is not null && kept.Reason != which.Reason) continue;
                if (found.Count >= limit) return (found, false);
                found.Add((row.Row, kept));
            }
            if (page.Count < RowsAtOnce) return (found, true);
            from = page[^1].Row + "~";
        }
    }

    private static TurnResult.Outcome Clear(DeliveriesState state, Turn turn)
    {
        var page = turn.Rows.Range("", RowsAtOnce);
        state.Places.Clear();
        var outcome = Remove([.. page.Select(row => row.Row)], state, turn);
        state.Version += outcome.Changed ? 0 : 1;
        return outcome with
        {
            Changed = true,
            Reply = new DeliveriesReply.Moved(page.Count, page.Count < RowsAtOnce),
        };
    }

    private static TurnResult.Outcome Remove(IReadOnlyList<string> names, DeliveriesState state, Turn turn)
    {
        var rows = new List<RowChange>(names.Count);
        foreach (var name in names)
        {
            if (turn.Rows.Find(name) is null) continue;
            rows.Add(new RowChange(name, null));
            if (name[0] == KeptDelivery.Waiting) state.Waiting--;
            else state.Dead--;
        }
        return rows.Count == 0
            ? Unchanged(Reply.Done.Instance) : Changed(Reply.Done.Instance, rows, state, turn);
    }

    private static TurnResult.Outcome Expire(DeliveriesState state, Turn turn)
    {
        var rows = new List<RowChange>();
        Instant? next = null;
        // By number, which is about the order in which they were given up: one that is younger ends the look.
        foreach (var row in turn.Rows.Range(KeptDelivery.RowOf(KeptDelivery.Dead, 0), RowsAtOnce))
        {
            if (row.Row[0] != KeptDelivery.Dead) break;
            var expiresAt = KeptDelivery.FromBytes(row.Value).At.PlusMs(KeptDays * Instant.DayMs);
            if (expiresAt > turn.Now)
            {
                next = next is { } earlier && earlier < expiresAt ? earlier : expiresAt;
                continue;
            }
            rows.Add(new RowChange(row.Row, null));
            state.Dead--;
            state.Expired++;
        }
        // After a full look the rest is looked at at once.
        if (state.Dead > 0 && rows.Count > 0) next = turn.Now;
        state.IsWaking = next is not null;
        state.Version++;
        return new TurnResult.Outcome(Reply.Done.Instance)
        {
            Rows = rows,
            Effects = next is { } at ? [new Effect.WakeUp(++state.EffectSequence, ExpiryName, at)] : [],
        };
    }

    private static TurnResult.Outcome Changed(Reply reply, List<RowChange> rows, DeliveriesState state, Turn turn)
    {
        state.Version++;
        var wakes = state.Dead > 0 && !state.IsWaking;
        if (wakes) state.IsWaking = true;
        return new TurnResult.Outcome(reply)
        {
            Rows = rows,
            Effects = wakes
                ? [new Effect.WakeUp(++state.EffectSequence, ExpiryName, turn.Now.PlusMs(KeptDays * Instant.DayMs))]
                : [],
        };
    }

    private static TurnResult.Outcome Unchanged(Reply reply) => new(reply) { Changed = false };
}
