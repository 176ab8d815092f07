using System.Buffers;
using System.Globalization;
using System.Text;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// One bucket of the table of events that wait for a person: a row an event in the order of receipt, and one
/// that finds it by its content. What nobody repairs is forgotten after <see cref="KeptDays"/> days.
/// </summary>
public sealed class QuarantineGrain : IGrain
{
    /// <summary>Buckets the events are spread over.</summary>
    public const int Buckets = 16;

    /// <summary>Most events in a bucket; what does not fit is refused and counted.</summary>
    public const int MaxRows = 10_000;

    /// <summary>Days an event waits.</summary>
    public const int KeptDays = 7;

    /// <summary>First characters of the row of an event; its id follows.</summary>
    public const string EventPrefix = "e";

    private const string ContentPrefix = "h";
    private const string ExpiryName = "expire";
    private const int ExpiryBatch = 500;
    private const byte Format = 1;

    /// <inheritdoc/>
    public GrainKind Kind => GrainKind.Quarantine;

    /// <summary>The bucket of an event by its content.</summary>
    public static GrainKey KeyOf(ulong contentHash) => KeyOfBucket((int)(contentHash % Buckets));

    /// <summary>A bucket by its number, 0 to 15.</summary>
    public static GrainKey KeyOfBucket(int bucket) =>
        new(GrainKind.Quarantine, bucket.ToString("d2", CultureInfo.InvariantCulture));

    /// <summary>The row of an event by its id.</summary>
    public static string RowOf(string id) => EventPrefix + id;

    /// <inheritdoc/>
    public GrainState Create(GrainKey key, TwinPlan plan) => new QuarantineState();

    /// <inheritdoc/>
    public GrainState Decode(GrainKey key, ReadOnlySpan<byte> stored, PlanCatalog plans)
    {
        var reader = new BinaryFormReader(stored);
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException(
                $"Quarantine table format {format} is not known; this build knows {Format}.");
        return new QuarantineState
        {
            Version = (long)reader.Unsigned(),
            EffectSequence = (long)reader.Unsigned(),
            Count = reader.Count(MaxRows),
            Refused = (long)reader.Unsigned(),
            Expired = (long)reader.Unsigned(),
            IsWaking = reader.Byte() == 1,
        };
    }

    /// <inheritdoc/>
    public void Encode(GrainState state, IBufferWriter<byte> output)
    {
        var quarantine = (QuarantineState)state;
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Unsigned((ulong)state.Version);
        writer.Unsigned((ulong)state.EffectSequence);
        writer.Unsigned((ulong)quarantine.Count);
        writer.Unsigned((ulong)quarantine.Refused);
        writer.Unsigned((ulong)quarantine.Expired);
        writer.Byte(quarantine.IsWaking ? (byte)1 : (byte)0);
    }

    /// <inheritdoc/>
    public bool Concerns(GrainRow row, DataSubject subject) =>
        row.Row.StartsWith(EventPrefix, StringComparison.Ordinal)
            && QuarantinedEvent.FromBytes(row.Value).Mentions(subject);

    /// <inheritdoc/>
    public TurnResult Handle(GrainMessage message, Turn turn)
    {
        var state = (QuarantineState)turn.State;
        return message switch
        {
            GrainMessage.RemoveRows removal => Remove(removal, state, turn),
            QuarantineMessage.Add add => Add(add, state, turn),
            QuarantineMessage.Remove remove => Remove(remove, state, turn),
            GrainMessage.WokenUp { Name: ExpiryName } => Expire(state, turn),
            _ => new TurnResult.Outcome(Reply.Done.Instance) { Changed = false },
        };
    }

