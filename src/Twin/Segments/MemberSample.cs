namespace DToC.Twin.Segments;

/// <summary>
/// Members with the smallest hashes: a uniform sample without replacement that stays the same while members come and
/// go (bottom-k: Cohen, Kaplan: Summarizing data using bottom-k sketches, PODC 2007). Above the <see cref="Size"/> that
/// are shown some more are held, so that one that leaves has a successor.
/// </summary>
internal sealed class MemberSample
{
    /// <summary>Members that are shown at most.</summary>
    public const int Size = 256;

    private const int Held = 4 * Size;
    private const ulong Seed = 0x5365_676D_656E_7473;

    private readonly SortedSet<(ulong Hash, string Customer)> _held = new(ByHash);
    private ulong _bound = ulong.MaxValue;

    /// <summary>Whether too many have left: those that are shown may be fewer than there are.</summary>
    public bool IsShort => _bound != ulong.MaxValue && _held.Count < Size;

    /// <summary>A member comes.</summary>
    public void Add(string customer)
    {
        var hash = StableHash.Of(customer, Seed);
        if (hash > _bound) return;
        _held.Add((hash, customer));
        if (_held.Count > Held) LetGo();
    }

    /// <summary>A member goes.</summary>
    public void Remove(string customer)
    {
        var hash = StableHash.Of(customer, Seed);
        if (hash <= _bound) _held.Remove((hash, customer));
    }

    /// <summary>Adds all of a sample of others.</summary>
    public void Add(MemberSample other)
    {
        _bound = Math.Min(_bound, other._bound);
        foreach (var member in other._held) _held.Add(member);
        while (_held.Count > 0 && (_held.Max.Hash > _bound || _held.Count > Held)) LetGo();
    }

    /// <summary>The members, the smallest hash first.</summary>
    public IReadOnlyList<string> Read() => [.. _held.Take(Size).Select(static member => member.Customer)];

    // All with a hash up to the bound are held; those of equal hash go together.
    private void LetGo()
    {
        var largest = _held.Max;
        _held.Remove(largest);
        _bound = Math.Min(_bound, largest.Hash - 1);
        while (_held.Count > 0 && _held.Max.Hash > _bound) _held.Remove(_held.Max);
    }

    private static readonly Comparer<(ulong Hash, string Customer)> ByHash =
        Comparer<(ulong Hash, string Customer)>.Create(static (a, b) =>
            a.Hash != b.Hash ? a.Hash.CompareTo(b.Hash) : string.CompareOrdinal(a.Customer, b.Customer));
}
