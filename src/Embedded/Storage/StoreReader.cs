using DToC.Embedded.Sealing;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Storage;

/// <summary>Reads the committed content of one partition's file. One thread at a time.</summary>
internal sealed partial class StoreReader : IDisposable
{
    private readonly Database _database;
    private readonly Seals _seals;
    private readonly Dictionary<string, Statement> _prepared = new(StringComparer.Ordinal);
    private readonly TableRows _rows;
    private readonly byte[] _place = new byte[SealPlace.MostBytes];

    public StoreReader(string path, EmbeddedOptions options, Seals seals)
        : this(Database.OpenReader(path, options), seals)
    {
    }

    /// <summary>Reads with a connection that was opened for it, and closes it in the end.</summary>
    public StoreReader(Database database, Seals seals)
    {
        _database = database;
        _seals = seals;
        _rows = new TableRows(Prepared, seals);
    }

    /// <summary>True while all reads see the file as it was at the first of them.</summary>
    public bool HoldsSnapshot { get; private set; }

    /// <summary>
    /// From the next read on all see the same, until <see cref="LetGo"/>. Pages that one read needs another finds in
    /// memory: without it each begins anew whenever something was committed in between.
    /// </summary>
    /// <exception cref="StoreException">The file could not be read.</exception>
    public void Hold()
    {
        if (HoldsSnapshot) return;
        _database.Execute("BEGIN");
        HoldsSnapshot = true;
    }

    /// <summary>The next read sees what is committed then.</summary>
    public void LetGo()
    {
        if (!HoldsSnapshot) return;
        HoldsSnapshot = false;
        _database.RollBack();
    }

    /// <summary>The connection's pragmas and figures, for rare questions.</summary>
    public Database Database => _database;

    /// <exception cref="StoreException">The file could not be read, the row is damaged, or its key was
    /// destroyed.</exception>
    public StoredGrain? FindGrain(GrainKey key)
    {
        var query = Prepared("SELECT id, version, now, journal_head, state, crc, key FROM grain WHERE key=?");
        try
        {
            if (!query.BindKey(1, key).Step()) return null;
            return GrainOf(query, key);
        }
        finally
        {
            query.Reset();
        }
    }

    /// <summary>The newest row of a key's journal; 0 for none. The state is not looked at.</summary>
    public long FindHead(GrainKey key)
    {
        var query = Prepared("SELECT journal_head FROM grain WHERE key=?");
        try
        {
            return query.BindKey(1, key).Step() ? query.Int64(0) : 0;
        }
        finally
        {
            query.Reset();
        }
    }

    /// <summary>
    /// The keys that a grain's state and journal are sealed with; one for a customer, as long as a state was never made
    /// anew of a damaged file. Nothing is opened.
    /// </summary>
    public HashSet<long> SealKeysOf(GrainKey key)
    {
        HashSet<long> keys = [];
        var query = Prepared("SELECT state FROM grain WHERE key=?");
        if (query.BindKey(1, key).Step()) keys.Add(SealedForm.KeyOf(query.Blob(0)));
        query.Reset();
        var rows = Prepared("SELECT prev, payload FROM journal WHERE seq=?");
        for (var seq = FindHead(key); seq != 0;)
        {
            var isThere = rows.Bind(1, seq).Step();
            if (isThere) keys.Add(SealedForm.KeyOf(rows.Blob(1)));
            seq = isThere ? rows.Int64(0) : 0;
            rows.Reset();
        }
        keys.Remove(0);
        return keys;
    }

    /// <exception cref="StoreException">The file could not be read, the row is damaged, or its key was
    /// destroyed.</exception>
    public ReadOnlyMemory<byte>? FindRow(GrainKey key, string row) => _rows.Find(key, row);

    public List<GrainRow> Rows(GrainKey key, string from, int limit) => _rows.Range(key, from, limit);

    /// <summary>A journal row, or null when it is gone: the end of its chain.</summary>
    public StoredJournal? FindJournal(long seq)
    {
        var query = Prepared("""
            SELECT prev, kind, occurred, recorded, keep_until, seed, plan, payload, crc, key
            FROM journal WHERE seq=?
            """);
        try
        {
            if (!query.Bind(1, seq).Step()) return null;
            var kind = (JournalKind)query.Int64(1);
            if (query.IsNull(7)) return new StoredJournal(seq, query.Int64(0), kind, null);
            var entry = new JournalEntry(
                kind, new Instant(query.Int64(2)), new Instant(query.Int64(3)), new Instant(query.Int64(4)),
                (ulong)query.Int64(5), (ulong)query.Int64(6), ReadOnlyMemory<byte>.Empty);
            if (!query.IsNull(8) && query.Int64(8) != RowChecksum.OfJournal(
                seq, query.Int64(0), entry, query.Blob(7), query.Blob(9)))
                throw StoreException.InStoredRow($"Row {seq} of journal");
            var payload = _seals.Open(query.Blob(7), SealPlace.OfJournal(_place, query.Key(9), entry));
            return new StoredJournal(seq, query.Int64(0), kind, entry with { Payload = payload });
        }
        finally
        {
            query.Reset();
        }
    }

    /// <summary>A journal row's place in its chain, or null when it is gone.</summary>
    public ChainLink? FindLink(long seq)
    {
        var query = Prepared("SELECT prev, kind, payload IS NOT NULL FROM journal WHERE seq=?");
        try
        {
            if (!query.Bind(1, seq).Step()) return null;
            return new ChainLink(seq, query.Int64(0), (JournalKind)query.Int64(1), query.Int64(2) != 0);
        }
        finally
        {
            query.Reset();
        }
    }

