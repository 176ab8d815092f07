using System.Buffers;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>What the table of keys is told.</summary>
public abstract record AccessKeysMessage : GrainMessage
{
    private AccessKeysMessage()
    {
    }

    /// <summary>A new key.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Replace">Whether it takes the place of one with the same id; else that is
    /// refused.</param>
    public sealed record Issue(AccessKey Key, bool Replace = false) : AccessKeysMessage;

    /// <summary>A key is not taken any more, from this turn on.</summary>
    public sealed record Revoke(string Id) : AccessKeysMessage;
}

/// <summary>What the table of keys answers, besides <see cref="Reply.Done"/>.</summary>
public abstract record AccessKeysReply : Reply
{
    private AccessKeysReply()
    {
    }

    /// <summary>There is a key with this id.</summary>
    public sealed record Taken(string Id) : AccessKeysReply;

    /// <summary>There are as many live keys as there may be.</summary>
    public sealed record Full(int Limit) : AccessKeysReply;

    /// <summary>There is no such key.</summary>
    public sealed record Unknown(string Id) : AccessKeysReply;
}

/// <summary>State of the table of keys.</summary>
public sealed class AccessKeysState : GrainState
{
    /// <summary>Keys in the table, revoked and expired ones among them.</summary>
    public int Count { get; internal set; }
}

/// <summary>The table of API keys: a row a key. Only hashes of their texts are kept.</summary>
public sealed class AccessKeysGrain : IGrain
{
    /// <summary>The table's one address.</summary>
    public static readonly GrainKey Key = new(GrainKind.AccessKeys, "keys");

    /// <summary>Most keys; a revoked or expired one makes room for a new one.</summary>
    public const int MaxKeys = 1_000;

    private const byte Format = 1;

    /// <inheritdoc/>
    public GrainKind Kind => GrainKind.AccessKeys;

    /// <inheritdoc/>
    public GrainState Create(GrainKey key, TwinPlan plan) => new AccessKeysState();

    /// <inheritdoc/>
    public GrainState Decode(GrainKey key, ReadOnlySpan<byte> stored, PlanCatalog plans)
    {
        var reader = new BinaryFormReader(stored);
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException(
                $"Key table format {format} is not known; this build knows {Format}.");
        return new AccessKeysState
        {
            Version = (long)reader.Unsigned(),
            EffectSequence = (long)reader.Unsigned(),
            Count = reader.Count(MaxKeys),
        };
    }

    /// <inheritdoc/>
    public void Encode(GrainState state, IBufferWriter<byte> output)
    {
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Unsigned((ulong)state.Version);
        writer.Unsigned((ulong)state.EffectSequence);
        writer.Unsigned((ulong)((AccessKeysState)state).Count);
    }

    /// <inheritdoc/>
    public TurnResult Handle(GrainMessage message, Turn turn) => message switch
    {
        AccessKeysMessage.Issue issue => Issue(issue, (AccessKeysState)turn.State, turn),
        AccessKeysMessage.Revoke revoke => Revoke(revoke, turn),
        _ => Unchanged(Reply.Done.Instance),
    };

    private static TurnResult.Outcome Issue(AccessKeysMessage.Issue issue, AccessKeysState state, Turn turn)
    {
        var isKnown = turn.Rows.Find(issue.Key.Id) is not null;
        if (isKnown && !issue.Replace) return Unchanged(new AccessKeysReply.Taken(issue.Key.Id));
        var rows = new List<RowChange>(2);
        if (!isKnown && state.Count >= MaxKeys)
        {
            if (FindDead(turn) is not { } dead) return Unchanged(new AccessKeysReply.Full(MaxKeys));
            rows.Add(new RowChange(dead, null));
            state.Count--;
        }
        if (!isKnown) state.Count++;
        state.Version++;
        rows.Add(new RowChange(issue.Key.Id, issue.Key.ToBytes()));
        return new TurnResult.Outcome(Reply.Done.Instance) { Rows = rows };
    }

    private static TurnResult.Outcome Revoke(AccessKeysMessage.Revoke revoke, Turn turn)
    {
        if (turn.Rows.Find(revoke.Id) is not { } row)
        {
            return Unchanged(new AccessKeysReply.Unknown(revoke.Id));
        }
        var key = AccessKey.FromBytes(row);
        if (!key.Revoked.IsNever) return Unchanged(Reply.Done.Instance);
        turn.State.Version++;
        return new TurnResult.Outcome(Reply.Done.Instance)
        {
            Rows = [new RowChange(key.Id, (key with { Revoked = turn.Now }).ToBytes())],
        };
    }

    private static string? FindDead(Turn turn)
    {
        foreach (var row in turn.Rows.Range("", MaxKeys))
        {
            if (!AccessKey.FromBytes(row.Value).IsLive(turn.Now)) return row.Row;
        }
        return null;
    }

    private static TurnResult.Outcome Unchanged(Reply reply) => new(reply) { Changed = false };
}
