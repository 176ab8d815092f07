using System.Buffers;
using System.Globalization;
using System.Text;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>What an identity bucket is told.</summary>
public abstract record IdentityMessage : GrainMessage
{
    private IdentityMessage()
    {
    }

    /// <summary>
    /// This identifier leads to this customer. An identifier keeps the customer it was linked to first.
    /// </summary>
    public sealed record Link(Identifier Identifier, string Customer) : IdentityMessage;
}

/// <summary>State of a table grain that has nothing but rows.</summary>
public sealed class TableState : GrainState;

/// <summary>
/// One bucket of the table from identifier to customer: a row an identifier. Looked up before a turn, written only by
/// effects of turns.
/// </summary>
public sealed class IdentityGrain : IGrain
{
    /// <summary>Buckets the identifiers are spread over.</summary>
    public const int Buckets = 256;

    private const byte Format = 1;
    private const byte LinkMessage = 1;

    /// <inheritdoc/>
    public GrainKind Kind => GrainKind.Identity;

    /// <summary>The bucket of an identifier.</summary>
    public static GrainKey KeyOf(Identifier identifier) => new(
        GrainKind.Identity,
        (StableHash.Of(RowOf(identifier)) % Buckets).ToString("d3", CultureInfo.InvariantCulture));

    /// <summary>The row of an identifier: name, a line feed, value.</summary>
    public static string RowOf(Identifier identifier) => $"{identifier.Name}\n{identifier.Value}";

    /// <summary>The customer a row's value names.</summary>
    public static string CustomerOf(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(Envelope.Open(value.Span));

    /// <summary>
    /// The id of a customer first met by this identifier: the same however often and wherever it is minted, so that
    /// two first events at once meet in one twin.
    /// </summary>
    public static string MintId(Identifier identifier)
    {
        var row = RowOf(identifier);
        return string.Create(CultureInfo.InvariantCulture, $"i-{StableHash.Of(row):x16}{StableHash.Of(row, 1):x16}");
    }

    /// <inheritdoc/>
    public GrainState Create(GrainKey key, TwinPlan plan) => new TableState();

    /// <inheritdoc/>
    public GrainState Decode(GrainKey key, ReadOnlySpan<byte> stored, PlanCatalog plans) => TableForm.Read(stored);

    /// <inheritdoc/>
    public void Encode(GrainState state, IBufferWriter<byte> output) => TableForm.Write(state, output);

    /// <inheritdoc/>
    public void EncodeMessage(GrainMessage message, IBufferWriter<byte> output)
    {
        if (message is not IdentityMessage.Link link)
            throw new ArgumentException($"{message.GetType().Name} does not travel as an effect.", nameof(message));
        Envelope.BeginPlain(output);
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Byte(LinkMessage);
        writer.Text(link.Identifier.Name);
        writer.Text(link.Identifier.Value);
        writer.Text(link.Customer);
    }

    /// <inheritdoc/>
    public GrainMessage DecodeMessage(ReadOnlySpan<byte> stored)
    {
        var reader = new BinaryFormReader(Envelope.Open(stored));
        if (reader.Byte() != Format || reader.Byte() != LinkMessage)
            throw new InvalidDataException("Not an identity message of a format this build knows.");
        return new IdentityMessage.Link(new Identifier(reader.Text(), reader.Text()), reader.Text());
    }

    /// <inheritdoc/>
    public bool Concerns(GrainRow row, DataSubject subject) => subject.Is(CustomerOf(row.Value));

    /// <inheritdoc/>
    public TurnResult Handle(GrainMessage message, Turn turn)
    {
        if (message is GrainMessage.RemoveRows removal) return TableForm.Remove(removal, turn);
        if (message is not IdentityMessage.Link link)
            return new TurnResult.Outcome(Reply.Done.Instance) { Changed = false };
        var row = RowOf(link.Identifier);
        if (turn.Rows.Find(row) is not null) return new TurnResult.Outcome(Reply.Done.Instance) { Changed = false };
        turn.State.Version++;
        return new TurnResult.Outcome(Reply.Done.Instance)
        {
            Rows = [new RowChange(row, Envelope.Seal(Encoding.UTF8.GetBytes(link.Customer)))],
        };
    }
}

/// <summary>The stored form of a table grain's root: format, version, effect sequence.</summary>
internal static class TableForm
{
    private const byte Format = 1;

    public static void Write(GrainState state, IBufferWriter<byte> output)
    {
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Unsigned((ulong)state.Version);
        writer.Unsigned((ulong)state.EffectSequence);
    }

    /// <summary>Removes rows of a table that counts none of them.</summary>
    public static TurnResult.Outcome Remove(GrainMessage.RemoveRows message, Turn turn)
    {
        var rows = message.Rows.Where(row => turn.Rows.Find(row) is not null).ToList();
        if (rows.Count == 0) return new TurnResult.Outcome(Reply.Done.Instance) { Changed = false };
        turn.State.Version++;
        return new TurnResult.Outcome(Reply.Done.Instance)
        {
            Rows = rows.ConvertAll(static row => new RowChange(row, null)),
        };
    }

    public static TableState Read(ReadOnlySpan<byte> stored)
    {
        var reader = new BinaryFormReader(stored);
        var format = reader.Byte();
        return format == Format
            ? new TableState { Version = (long)reader.Unsigned(), EffectSequence = (long)reader.Unsigned() }
            : throw new InvalidDataException($"Table format {format} is not known; this build knows {Format}.");
    }
}
