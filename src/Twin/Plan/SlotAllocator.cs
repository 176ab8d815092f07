using DToC.Twin.Events;

namespace DToC.Twin.Plan;

/// <summary>Gives out slots: commutative groups first in each array, equal signatures once.</summary>
internal sealed class SlotAllocator
{
    private sealed record Request(
        string Signature, bool Ordered, SlotCounts Size, long[] Initial, SlotUnion Union, bool Counters);

    private readonly List<Request> _requests = [];
    private readonly Dictionary<string, int> _bySignature = new(StringComparer.Ordinal);
    private SlotGroup[] _groups = [];

    /// <summary>Asks for a commutative group of longs that unite in one way.</summary>
    public int Longs(string signature, SlotUnion union, int count = 1) =>
        Ask(new Request(signature, Ordered: false, new SlotCounts(count, 0, 0),
            Repeat(union == SlotUnion.Add ? 0 : TouchpointEvent.Missing, count), union, Counters: false));

    /// <summary>Asks for one decayed real.</summary>
    public int Decayed(string signature) =>
        Ask(new Request(signature, Ordered: false, new SlotCounts(0, 1, 0), [], SlotUnion.Add, Counters: false));

    /// <summary>Asks for commutative bytes: registers, or 16-bit counters.</summary>
    public int Bytes(string signature, int count, bool counters) =>
        Ask(new Request(signature, Ordered: false, new SlotCounts(0, 0, count), [], SlotUnion.Add, counters));

    /// <summary>Asks for an ordered group; <paramref name="initial"/> gives its longs.</summary>
    public int Ordered(string signature, long[] initial, int reals = 0, int bytes = 0) =>
        Ask(new Request(
            signature, Ordered: true, new SlotCounts(initial.Length, reals, bytes), initial, SlotUnion.Add,
            Counters: false));

    /// <summary>The group's first slots; after <see cref="Allocate"/>.</summary>
    public SlotCounts At(int group) => _groups[group].At;

    /// <summary>Notes that events of some categories change the group that begins there.</summary>
    public void Rest(SlotCounts at, ulong categories)
    {
        // No two groups begin at the same place: each has a slot in one of the arrays.
        var group = Array.FindIndex(_groups, group => group.At == at);
        if (group < 0) throw new InvalidOperationException($"No group of slots begins at {at}.");
        _groups[group] = _groups[group] with { Categories = _groups[group].Categories | categories };
    }

    public StateLayout Allocate()
    {
        _groups = new SlotGroup[_requests.Count];
        var next = Place(default, ordered: false);
        var orderedFrom = next;
        next = Place(next, ordered: true);
        var initial = new long[next.Longs];
        var unions = new SlotUnion[orderedFrom.Longs];
        var counters = new bool[orderedFrom.Bytes];
        for (var i = 0; i < _requests.Count; i++)
        {
            var (request, at) = (_requests[i], _groups[i].At);
            request.Initial.CopyTo(initial, at.Longs);
            if (request.Ordered) continue;
            Array.Fill(unions, request.Union, at.Longs, request.Size.Longs);
            Array.Fill(counters, request.Counters, at.Bytes, request.Size.Bytes);
        }
        return new StateLayout
        {
            Groups = _groups,
            Size = next,
            OrderedFrom = orderedFrom,
            InitialLongs = initial,
            LongUnions = unions,
            IsCounterByte = counters,
        };
    }

    private SlotCounts Place(SlotCounts next, bool ordered)
    {
        for (var i = 0; i < _requests.Count; i++)
        {
            var request = _requests[i];
            if (request.Ordered != ordered) continue;
            _groups[i] = new SlotGroup(request.Signature, ordered, next, request.Size);
            next = next.Plus(request.Size);
        }
        return next;
    }

    private int Ask(Request request)
    {
        if (_bySignature.TryGetValue(request.Signature, out var group)) return group;
        _requests.Add(request);
        _bySignature.Add(request.Signature, _requests.Count - 1);
        return _requests.Count - 1;
    }

    private static long[] Repeat(long value, int count)
    {
        var values = new long[count];
        Array.Fill(values, value);
        return values;
    }
}