    private static TurnResult.Outcome Add(QuarantineMessage.Add add, QuarantineState state, Turn turn)
    {
        var ids = new string?[add.Events.Count];
        var rows = new List<RowChange>(ids.Length * 2);
        var addedHere = new Dictionary<ulong, string>(ids.Length);
        var refusedBefore = state.Refused;
        for (var i = 0; i < ids.Length; i++)
        {
            var hash = add.Events[i].ContentHash;
            ids[i] = addedHere.GetValueOrDefault(hash) ?? Waiting(turn.Rows, hash);
            if (ids[i] is not null) continue;
            if (state.Count >= MaxRows)
            {
                state.Refused++;
                continue;
            }
            var id = add.Events[i].Id;
            (ids[i], addedHere[hash]) = (id, id);
            rows.Add(new RowChange(RowOf(id), add.Events[i].ToBytes()));
            rows.Add(new RowChange(ContentRow(hash), Encoding.UTF8.GetBytes(id)));
            state.Count++;
        }
        var reply = new QuarantineReply.Added(ids);
        if (rows.Count == 0 && state.Refused == refusedBefore)
        {
            return new TurnResult.Outcome(reply) { Changed = false };
        }
        state.Version++;
        return new TurnResult.Outcome(reply)
        {
            Rows = rows,
            Effects = state.Count > 0 ? WakeOnce(state, turn.Now) : [],
        };
    }

    private static TurnResult.Outcome Remove(
        QuarantineMessage.Remove remove, QuarantineState state, Turn turn)
    {
        if (!QuarantinedEvent.TryParseId(remove.Id, out _, out var hash)
            || turn.Rows.Find(RowOf(remove.Id)) is null)
        {
            return new TurnResult.Outcome(new QuarantineReply.Removed(false)) { Changed = false };
        }
        state.Version++;
        state.Count--;
        return new TurnResult.Outcome(new QuarantineReply.Removed(true))
        {
            Rows = [new RowChange(RowOf(remove.Id), null), new RowChange(ContentRow(hash), null)],
        };
    }

    private static TurnResult.Outcome Remove(GrainMessage.RemoveRows removal, QuarantineState state, Turn turn)
    {
        var rows = new List<RowChange>();
        foreach (var row in removal.Rows)
        {
            if (turn.Rows.Find(row) is null
                || !QuarantinedEvent.TryParseId(row[EventPrefix.Length..], out _, out var hash)) continue;
            rows.Add(new RowChange(row, null));
            rows.Add(new RowChange(ContentRow(hash), null));
            state.Count--;
        }
        if (rows.Count == 0) return new TurnResult.Outcome(Reply.Done.Instance) { Changed = false };
        state.Version++;
        return new TurnResult.Outcome(Reply.Done.Instance) { Rows = rows };
    }

    private static TurnResult.Outcome Expire(QuarantineState state, Turn turn)
    {
        var rows = new List<RowChange>();
        Instant? next = null;
        foreach (var row in turn.Rows.Range(EventPrefix, ExpiryBatch))
        {
            if (!row.Row.StartsWith(EventPrefix, StringComparison.Ordinal)) break;
            // A row this build cannot name is left alone rather than guessed at.
            if (!QuarantinedEvent.TryParseId(row.Row[EventPrefix.Length..], out var receivedAt, out var hash))
            {
                continue;
            }
            var expiresAt = receivedAt.PlusMs(KeptDays * Instant.DayMs);
            if (expiresAt > turn.Now)
            {
                next = expiresAt;
                break;
            }
            rows.Add(new RowChange(row.Row, null));
            rows.Add(new RowChange(ContentRow(hash), null));
            state.Count--;
            state.Expired++;
        }
        state.Version++;
        // After a full batch the rest is due at once.
        if (next is null && state.Count > 0 && rows.Count > 0) next = turn.Now;
        state.IsWaking = next is not null;
        return new TurnResult.Outcome(Reply.Done.Instance)
        {
            Rows = rows,
            Effects = next is { } at ? [new Effect.WakeUp(++state.EffectSequence, ExpiryName, at)] : [],
        };
    }

    private static Effect[] WakeOnce(QuarantineState state, Instant now)
    {
        if (state.IsWaking) return [];
        state.IsWaking = true;
        return [new Effect.WakeUp(++state.EffectSequence, ExpiryName, now.PlusMs(KeptDays * Instant.DayMs))];
    }

    private static string? Waiting(IRowReader rows, ulong hash) =>
        rows.Find(ContentRow(hash)) is { } id ? Encoding.UTF8.GetString(id.Span) : null;

    private static string ContentRow(ulong hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{ContentPrefix}{hash:x16}");
}
