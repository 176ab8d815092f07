using DToC.Embedded.Sealing;
using DToC.Embedded.Storage;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Repair;

/// <summary>
/// Takes over every journal row that is what was written. Sequences stay; where a row is lost the chain closes over
/// the gap, and its key is named. Afterwards journals are read from the new file.
/// </summary>
internal sealed class JournalSalvage(Losses losses, Seals seals)
{
    private readonly Dictionary<ulong, long> _newest = [];
    private readonly HashSet<ulong> _broken = [];
    private readonly Dictionary<ulong, long> _sealKeys = [];
    private readonly byte[] _place = new byte[SealPlace.MostBytes];

    /// <summary>Rows taken over.</summary>
    public long Kept { get; private set; }

    /// <summary>Keys that have rows.</summary>
    public HashSet<GrainKey> Keys { get; } = [];

    public void Run(Database damaged, PartitionDraft draft)
    {
        using var scan = new RowScan(damaged, "journal", "seq",
            "prev, key, kind, payload IS NULL, occurred, recorded, keep_until, seed, plan, payload, crc");
        while (scan.Next())
        {
            var row = scan.Row;
            var isEmptied = row.Int64(4) != 0;
            var entry = StoredJournalRow.Entry(row, kind: 3, occurred: 5, payload: 10);
            var isWhole = !row.Blob(2).IsEmpty && (isEmptied || row.IsNull(11)
                || row.Int64(11) == RowChecksum.OfJournal(row.Int64(0), row.Int64(1), entry, row.Blob(2)));
            if (isWhole && !isEmptied) isWhole = Opens(row, entry);
            if (isWhole) Take(row, entry, isEmptied, draft);
            else losses.Add("journal rows that are not what was written", $"row {row.Int64(0)}");
        }
        losses.Add("journal", scan.Gaps);
    }

    /// <summary>The newest row of a key; 0 for none.</summary>
    public long NewestOf(GrainKey key) => _newest.GetValueOrDefault(StableHash.Of(key.ToBytes()));

    /// <summary>The key that the newest sealed row of a grain is sealed with; 0 for none.</summary>
    public long SealKeyOf(GrainKey key) => _sealKeys.GetValueOrDefault(StableHash.Of(key.ToBytes()));

    /// <summary>Whether rows of a key are known to be missing, behind those that are there too.</summary>
    /// <param name="key">The key.</param>
    /// <param name="head">The newest row that its state names; null when the state is lost.</param>
    public bool IsBroken(GrainKey key, long? head) =>
        _broken.Contains(StableHash.Of(key.ToBytes())) || head > NewestOf(key);

    private bool Opens(Statement row, JournalEntry entry) =>
        seals.Problem(row.Blob(10), SealPlace.OfJournal(_place, row.Key(2), entry)) is null;

    private void Take(Statement row, JournalEntry entry, bool isEmptied, PartitionDraft draft)
    {
        var (seq, key, hash) = (row.Int64(0), row.Key(2), StableHash.Of(row.Blob(2)));
        var before = _newest.GetValueOrDefault(hash);
        // The first row's predecessor may have gone with its retention.
        if (before != 0 && row.Int64(1) != before) _broken.Add(hash);
        draft.AddJournal(seq, before, key, entry, isEmptied);
        _newest[hash] = seq;
        if (SealedForm.KeyOf(row.Blob(10)) is > 0 and var sealKey) _sealKeys[hash] = sealKey;
        Keys.Add(key);
        Kept++;
    }
}
