using DToC.Grains;

namespace DToC.Embedded.Turns;

/// <summary>
/// The replies to messages that were sent together. Their sender is woken once, with the last of them, and not once
/// for each: that is what most of the time of small messages goes into.
/// </summary>
/// <param name="count">Messages, at least 1.</param>
internal sealed class ReplyGroup(int count)
{
    private readonly TaskCompletionSource<Reply[]> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Reply[] _replies = new Reply[count];
    private int _missing = count;

    /// <summary>All replies, in the order of the messages.</summary>
    public Task<Reply[]> All => _source.Task;

    /// <summary>Gives the reply to one message; called once for each, from any thread.</summary>
    public void Set(int place, Reply reply)
    {
        _replies[place] = reply;
        if (Interlocked.Decrement(ref _missing) == 0) _source.SetResult(_replies);
    }
}
