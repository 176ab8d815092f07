using DToC.Grains;

namespace DToC.Embedded.Turns;

/// <summary>Whether there is room for a message from outside.</summary>
internal enum Entry
{
    /// <summary>There was, and the message has taken it.</summary>
    Entered,

    /// <summary>All room is taken; it may come back soon.</summary>
    Full,

    /// <summary>The message's own grain has as many messages as one may have.</summary>
    GrainFull,
}

/// <summary>
/// The room of a partition for messages from outside: bounded in all, for one grain, and for those that come many
/// together, so that neither a customer that many write to nor a long stream shuts a single request out.
/// </summary>
/// <param name="capacity">Messages in all, at least 1.</param>
/// <param name="reserve">How many of them are kept for messages sent alone; at most half are.</param>
/// <param name="perGrain">Messages for one grain.</param>
internal sealed class Admission(int capacity, int reserve, int perGrain)
{
    // Grains are counted by a part of their hash: two share a place once in so many, and then they share its bound.
    private const int Places = 1 << 14;

    private readonly int _bulkCapacity = capacity - Math.Min(reserve, capacity / 2);
    private readonly int[] _byGrain = perGrain < capacity ? new int[Places] : [];
    private int _admitted;

    /// <summary>Messages taken and not answered.</summary>
    public int Admitted => Volatile.Read(ref _admitted);

    /// <summary>Takes room for a message.</summary>
    /// <param name="key">Its grain.</param>
    /// <param name="isBulk">Whether it comes with others.</param>
    /// <param name="place">To be given back to <see cref="Leave"/>.</param>
    public Entry TryEnter(GrainKey key, bool isBulk, out int place)
    {
        place = -1;
        if (_byGrain.Length > 0)
        {
            // The partition was chosen by the low part of the hash.
            place = (int)(key.StableHash() >> 40) & (Places - 1);
            if (Interlocked.Increment(ref _byGrain[place]) > perGrain)
            {
                Interlocked.Decrement(ref _byGrain[place]);
                return Entry.GrainFull;
            }
        }
        var limit = isBulk ? _bulkCapacity : capacity;
        var admitted = Volatile.Read(ref _admitted);
        while (admitted < limit)
        {
            var seen = Interlocked.CompareExchange(ref _admitted, admitted + 1, admitted);
            if (seen == admitted) return Entry.Entered;
            admitted = seen;
        }
        if (place >= 0) Interlocked.Decrement(ref _byGrain[place]);
        return Entry.Full;
    }

    /// <summary>Gives room back.</summary>
    /// <param name="place">As <see cref="TryEnter"/> gave it.</param>
    /// <param name="left">Messages that are left.</param>
    /// <returns>Whether it is news to those who wait for room.</returns>
    public bool Leave(int place, out int left)
    {
        if (place >= 0) Interlocked.Decrement(ref _byGrain[place]);
        left = Interlocked.Decrement(ref _admitted);
        // Only the steps below the limits are.
        return left == capacity - 1 || left == _bulkCapacity - 1;
    }
}
