using System.Buffers;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>What the table of connectors is told.</summary>
public abstract record ConnectorsMessage : GrainMessage
{
    private ConnectorsMessage()
    {
    }

    /// <summary>A connector, new or changed.</summary>
    /// <param name="Connector">It.</param>
    /// <param name="IsNew">Whether there must be none of its name; else there must be one.</param>
    public sealed record Put(Connector Connector, bool IsNew) : ConnectorsMessage;

    /// <summary>A connector stands still from now on.</summary>
    /// <param name="Role">Its role.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Reason">Why; shown to operators.</param>
    public sealed record Stop(ConnectorRole Role, string Name, string Reason) : ConnectorsMessage;

    /// <summary>A connector goes.</summary>
    public sealed record Remove(ConnectorRole Role, string Name) : ConnectorsMessage;
}

/// <summary>What the table of connectors answers, besides <see cref="Reply.Done"/>.</summary>
public abstract record ConnectorsReply : Reply
{
    private ConnectorsReply()
    {
    }

    /// <summary>There is one of this name.</summary>
    public sealed record Taken(string Name) : ConnectorsReply;

    /// <summary>There are as many as there may be.</summary>
    public sealed record Full(int Limit) : ConnectorsReply;

    /// <summary>There is none of this name.</summary>
    public sealed record Unknown(string Name) : ConnectorsReply;
}

/// <summary>State of the table of connectors.</summary>
public sealed class ConnectorsState : GrainState
{
    /// <summary>Connectors in the table.</summary>
    public int Count { get; internal set; }
}

/// <summary>The table of other systems: a row a connector.</summary>
public sealed class ConnectorsGrain : IGrain
{
    /// <summary>The table's one address.</summary>
    public static readonly GrainKey Key = new(GrainKind.Connectors, "all");

    /// <summary>Most connectors.</summary>
    public const int MaxConnectors = 128;

    private const byte Format = 1;

    /// <inheritdoc/>
    public GrainKind Kind => GrainKind.Connectors;

    /// <inheritdoc/>
    public GrainState Create(GrainKey key, TwinPlan plan) => new ConnectorsState();

    /// <inheritdoc/>
    public GrainState Decode(GrainKey key, ReadOnlySpan<byte> stored, PlanCatalog plans)
    {
        var reader = new BinaryFormReader(stored);
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException($"Connector table format {format} is not known; this build knows {Format}.");
        return new ConnectorsState
        {
            Version = (long)reader.Unsigned(),
            EffectSequence = (long)reader.Unsigned(),
            Count = reader.Count(MaxConnectors),
        };
    }

    /// <inheritdoc/>
    public void Encode(GrainState state, IBufferWriter<byte> output)
    {
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Unsigned((ulong)state.Version);
        writer.Unsigned((ulong)state.EffectSequence);
        writer.Unsigned((ulong)((ConnectorsState)state).Count);
    }

    /// <inheritdoc/>
    public void EncodeMessage(GrainMessage message, IBufferWriter<byte> output) =>
        throw new ArgumentException(
            $"{message.GetType().Name} does not travel as an effect.", nameof(message));

    /// <inheritdoc/>
    public GrainMessage DecodeMessage(ReadOnlySpan<byte> stored) =>
        throw new InvalidDataException("No message to the table of connectors travels as an effect.");

    /// <inheritdoc/>
    public TurnResult Handle(GrainMessage message, Turn turn) => message switch
    {
        ConnectorsMessage.Put put => Put(put, (ConnectorsState)turn.State, turn),
        ConnectorsMessage.Stop stop => Stop(stop, turn),
        ConnectorsMessage.Remove remove => Remove(remove, (ConnectorsState)turn.State, turn),
        _ => Unchanged(Reply.Done.Instance),
    };

    private static TurnResult.Outcome Put(ConnectorsMessage.Put put, ConnectorsState state, Turn turn)
    {
        var (row, name) = (put.Connector.Row, put.Connector.Name);
        var isThere = turn.Rows.Find(row) is not null;
        if (isThere && put.IsNew) return Unchanged(new ConnectorsReply.Taken(name));
        if (!isThere && !put.IsNew) return Unchanged(new ConnectorsReply.Unknown(name));
        if (put.IsNew && state.Count >= MaxConnectors) return Unchanged(new ConnectorsReply.Full(MaxConnectors));
        if (put.IsNew) state.Count++;
        state.Version++;
        return new TurnResult.Outcome(Reply.Done.Instance)
        {
            Rows = [new RowChange(row, put.Connector.ToBytes())],
        };
    }

    private static TurnResult.Outcome Stop(ConnectorsMessage.Stop stop, Turn turn)
    {
        var row = Connector.RowOf(stop.Role, stop.Name);
        if (turn.Rows.Find(row) is not { } found) return Unchanged(new ConnectorsReply.Unknown(stop.Name));
        turn.State.Version++;
        return new TurnResult.Outcome(Reply.Done.Instance)
        {
            Rows = [new RowChange(row, (Connector.FromBytes(found) with { Stopped = stop.Reason }).ToBytes())],
        };
    }

    private static TurnResult.Outcome Remove(ConnectorsMessage.Remove remove, ConnectorsState state, Turn turn)
    {
        var row = Connector.RowOf(remove.Role, remove.Name);
        if (turn.Rows.Find(row) is null) return Unchanged(new ConnectorsReply.Unknown(remove.Name));
        state.Count--;
        state.Version++;
        return new TurnResult.Outcome(Reply.Done.Instance) { Rows = [new RowChange(row, null)] };
    }

    private static TurnResult.Outcome Unchanged(Reply reply) => new(reply) { Changed = false };
}
