using DToC.Embedded.Sealing;
using DToC.Grains;

namespace DToC.Embedded.Storage;

/// <content>Reading many states.</content>
internal sealed partial class StoreReader
{
    /// <summary>
    /// States of a kind after an id (exclusive), in the order of their ids' UTF-8 bytes, and the last id looked at:
    /// null when there was none. A key that <paramref name="isClosed"/> names is passed over and not opened.
    /// </summary>
    /// <exception cref="StoreException">The file could not be read, a row is damaged, or its key was destroyed though
    /// nobody was erased.</exception>
    public (List<KeyedState> States, string? Last) States(
        GrainKind kind, string after, int limit, Predicate<GrainKey> isClosed)
    {
        var query = Prepared("""
            SELECT id, version, now, journal_head, state, crc, key FROM grain
            WHERE key>? AND key<? ORDER BY key LIMIT ?
            """);
        try
        {
            query.BindKey(1, new GrainKey(kind, after)).Bind(2, [(byte)(kind + 1)]).Bind(3, limit);
            List<KeyedState> states = new(limit);
            string? last = null;
            while (query.Step())
            {
                var key = query.Key(6);
                last = key.Id;
                if (FindUnlessClosed(query, key, isClosed) is { } found)
                    states.Add(new KeyedState(key, found.State));
            }
            return (states, last);
        }
        finally
        {
            query.Reset();
        }
    }

    private StoredGrain? FindUnlessClosed(Statement query, GrainKey key, Predicate<GrainKey> isClosed)
    {
        if (isClosed(key)) return null;
        try
        {
            return GrainOf(query, key);
        }
        catch (StoreException exception) when (exception.KeyIsGone && isClosed(key))
        {
            return null; // erased between the question and the opening
        }
    }

    /// <summary>The grain of a row of id, version, now, journal_head, state, crc, key.</summary>
    private StoredGrain GrainOf(Statement query, GrainKey key)
    {
        var (id, version, now, head) = (query.Int64(0), query.Int64(1), query.Int64(2), query.Int64(3));
        if (!query.IsNull(5)
            && query.Int64(5) != RowChecksum.OfGrain(id, version, now, head, query.Blob(4), query.Blob(6)))
            throw StoreException.InStoredRow($"Row {id} of grain");
        var state = _seals.Open(query.Blob(4), SealPlace.OfGrain(_place, key, version, now));
        return new StoredGrain(id, new StoredState(state, version), now, head, SealedForm.KeyOf(query.Blob(4)));
    }
}
