using DToC.Embedded.Sealing;
using DToC.Grains;

namespace DToC.Embedded.Storage;

/// <summary>Reads rows of table grains through a reader's connection.</summary>
internal sealed class TableRows(Func<string, Statement> prepared, Seals seals)
{
    private const int MostTraces = 8;
    private const int FirstTrace = 5;

    private readonly byte[] _place = new byte[SealPlace.MostBytes];

    public ReadOnlyMemory<byte>? Find(GrainKey key, string row)
    {
        // Written before the folder was encrypted, it lies under its name.
        if (seals.NameOf(key, row) is { } hidden && FindStored(key, hidden) is { } found) return found.Value;
        return FindStored(key, row)?.Value;
    }

    public List<GrainRow> Range(GrainKey key, string from, int limit)
    {
        if (!seals.AreOn || !HiddenNames.Are(key.Kind)) return ReadStored(key, from, limit);
        var all = ReadStored(key, "", int.MaxValue);
        all.RemoveAll(row => RowOrder.Instance.Compare(row.Row, from) < 0);
        all.Sort(static (a, b) => RowOrder.Instance.Compare(a.Row, b.Row));
        return all.Count <= limit ? all : all[..limit];
    }

    /// <summary>Rows of all tables after one, as they lie, with what stands in place of their names.</summary>
    public List<(GrainKey Key, string Stored, GrainRow Row)> All((GrainKey Key, string Stored)? after, int limit)
    {
        var query = prepared(after is null
            ? "SELECT row, value, crc, key FROM row ORDER BY key, row LIMIT ?1"
            : "SELECT row, value, crc, key FROM row WHERE (key, row) > (?2, ?3) ORDER BY key, row LIMIT ?1");
        try
        {
            query.Bind(1, limit);
            if (after is { } place) query.BindKey(2, place.Key).BindText(3, place.Stored);
            List<(GrainKey, string, GrainRow)> rows = [];
            while (query.Step()) rows.Add((query.Key(3), query.Text(0), Open(query.Key(3), query)));
            return rows;
        }
        finally
        {
            query.Reset();
        }
    }

    /// <summary>
    /// Rows of a kind of table after one, as <see cref="All"/> gives them: those with one of some traces, and all whose
    /// value is sealed. SQLite looks for the traces, which is faster than to read each row.
    /// </summary>
    /// <param name="kind">The kind.</param>
    /// <param name="traces">Bytes to look for; more than <see cref="MostTraces"/>, or null, give every row.</param>
    /// <param name="after">The row to go on behind.</param>
    /// <param name="limit">Most rows.</param>
    public List<(GrainKey Key, string Stored, GrainRow Row)> Traced(
        GrainKind kind, IReadOnlyList<byte[]>? traces, (GrainKey Key, string Stored)? after, int limit)
    {
        var looked = traces is { Count: <= MostTraces } few ? few : [];
        var found = string.Join(" OR ", looked.Select((_, i) => $"instr(value, ?{i + FirstTrace}) > 0"));
        var query = prepared($"""
            SELECT row, value, crc, key FROM row WHERE {(after is null ? "key>=?2" : "(key, row)>(?2, ?3)")} AND key<?4
                {(looked.Count == 0 ? "" : $"AND (substr(value, 1, 1)=x'{SealedForm.Mark:x2}' OR {found})")}
            ORDER BY key, row LIMIT ?1
            """);
        try
        {
            query.Bind(1, limit).Bind(4, [(byte)(kind + 1)]);
            if (after is { } place) query.BindKey(2, place.Key).BindText(3, place.Stored);
            else query.Bind(2, [(byte)kind]);
            for (var i = 0; i < looked.Count; i++) query.Bind(FirstTrace + i, looked[i]);
            List<(GrainKey, string, GrainRow)> rows = [];
            while (query.Step()) rows.Add((query.Key(3), query.Text(0), Open(query.Key(3), query)));
            return rows;
        }
        finally
        {
            query.Reset();
        }
    }

    private GrainRow? FindStored(GrainKey key, string name)
    {
        var query = prepared("SELECT row, value, crc FROM row WHERE key=? AND row=?");
        try
        {
            return query.BindKey(1, key).BindText(2, name).Step() ? Open(key, query) : null;
        }
        finally
        {
            query.Reset();
        }
    }

    private List<GrainRow> ReadStored(GrainKey key, string from, int limit)
    {
        var query = prepared("SELECT row, value, crc FROM row WHERE key=? AND row>=? ORDER BY row LIMIT ?");
        try
        {
            query.BindKey(1, key).BindText(2, from).Bind(3, limit);
            List<GrainRow> rows = [];
            while (query.Step()) rows.Add(Open(key, query));
            return rows;
        }
        finally
        {
            query.Reset();
        }
    }

    private GrainRow Open(GrainKey key, Statement query)
    {
        if (!query.IsNull(2) && query.Int64(2) != RowChecksum.OfRow(key, query.Blob(0), query.Blob(1)))
            throw StoreException.InStoredRow($"A row of the table {key.Kind}");
        var content = seals.Open(query.Blob(1), SealPlace.OfRow(_place, key, query.Blob(0)));
        if (!HiddenNames.IsHidden(query.Blob(0))) return new GrainRow(query.Text(0), content);
        var (row, value) = HiddenNames.Split(content);
        return new GrainRow(row, value);
    }
}
