namespace DToC.Http.Limits;

/// <summary>Counts what is taken of something of which there is so much.</summary>
internal sealed class Tally(long limit)
{
    private long _taken;

    /// <summary>What is taken now.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>What there is.</summary>
    public long Limit => limit;

    /// <summary>Takes some, unless that were more than there is, or than a lower bound.</summary>
    public bool TryTake(long amount, long bound = long.MaxValue)
    {
        if (Interlocked.Add(ref _taken, amount) <= Math.Min(limit, bound)) return true;
        Give(amount);
        return false;
    }

    /// <summary>Takes what has been used already.</summary>
    public void Take(long amount) => Interlocked.Add(ref _taken, amount);

    /// <summary>Gives some back.</summary>
    public void Give(long amount) => Interlocked.Add(ref _taken, -amount);
}
