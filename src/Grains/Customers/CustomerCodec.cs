using System.Buffers;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.Segments;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>The stored form of a customer grain: envelope, versions, the twin's state.</summary>
public static class CustomerCodec
{
    // No state format will have this number.
    private const byte WithSegments = 200;

    private const byte AbsorbMessage = 1;
    private const byte ForgetMessage = 2;
    private const byte LeadMessage = 3;
    private const byte ReturnMessage = 4;
    private const byte BecomeKnownMessage = 10;

    /// <summary>Writes it.</summary>
    public static void Write(CustomerActivation activation, IBufferWriter<byte> output)
    {
        Envelope.BeginPlain(output);
        var writer = new BinaryFormWriter(output);
        writer.Unsigned((ulong)activation.Version);
        writer.Unsigned((ulong)activation.EffectSequence);
        if (activation.Segments.IsEvaluated)
        {
            writer.Byte(WithSegments);
            SegmentForm.Write(activation.Segments, output);
        }
        StateCodec.Write(activation.Twin, output);
    }

    /// <summary>Reads it, carried over to the current plan.</summary>
    /// <param name="stored">The bytes as <see cref="Write"/> gave them.</param>
    /// <param name="plans">The definitions known.</param>
    /// <param name="rest">A state that nobody uses any more and whose memory may be taken, or null.</param>
    /// <exception cref="InvalidDataException">The bytes are not a customer's state this build can read.</exception>
    public static CustomerActivation Read(ReadOnlySpan<byte> stored, PlanCatalog plans, CustomerActivation? rest = null)
    {
        var reader = new BinaryFormReader(Envelope.Open(stored));
        var version = (long)reader.Unsigned();
        var effects = (long)reader.Unsigned();
        var share = ReadShare(ref reader);
        var state = StateMigration.To(plans.Current, StateCodec.Read(reader.Rest, plans, rest?.Twin));
        return new CustomerActivation(state, SegmentsOf(share, state.Plan, plans, rest?.Segments))
        {
            Version = version,
            EffectSequence = effects,
        };
    }

    /// <summary>A customer's share in the tallies of segments, as it lies in its stored state.</summary>
    /// <param name="stored">The bytes as <see cref="Write"/> gave them; empty for none.</param>
    /// <exception cref="InvalidDataException">The bytes end too early.</exception>
    public static SegmentShare ShareOf(ReadOnlySpan<byte> stored)
    {
        if (stored.IsEmpty) return default;
        var reader = new BinaryFormReader(Envelope.Open(stored));
        _ = (reader.Unsigned(), reader.Unsigned());
        return ReadShare(ref reader);
    }

    private static SegmentShare ReadShare(scoped ref BinaryFormReader reader)
    {
        if (reader.AtEnd || reader.Rest[0] != WithSegments) return default;
        _ = reader.Byte();
        return SegmentShare.Read(ref reader);
    }

    /// <summary>What a customer remembers of segments, carried over by their names to the plan in force.</summary>
    private static SegmentStanding SegmentsOf(
        SegmentShare share, TwinPlan plan, PlanCatalog plans, SegmentStanding? rest)
    {
        var standing = rest?.Plan == plan.Segmentation ? rest : new SegmentStanding(plan.Segmentation);
        if (share.PlanHash == plan.Hash)
        {
            SegmentForm.Read(share, standing);
            return standing;
        }
        if (standing == rest) standing.Clear();
        if (share.PlanHash == 0 || plans.Find(share.PlanHash) is not { } written) return standing;
        var old = new SegmentStanding(written.Segmentation);
        SegmentForm.Read(share, old);
        standing.MigrateFrom(old, written.Fold.Journey.Stages, plan.Fold.Journey.Stages);
        return standing;
    }

