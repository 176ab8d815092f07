using DToC.Twin;

namespace DToC.Learn.Simulating;

/// <summary>
/// A sample: of the members offered those whose ids have the least hashes under a seed, at most so many. It depends
/// neither on their order nor on who else there is, so that a smaller sample lies in a larger one.
/// </summary>
internal sealed class LeastHashes(int most, ulong seed)
{
    private static readonly Comparer<ulong> GreatestFirst = Comparer<ulong>.Create((a, b) => b.CompareTo(a));

    private readonly PriorityQueue<Member, ulong> _least = new(GreatestFirst);

    /// <summary>Bytes of the states in it.</summary>
    public long Bytes { get; private set; }

    /// <summary>Offers one more member.</summary>
    public void Offer(Member member)
    {
        var hash = StableHash.Of(member.Id, seed);
        Bytes += member.Stored.Length;
        if (_least.Count < most) _least.Enqueue(member, hash);
        else Bytes -= _least.EnqueueDequeue(member, hash).Stored.Length;
    }

    /// <summary>Those in the sample, by rising hash.</summary>
    public IEnumerable<Member> InOrder() =>
        _least.UnorderedItems.OrderBy(entry => entry.Priority).Select(entry => entry.Element);
}
