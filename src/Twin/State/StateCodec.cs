using System.Buffers;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Twin.State;

/// <summary>
/// The stored form of a customer's state, format 3. Dense arrays are written in slot order under the plan's hash;
/// what is said of names (attributes, consents, counters) is written with them only when the plan is another.
/// </summary>
public static class StateCodec
{
    private const byte Format = 3;

    // Without the categories kept: something of any may be.
    private const byte FormatWithoutKept = 1;

    // Without the names of what is linked.
    private const byte FormatWithoutNames = 2;

    /// <summary>Writes a state, without envelope.</summary>
    public static void Write(CustomerState state, IBufferWriter<byte> output)
    {
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Fixed(state.Plan.Hash);
        writer.Byte(state.IsStale ? (byte)1 : (byte)0);
        WriteSlots(writer, state);
        state.Recent.Write(writer);
        WriteKey(writer, state.Newest);
        WriteKey(writer, state.Checkpoint);
        WriteAttributes(writer, state);
        WriteTurnFacts(writer, state);
        writer.Unsigned(state.Kept);
        writer.Unsigned((ulong)state.ForgottenOf.Count);
        foreach (var (customer, categories) in state.ForgottenOf)
        {
            writer.Text(customer);
            writer.Unsigned(categories);
        }
        foreach (var link in state.Links) writer.Unsigned((ulong)(link.Slot + 1));
        writer.Unsigned((ulong)state.NotLinked);
        WriteMoves(writer, state);
        WriteFacets(writer, state);
    }

    /// <summary>
    /// Reads a state under the plan it was written with; see <see cref="StateMigration"/> for another.
    /// </summary>
    /// <param name="stored">The bytes, without envelope.</param>
    /// <param name="plans">The definitions known.</param>
    /// <param name="rest">A state that nobody uses any more and whose memory may be taken, or null.</param>
    /// <exception cref="InvalidDataException">Not a state, or of a format or plan that is not known. What
    /// <paramref name="rest"/> holds is then undefined.</exception>
    public static CustomerState Read(ReadOnlySpan<byte> stored, PlanCatalog plans, CustomerState? rest = null)
    {
        var reader = new BinaryFormReader(stored);
        var format = reader.Byte();
        if (format is < FormatWithoutKept or > Format)
            throw new InvalidDataException(
                $"State format {format} is not known; this build knows {FormatWithoutKept} to {Format}.");
        var hash = reader.Fixed();
        var plan = plans.Find(hash)
            ?? throw new InvalidDataException(
                $"The state was written under definition {hash:x16}, which is not kept here.");
        var state = rest?.Plan == plan ? rest : new CustomerState(plan);
        if (state == rest) state.ForgetFacts();
        state.IsStale = reader.Byte() == 1;
        ReadSlots(ref reader, state);
        state.Recent.Read(ref reader);
        state.Newest = ReadKey(ref reader);
        state.Checkpoint = ReadKey(ref reader);
        ReadAttributes(ref reader, state);
        ReadTurnFacts(ref reader, state);
        state.Kept = format == FormatWithoutKept ? MayBeKept(state) : reader.Unsigned();
        for (var left = format == FormatWithoutKept ? 0 : reader.Count(CustomerState.MaxMerged); left > 0; left--)
            state.ForgottenOf[reader.Text()] = reader.Unsigned();
        state.MoveNumber = 0;
        if (format > FormatWithoutNames)
        {
            ReadLinkNames(ref reader, state);
            ReadMoves(ref reader, state);
        }
        ReadFacets(ref reader, state);
        reader.End();
        Check(state);
        return state;
    }

    /// <summary>Hash of the plan that a stored state was written under.</summary>
    /// <param name="stored">The bytes, without envelope.</param>
    /// <exception cref="InvalidDataException">The bytes end too early.</exception>
    public static ulong PlanHashOf(ReadOnlySpan<byte> stored)
    {
        var reader = new BinaryFormReader(stored);
        _ = reader.Byte();
        return reader.Fixed();
    }

    private static void WriteSlots(BinaryFormWriter writer, CustomerState state)
    {
        writer.SignedAll(state.Longs);
        writer.RealAll(state.Reals);
        writer.Sparse(state.Bytes);
    }

    private static void ReadSlots(ref BinaryFormReader reader, CustomerState state)
    {
        for (var i = 0; i < state.Longs.Length; i++) state.Longs[i] = reader.Signed();
        for (var i = 0; i < state.Reals.Length; i++) state.Reals[i] = reader.Real();
        reader.Sparse(state.Bytes);
    }