    internal static void WriteMessage(GrainMessage message, IBufferWriter<byte> output)
    {
        Envelope.BeginPlain(output);
        var writer = new BinaryFormWriter(output);
        switch (message)
        {
            case CustomerMessage.Absorb absorb:
                writer.Byte(AbsorbMessage);
                writer.Text(absorb.Customer);
                writer.Bytes(absorb.State.Span);
                WriteNames(writer, absorb.Path);
                WriteNames(writer, absorb.Taken);
                writer.Signed(absorb.Move);
                break;
            case CustomerMessage.Forget forget:
                writer.Byte(ForgetMessage);
                WriteNames(writer, forget.Categories);
                break;
            case CustomerMessage.BecomeKnown known:
                writer.Byte(BecomeKnownMessage);
                writer.Text(known.Customer);
                writer.Text(known.Identifier.Name);
                writer.Text(known.Identifier.Value);
                break;
            case CustomerMessage.Lead lead:
                writer.Byte(LeadMessage);
                writer.Text(lead.Customer);
                writer.Signed(lead.Move);
                break;
            case CustomerMessage.Return back:
                writer.Byte(ReturnMessage);
                writer.Signed(back.Move);
                writer.Bytes(back.Facts.Span);
                writer.Bytes(back.Checkpoint.Span);
                writer.Unsigned((ulong)back.Behind);
                writer.Unsigned((ulong)back.Entries.Count);
                foreach (var entry in back.Entries) WriteEntry(writer, entry);
                break;
            default:
                throw new ArgumentException(
                    $"{message.GetType().Name} does not travel as an effect.", nameof(message));
        }
    }

    internal static GrainMessage ReadMessage(ReadOnlySpan<byte> stored)
    {
        var reader = new BinaryFormReader(Envelope.Open(stored));
        var kind = reader.Byte();
        return kind switch
        {
            AbsorbMessage => new CustomerMessage.Absorb(reader.Text(), reader.Bytes().ToArray())
            {
                Path = ReadNames(ref reader),
                Taken = ReadNames(ref reader),
                Move = reader.AtEnd ? 0 : reader.Signed(), // written before moves were numbered
            },
            ForgetMessage => new CustomerMessage.Forget(ReadNames(ref reader)),
            BecomeKnownMessage => new CustomerMessage.BecomeKnown(
                reader.Text(), new Identifier(reader.Text(), reader.Text())),
            LeadMessage => new CustomerMessage.Lead(reader.Text(), reader.Signed()),
            ReturnMessage => ReadReturn(ref reader),
            _ => throw new InvalidDataException($"Customer message {kind} is not known to this build."),
        };
    }

    private static CustomerMessage.Return ReadReturn(ref BinaryFormReader reader)
    {
        var move = reader.Signed();
        var (facts, checkpoint) = (reader.Bytes().ToArray(), reader.Bytes().ToArray());
        var behind = reader.Count(int.MaxValue);
        var entries = new JournalEntry[reader.Count(CustomerMessage.Return.MaxEntries)];
        for (var i = 0; i < entries.Length; i++) entries[i] = ReadEntry(ref reader);
        return new CustomerMessage.Return(move, entries) 
        {
            Facts = facts,
            Checkpoint = checkpoint,
            Behind = behind,
        };
    }

    private static void WriteEntry(BinaryFormWriter writer, JournalEntry entry)
    {
        writer.Byte((byte)entry.Kind);
        writer.Signed(entry.OccurredAt.UnixMs);
        writer.Signed(entry.RecordedAt.UnixMs);
        writer.Signed(entry.KeepUntil.UnixMs);
        writer.Fixed(entry.Seed);
        writer.Fixed(entry.PlanHash);
        writer.Bytes(entry.Payload.Span);
    }

    private static JournalEntry ReadEntry(ref BinaryFormReader reader) => new(
        (JournalKind)reader.Byte(), new Instant(reader.Signed()), new Instant(reader.Signed()),
        new Instant(reader.Signed()), reader.Fixed(), reader.Fixed(), reader.Bytes().ToArray());

    private static void WriteNames(BinaryFormWriter writer, IReadOnlyList<string> names)
    {
        writer.Unsigned((ulong)names.Count);
        foreach (var name in names) writer.Text(name);
    }

    private static string[] ReadNames(ref BinaryFormReader reader)
    {
        var names = new string[reader.Count(CustomerMessage.Absorb.MaxNamed)];
        for (var i = 0; i < names.Length; i++) names[i] = reader.Text();
        return names;
    }
}