    /// <summary>
    /// Journal rows after a sequence, with whether they are past their retention and still have it.
    /// </summary>
    public List<ExpiredRow> JournalAfter(long seq, Instant now, int limit)
    {
        var query = Prepared("""
            SELECT seq, key, keep_until < ? AND keep_until <> ? AND payload IS NOT NULL
            FROM journal WHERE seq>? ORDER BY seq LIMIT ?
            """);
        try
        {
            query.Bind(1, now.UnixMs).Bind(2, Instant.Never.UnixMs).Bind(3, seq).Bind(4, limit);
            List<ExpiredRow> rows = [];
            while (query.Step()) rows.Add(new ExpiredRow(query.Int64(0), query.Key(1), query.Int64(2) != 0));
            return rows;
        }
        finally
        {
            query.Reset();
        }
    }

    /// <summary>Keys of a kind after an id (exclusive), in the order of their UTF-8 bytes.</summary>
    public List<GrainKey> Keys(GrainKind kind, string after, int limit)
    {
        var query = Prepared("SELECT key FROM grain WHERE key>? AND key<? ORDER BY key LIMIT ?");
        try
        {
            query.BindKey(1, new GrainKey(kind, after)).Bind(2, [(byte)(kind + 1)]).Bind(3, limit);
            List<GrainKey> keys = [];
            while (query.Step()) keys.Add(query.Key(0));
            return keys;
        }
        finally
        {
            query.Reset();
        }
    }

    /// <summary>Keys in the order they were first written, after a row id.</summary>
    public List<(long Id, GrainKey Key)> KeysById(long after, int limit)
    {
        var query = Prepared("SELECT id, key FROM grain WHERE id>? ORDER BY id LIMIT ?");
        try
        {
            query.Bind(1, after).Bind(2, limit);
            List<(long, GrainKey)> keys = [];
            while (query.Step()) keys.Add((query.Int64(0), query.Key(1)));
            return keys;
        }
        finally
        {
            query.Reset();
        }
    }

    public List<OutboxRow> Outbox(Topic topic, long after, int limit)
    {
        var query = Prepared("""
            SELECT seq, sender, sequence, payload, recorded, crc
            FROM outbox WHERE seq>? AND topic=? ORDER BY seq LIMIT ?
            """);
        try
        {
            query.Bind(1, after).Bind(2, (long)topic).Bind(3, limit);
            List<OutboxRow> rows = [];
            while (query.Step())
            {
                var row = new OutboxRow(
                    query.Int64(0), topic, query.Key(1), query.Int64(2), ReadOnlyMemory<byte>.Empty);
                rows.Add(StoredEffect.Open(row, new Instant(query.Int64(4)), query, _seals, _place));
            }
            return rows;
        }
        finally
        {
            query.Reset();
        }
    }

    public List<SendRow> PendingSends(long after, int limit)
    {
        var query = Prepared("""
            SELECT seq, sender, sequence, target, message, crc FROM pending_send WHERE seq>? ORDER BY seq LIMIT ?
            """);
        query.Bind(1, after).Bind(2, limit);
        return Sends(query);
    }

    /// <summary>The next wake-ups, the earliest first.</summary>
    public List<WakeRow> Wakes(int limit)
    {
        var query = Prepared("SELECT key, name, at FROM wake ORDER BY at, key, name LIMIT ?");
        try
        {
            query.Bind(1, limit);
            List<WakeRow> rows = [];
            while (query.Step()) rows.Add(new WakeRow(query.Key(0), query.Text(1), query.Int64(2)));
            return rows;
        }
        finally
        {
            query.Reset();
        }
    }

    public List<Lease> Leases()
    {
        var query = Prepared("SELECT resource, available FROM lease ORDER BY resource");
        try
        {
            List<Lease> leases = [];
            while (query.Step()) leases.Add(new Lease(query.Text(0), query.Int64(1)));
            return leases;
        }
        finally
        {
            query.Reset();
        }
    }

    public List<DefinitionRow> Definitions()
    {
        var query = Prepared("SELECT hash, current, source FROM definition ORDER BY added");
        try
        {
            List<DefinitionRow> rows = [];
            while (query.Step())
            {
                rows.Add(new DefinitionRow(
                    (ulong)query.Int64(0), query.Int64(1) != 0, query.Blob(2).ToArray()));
            }
            return rows;
        }
        finally
        {
            query.Reset();
        }
    }

    /// <summary>
    /// Sequence of the newest published effect there was: after a rebuild that lost some, above all that are left.
    /// </summary>
    public long LastOutbox() =>
        Math.Max(_database.Number("SELECT max(seq) FROM outbox") ?? 0, Meta("last_outbox") ?? 0);

    /// <summary>A number kept in the table of odds and ends, or null.</summary>
    public long? Meta(string name)
    {
        var query = Prepared("SELECT value FROM meta WHERE name=?");
        try
        {
            return query.BindText(1, name).Step() && !query.IsNull(0) ? query.Int64(0) : null;
        }
        finally
        {
            query.Reset();
        }
    }

    public void Dispose() => _database.Dispose();

    private List<SendRow> Sends(Statement query)
    {
        try
        {
            List<SendRow> rows = [];
            while (query.Step())
            {
                var row = new SendRow(
                    query.Int64(0), query.Key(1), query.Int64(2), query.Key(3), ReadOnlyMemory<byte>.Empty);
                rows.Add(StoredEffect.Open(row, query, _seals, _place));
            }
            return rows;
        }
        finally
        {
            query.Reset();
        }
    }

    private Statement Prepared(string sql)
    {
        // Found by reference first: every caller passes one literal.
        if (!_prepared.TryGetValue(sql, out var statement))
            _prepared[sql] = statement = _database.Prepare(sql);
        return statement;
    }
}