    /// <summary>Nothing under a definition without personas: those of the first builds had none.</summary>
    private static void WriteFacets(BinaryFormWriter writer, CustomerState state)
    {
        if (state.Facets.Length == 0) return;
        writer.Unsigned((ulong)state.Facets.Count(static facet => facet is { IsEmpty: false }));
        foreach (var facet in state.Facets)
        {
            if (facet is null or { IsEmpty: true }) continue;
            writer.Unsigned((ulong)facet.Persona);
            WriteSlots(writer, facet);
            WriteAttributes(writer, facet);
            WriteHeld(writer, facet);
            facet.WakeUps.Write(writer);
        }
    }

    private static void ReadFacets(ref BinaryFormReader reader, CustomerState state)
    {
        if (state.Facets.Length == 0) return;
        for (var left = reader.Count(state.Facets.Length); left > 0; left--)
        {
            var facet = state.FacetOf(reader.Count(state.Facets.Length - 1));
            ReadSlots(ref reader, facet);
            ReadAttributes(ref reader, facet);
            ReadHeld(ref reader, facet);
            facet.WakeUps.Read(ref reader);
            Check(facet);
        }
    }

    private static void WriteHeld(BinaryFormWriter writer, CustomerState state)
    {
        writer.Unsigned((ulong)state.Held.Count);
        foreach (var held in state.Held) writer.Fixed(held);
    }

    private static void ReadHeld(ref BinaryFormReader reader, CustomerState state)
    {
        for (var left = reader.Count(64); left > 0; left--) state.Held.Add(reader.Fixed());
    }

    private static void ReadLinkNames(ref BinaryFormReader reader, CustomerState state)
    {
        var names = state.Plan.Events.Identifiers.Count;
        for (var i = 0; i < state.Links.Count; i++)
            state.Links[i] = state.Links[i] with { Slot = reader.Count(names) - 1 };
        state.NotLinked = (long)reader.Unsigned();
    }

    private static void WriteMoves(BinaryFormWriter writer, CustomerState state)
    {
        writer.Unsigned((ulong)state.MoveNumber);
        writer.Unsigned((ulong)state.Moves.Count);
        foreach (var (customer, move) in state.Moves)
        {
            writer.Text(customer);
            writer.Unsigned((ulong)move);
        }
        writer.Unsigned((ulong)state.Parted.Count);
        foreach (var (mark, move) in state.Parted)
        {
            writer.Text(mark);
            writer.Unsigned((ulong)move);
        }
    }

    private static void ReadMoves(ref BinaryFormReader reader, CustomerState state)
    {
        state.MoveNumber = (long)reader.Unsigned();
        for (var left = reader.Count(CustomerState.MaxMerged); left > 0; left--)
            state.Moves[reader.Text()] = (long)reader.Unsigned();
        for (var left = reader.Count(CustomerState.MaxMerged); left > 0; left--)
            state.Parted.Add((reader.Text(), (long)reader.Unsigned()));
    }

    private static ulong MayBeKept(CustomerState state)
    {
        var kept = state.EventCount > 0 ? state.Plan.Vector.EventCategories : 0;
        for (var i = 0; i < state.Attributes.Length; i++)
        {
            if (state.Attributes[i] is not null) kept |= state.Plan.Vector.AttributeCategories[i];
        }
        return kept;
    }

    /// <summary>What is used as a place in a list must have its place; the rest may be any value.</summary>
    private static void Check(CustomerState state)
    {
        var fold = state.Plan.Fold;
        var stage = state.Longs[fold.Journey.At];
        if (stage < 0 || stage >= fold.Journey.Stages.Count)
            throw new InvalidDataException($"Stage {stage} is not in the journey.");
        for (var key = 0; key < ContextKeys.Count; key++)
        {
            var length = state.Bytes[fold.ContextAt + key * FoldPlan.ContextStride];
            if (length > ContextKeys.MaxBytes)
                throw new InvalidDataException($"A context value of {length} bytes is over its limit.");
        }
    }

    internal static void WriteContact(BinaryFormWriter writer, Contact contact)
    {
        writer.Signed(contact.At.UnixMs);
        writer.Fixed(contact.Offer);
        writer.Fixed(contact.Channel);
        writer.Byte(contact.Outbound ? (byte)1 : (byte)0);
    }

