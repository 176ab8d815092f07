using DToC.Embedded.Sealing;
using DToC.Twin;

namespace DToC.Embedded.Storage;

/// <summary>Reads the content of effects. One that cannot be read says why: those behind it go on.</summary>
internal static class StoredEffect
{
    /// <param name="row">The effect without its payload.</param>
    /// <param name="recorded">When it was published.</param>
    /// <param name="query">Has the payload in column 3 and its checksum in column 5.</param>
    /// <param name="seals">What opens it.</param>
    /// <param name="place">Memory for its place.</param>
    public static OutboxRow Open(OutboxRow row, Instant recorded, Statement query, Seals seals, Span<byte> place)
    {
        var stored = query.Blob(3);
        if (!query.IsNull(5) && query.Int64(5) != RowChecksum.OfOutbox(row, recorded, stored))
            return row with { Problem = StoreException.InStoredRow($"Row {row.Seq} of outbox") };
        try
        {
            var bound = SealPlace.OfOutbox(place, row.Sender, row.Sequence, row.Topic, recorded);
            return row with { Payload = seals.Open(stored, bound) };
        }
        catch (StoreException exception) when (exception.Damaged || exception.KeyIsGone)
        {
            return row with { Problem = exception };
        }
    }

    /// <param name="row">The effect without its message.</param>
    /// <param name="query">Has the message in column 4 and its checksum in column 5.</param>
    /// <param name="seals">What opens it.</param>
    /// <param name="place">Memory for its place.</param>
    public static SendRow Open(SendRow row, Statement query, Seals seals, Span<byte> place)
    {
        var stored = query.Blob(4);
        if (!query.IsNull(5) && query.Int64(5) != RowChecksum.OfSend(row, stored))
            return row with { Problem = StoreException.InStoredRow($"Row {row.Seq} of pending_send") };
        try
        {
            var bound = SealPlace.OfSend(place, row.Sender, row.Sequence, row.Target);
            return row with { Message = seals.Open(stored, bound) };
        }
        catch (StoreException exception) when (exception.Damaged || exception.KeyIsGone)
        {
            return row with { Problem = exception };
        }
    }
}
