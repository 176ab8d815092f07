using DToC.Embedded.Storage;

namespace DToC.Embedded.Repair;

/// <summary>
/// The same table of several files as one, in the order of a time that stands in the rows; rows of one file keep
/// their order among themselves whatever their times.
/// </summary>
internal sealed class MergedRows : IDisposable
{
    private readonly List<RowScan> _scans = [];
    private readonly List<bool> _has = [];
    private readonly int _time;
    private int _at = -1;

    /// <param name="files">The files.</param>
    /// <param name="table">The table.</param>
    /// <param name="id">Its row id's name, column 0.</param>
    /// <param name="columns">Further columns.</param>
    /// <param name="time">The column of the time.</param>
    public MergedRows(IReadOnlyList<Database> files, string table, string id, string columns, int time)
    {
        _time = time;
        foreach (var file in files)
        {
            _scans.Add(new RowScan(file, table, id, columns));
            _has.Add(_scans[^1].Next());
        }
    }

    /// <summary>The row at hand.</summary>
    public Statement Row => _scans[_at].Row;

    /// <summary>Moves to the next row; false at the end.</summary>
    /// <exception cref="DataFolderException">A row cannot be read.</exception>
    public bool Next()
    {
        if (_at >= 0) _has[_at] = _scans[_at].Next();
        _at = -1;
        for (var i = 0; i < _scans.Count; i++)
        {
            if (_scans[i].Gaps.Count > 0)
                throw new DataFolderException($"Partition {i} cannot be read whole; run 'dtoc check'.");
            if (_has[i] && (_at < 0 || _scans[i].Row.Int64(_time) < _scans[_at].Row.Int64(_time))) _at = i;
        }
        return _at >= 0;
    }

    public void Dispose()
    {
        foreach (var scan in _scans) scan.Dispose();
    }
}