    internal static Contact ReadContact(ref BinaryFormReader reader) =>
        new(new Instant(reader.Signed()), reader.Fixed(), reader.Fixed(), reader.Byte() == 1);

    private static void WriteKey(BinaryFormWriter writer, OrderKey key)
    {
        writer.Signed(key.OccurredAt.UnixMs);
        if (!key.OccurredAt.IsNever) writer.Bytes(key.SourceAndId.Span);
    }

    private static OrderKey ReadKey(ref BinaryFormReader reader)
    {
        var at = new Instant(reader.Signed());
        return at.IsNever ? OrderKey.None : new OrderKey(at, reader.Bytes().ToArray());
    }

    private static void WriteAttributes(BinaryFormWriter writer, CustomerState state)
    {
        var count = 0;
        foreach (var attribute in state.Attributes) count += attribute is null ? 0 : 1;
        writer.Unsigned((ulong)count);
        for (var slot = 0; slot < state.Attributes.Length; slot++)
        {
            if (state.Attributes[slot] is not { } attribute) continue;
            writer.Unsigned((ulong)slot);
            writer.Byte((byte)attribute.Origin);
            writer.Signed(attribute.At.UnixMs);
            writer.Text(attribute.Source);
            writer.Byte(attribute.Text is null ? (byte)0 : (byte)1);
            if (attribute.Text is { } text) writer.Text(text);
            else writer.Real(attribute.Number);
        }
    }

    private static void ReadAttributes(ref BinaryFormReader reader, CustomerState state)
    {
        for (var left = reader.Count(state.Attributes.Length); left > 0; left--)
        {
            var slot = reader.Count(state.Attributes.Length - 1);
            var origin = (AttributeOrigin)reader.Choice((int)AttributeOrigin.Declared);
            var at = new Instant(reader.Signed());
            var source = reader.Text(state.Plan.Events.SourceNames);
            var isText = reader.Byte() == 1;
            state.Attributes[slot] = new AttributeRecord
            {
                Origin = origin,
                At = at,
                Source = source,
                Text = isText ? reader.Text() : null,
                Number = isText ? 0 : reader.Real(),
            };
        }
    }

    private static void WriteTurnFacts(BinaryFormWriter writer, CustomerState state)
    {
        foreach (var consent in state.Consents) ConsentForm.Write(writer, consent);
        writer.Unsigned((ulong)state.Contacts.Count);
        foreach (var contact in state.Contacts) WriteContact(writer, contact);
        WriteHeld(writer, state);
        foreach (var count in state.Refused) writer.Unsigned((ulong)count);
        foreach (var count in state.WithoutWinner) writer.Unsigned((ulong)count);
        writer.Unsigned((ulong)state.DecisionCount);
        writer.Unsigned((ulong)state.Kind);
        writer.Text(state.MovedTo ?? "");
        writer.Unsigned((ulong)state.Merged.Count);
        foreach (var merged in state.Merged) writer.Text(merged);
        writer.Unsigned((ulong)state.Links.Count);
        foreach (var link in state.Links) writer.Fixed(link.Hash);
        state.WakeUps.Write(writer);
    }

    private static void ReadTurnFacts(ref BinaryFormReader reader, CustomerState state)
    {
        for (var purpose = 0; purpose < state.Consents.Length; purpose++)
            state.Consents[purpose] = ConsentForm.Read(ref reader, state.Plan.Events.SourceNames);
        var contacts = reader.Count(CustomerState.MaxContacts);
        state.Contacts.EnsureCapacity(contacts);
        for (; contacts > 0; contacts--) state.Contacts.Add(ReadContact(ref reader));
        ReadHeld(ref reader, state);
        for (var i = 0; i < state.Refused.Length; i++) state.Refused[i] = (long)reader.Unsigned();
        for (var i = 0; i < state.WithoutWinner.Length; i++) state.WithoutWinner[i] = (long)reader.Unsigned();
        state.DecisionCount = (long)reader.Unsigned();
        state.Kind = reader.Count(state.Plan.Definition.CustomerKinds.Count - 1);
        var movedTo = reader.Text();
        state.MovedTo = movedTo.Length == 0 ? null : movedTo;
        for (var left = reader.Count(CustomerState.MaxMerged); left > 0; left--) state.Merged.Add(reader.Text());
        for (var left = reader.Count(CustomerState.MaxLinks); left > 0; left--) 
            state.Links.Add(new LinkedIdentifier(reader.Fixed(), Slot: -1));
        state.WakeUps.Read(ref reader);
    }
}
