using DToC.Cli.Reading;
using DToC.Twin;

namespace DToC.Cli.Mapping;

/// <summary>The rows of one group so far.</summary>
internal sealed class RowGroup(string key, int tests, int part)
{
    private readonly bool[] _all = [.. Enumerable.Repeat(true, tests)];

    /// <summary>Value of the column that holds them together.</summary>
    public string Key { get; } = key;

    /// <summary>0, or how many times the group was closed before, too early.</summary>
    public int Part { get; } = part;

    /// <summary>The rows to send: those that have a customer.</summary>
    public List<Row> Rows { get; } = [];

    /// <summary>The customer of the first row that has one.</summary>
    public string? Customer { get; set; }

    /// <summary>Whether all rows, guests' too, meet each condition of the report.</summary>
    public IReadOnlyList<bool> All => _all;

    /// <summary>Takes a row into account.</summary>
    public void See(Row row, IReadOnlyList<Func<Row, bool>> conditions)
    {
        for (var i = 0; i < _all.Length; i++)
            _all[i] = _all[i] && conditions[i](row);
    }
}

/// <summary>
/// Brings rows of one group together, also when others lie between them, in bounded memory: at most
/// <paramref name="maxOpen"/> groups are open, and the one touched longest ago is closed for a new one.
/// </summary>
internal sealed class RowGroups(int maxOpen, int tests)
{
    /// <summary>Keys of closed groups that are remembered, to notice one that comes back.</summary>
    public const int MaxRemembered = 4_000_000;

    private readonly LinkedList<RowGroup> _byTouch = [];
    private readonly Dictionary<string, LinkedListNode<RowGroup>> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, int> _closed = [];

    /// <summary>Different groups so far.</summary>
    public long Count { get; private set; }

    /// <summary>
    /// Groups of which rows came after they had been closed; those rows make an event of their own.
    /// </summary>
    public long Split { get; private set; }

    /// <summary>
    /// True once closed groups had to be forgotten: from then on a split one may be counted as new.
    /// </summary>
    public bool Forgot { get; private set; }

    /// <summary>
    /// The group of <paramref name="key"/>, opened if need be; closing another one for it if need be.
    /// </summary>
    public RowGroup Touch(string key, out RowGroup? closed)
    {
        closed = null;
        if (_open.TryGetValue(key, out var node))
        {
            _byTouch.Remove(node);
            _byTouch.AddLast(node);
            return node.Value;
        }
        if (_open.Count == maxOpen)
            closed = CloseOldest();
        var part = _closed.GetValueOrDefault(StableHash.Of(key));
        if (part == 0)
            Count++;
        else
            Split++;
        var group = new RowGroup(key, tests, part);
        _open.Add(key, _byTouch.AddLast(group));
        return group;
    }

    /// <summary>Closes all that are open, those touched longest ago first.</summary>
    public IEnumerable<RowGroup> CloseAll()
    {
        while (_open.Count > 0)
            yield return CloseOldest();
    }

    private RowGroup CloseOldest()
    {
        var group = _byTouch.First!.Value; // the caller knows one is open
        _byTouch.RemoveFirst();
        _open.Remove(group.Key);
        if (_closed.Count < MaxRemembered)
            _closed[StableHash.Of(group.Key)] = group.Part + 1;
        else
            Forgot = true;
        return group;
    }
}
