using System.Buffers;
using System.Text;
using DToC.Conformance;
using DToC.Embedded.Effects;
using DToC.Embedded.Storage;
using DToC.Fuzz.Mutation;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Fuzz.Targets;

/// <summary>
/// What is stored, changed: states, journal payloads, quarantined events, keys, envelopes, cursors. Each is read, or
/// refused with <see cref="InvalidDataException"/> (a cursor: <see cref="FormatException"/>). The first byte of an
/// input says which form it is.
/// </summary>
internal sealed class StoredTarget() : FuzzTarget("stored")
{
    private const string FolderId = "0011223344556677";
    private static readonly Vocabulary Retail = new("retail");
    private static readonly PlanCatalog Plans = new(Retail.Plan, []);
    private static readonly FolderRecord Folder = new(1, FolderId, 2, true);
    private static readonly byte[][] Right = NewForms();

    public override byte[] Draw(SeededDraws draws)
    {
        var form = draws.Below(Right.Length);
        var bytes = Right[form].ToArray();
        if (draws.Percent(50)) bytes = Mutations.Garble(bytes, draws);
        for (var left = draws.Below(4); left > 0 && bytes.Length > 0; left--)
        {
            bytes[draws.Below(bytes.Length)] = draws.Below(4) switch
            {
                0 => 0xFF,
                1 => 0,
                2 => 0x80,
                _ => (byte)draws.Below(256),
            };
        }
        return [(byte)form, .. bytes];
    }

    public override string Try(byte[] input, ulong seed)
    {
        if (input.Length == 0) return "empty";
        var bytes = input.AsMemory(1);
        try
        {
            return Read(input[0], bytes) ? "read" : "refused";
        }
        catch (InvalidDataException exception)
        {
            Hold(exception.Message.Length > 0, "A refusal without a message.");
            return "refused";
        }
        catch (FormatException) when (input[0] == 7)
        {
            return "refused cursor";
        }
    }

    private static bool Read(byte form, ReadOnlyMemory<byte> bytes)
    {
        switch (form)
        {
            case 0:
                Show(CustomerCodec.Read(bytes.Span, Plans));
                return true;
            case 1:
                return JournalPayload.ReadConsents(bytes).Source.Length >= 0;
            case 2:
                var entry = new JournalEntry(
                    JournalKind.Attributes, default, default, default, 0, Retail.Plan.Hash, bytes);
                return JournalPayload.ReadAttributes(entry).Changes.Count >= 0;
            case 3:
                return JournalPayload.ReadMerge(bytes).Read(Plans).EventCount >= 0;
            case 4:
                return QuarantinedEvent.FromBytes(bytes).Json.Length >= 0;
            case 5:
                return AccessKey.FromBytes(bytes).Id.Length >= 0;
            case 6:
                return Envelope.Open(bytes.Span).Length >= 0;
            case 7:
                return Cursor.Read(Encoding.UTF8.GetString(bytes.Span), Folder).Length == 2;
            default:
                return QuarantinedEvent.TryParseId(Encoding.UTF8.GetString(bytes.Span), out _, out _);
        }
    }

    /// <summary>A state that was read can be shown and written.</summary>
    private static void Show(CustomerActivation read)
    {
        var buffer = new ArrayBufferWriter<byte>();
        CustomerCodec.Write(read, buffer);
        _ = CustomerCodec.Read(buffer.WrittenSpan, Plans);
    }

    private static byte[][] NewForms()
    {
        var now = Instant.From(DateTimeOffset.UtcNow);
        var draws = new SeededDraws(5);
        var state = new CustomerState(Retail.Plan);
        var reader = new EventReader(Retail.Plan.Events, EventLimits.Default);
        for (var i = 0; i < 40; i++)
        {
            var json = Encoding.UTF8.GetBytes(Retail.Event(draws, $"e{i}", "c1"));
            if (reader.Read(json, now) is not EventReading.Read { Event: var e }) continue;
            CommutativeFold.Apply(state, e);
            OrderedFold.Apply(state, e);
        }
        var buffer = new ArrayBufferWriter<byte>();
        CustomerCodec.Write(new CustomerActivation(state) { Version = 40, EffectSequence = 3 }, buffer);
        var inner = new ArrayBufferWriter<byte>();
        StateCodec.Write(state, inner);
        var quarantined = new QuarantinedEvent(
            Encoding.UTF8.GetBytes("{\"id\":\"1\"}"), EventProblem.MissingField, "type", "type is missing", "web", "1",
            now);
        var key = new AccessKey("k1", new byte[32], "shop", KeyScopes.Ingest, now, Instant.Never, Instant.Never);
        return
        [
            buffer.WrittenSpan.ToArray(),
            JournalPayload.OfConsents("crm", [new ConsentChange("marketing", ConsentStatus.Granted)]),
            JournalPayload.OfAttributes(new CustomerMessage.SetAttributes(
                AttributeOrigin.Declared, "crm", now,
                [new AttributeChange("country", "AT", null), new AttributeChange("householdSize", null, 3)])),
            JournalPayload.OfMerge(new MergeRecord("c2", inner.WrittenSpan.ToArray())),
            quarantined.ToBytes(),
            key.ToBytes(),
            Envelope.Seal(new byte[8]),
            Encoding.UTF8.GetBytes(Cursor.Write(FolderId, [3, 4])),
            Encoding.UTF8.GetBytes(QuarantinedEvent.IdOf(now, 77)),
        ];
    }
}
