namespace DToC.Embedded.Storage;

/// <summary>
/// Reads a table in the order of its row ids and steps over what cannot be read. Where reading fails, the next row
/// that can be read is searched for by doubling and halving: a few dozen probes a gap, however large it is.
/// </summary>
internal sealed class RowScan : IDisposable
{
    private const int MostGaps = 10_000;

    private readonly Statement _rows;
    private readonly Statement _probe;
    private long _last;
    private bool _ended;

    /// <param name="database">The file.</param>
    /// <param name="table">The table.</param>
    /// <param name="id">Its row id's name; the rows' column 0.</param>
    /// <param name="columns">Further columns, from column 1 on.</param>
    public RowScan(Database database, string table, string id, string columns)
    {
        _rows = new Statement(database.Handle, $"SELECT {id}, {columns} FROM {table} WHERE {id}>=? ORDER BY {id}");
        try
        {
            _probe = new Statement(
                database.Handle, $"SELECT {id}, {columns} FROM {table} WHERE {id}>=? ORDER BY {id} LIMIT 1");
        }
        catch
        {
            _rows.Dispose();
            throw;
        }
        _rows.Bind(1, long.MinValue);
        _last = long.MinValue;
    }

    /// <summary>The row at hand.</summary>
    public Statement Row => _rows;

    /// <summary>Stretches of row ids in which nothing could be read, each with what was said.</summary>
    public List<Gap> Gaps { get; } = [];

    /// <summary>Moves to the next row that can be read; false at the end.</summary>
    /// <exception cref="StoreException">The disk failed, which is not damage to be stepped over.</exception>
    public bool Next()
    {
        while (!_ended)
        {
            try
            {
                if (!_rows.Step()) break;
                _last = _rows.Int64(0);
                return true;
            }
            catch (StoreException exception) when (exception.Damaged)
            {
                StepOver(exception);
            }
        }
        _ended = true;
        return false;
    }

    public void Dispose()
    {
        _rows.Dispose();
        _probe.Dispose();
    }

    private void StepOver(StoreException cause)
    {
        var from = _last == long.MinValue ? 0 : _last + 1;
        var next = Gaps.Count < MostGaps ? FirstReadable(from) : null;
        Gaps.Add(new Gap(from, next, cause.Message));
        _rows.Reset();
        if (next is { } begin) _rows.Bind(1, begin);
        else _ended = true;
    }

    /// <summary>A row id from which on reading works, or null when there is none.</summary>
    private long? FirstReadable(long from)
    {
        var (bad, step) = (from, 1L);
        while (!IsReadable(bad + step))
        {
            bad += step;
            if (step > long.MaxValue / 8) return null;
            step *= 2;
        }
        var good = bad + step;
        while (good - bad > 1)
        {
            var middle = bad + (good - bad) / 2;
            if (IsReadable(middle)) good = middle;
            else bad = middle;
        }
        return good;
    }

    private bool IsReadable(long id)
    {
        try
        {
            _probe.Bind(1, id).Step();
            return true;
        }
        catch (StoreException exception) when (exception.Damaged)
        {
            return false;
        }
        finally
        {
            _probe.Reset();
        }
    }
}

/// <summary>Row ids between which nothing can be read.</summary>
/// <param name="From">The first.</param>
/// <param name="To">The first that can be read again; null when none can.</param>
/// <param name="Cause">What was said.</param>
internal readonly record struct Gap(long From, long? To, string Cause);
