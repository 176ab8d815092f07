using System.Threading.Tasks.Sources;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Turns;

/// <summary>What the turn loop takes from its mailbox.</summary>
internal abstract class MailItem
{
    /// <summary>Answers that it was not done; called once, from any thread.</summary>
    public abstract void Refuse(string reason);
}

/// <summary>A message on its way to a grain and its reply on the way back. Awaited once.</summary>
internal sealed class Delivery(GrainKey key, GrainMessage message, Partition? admittedBy)
    : MailItem, IValueTaskSource<Reply>
{
    // Continuations run on the pool: a sender's code must not run on the commit loop.
    private ManualResetValueTaskSourceCore<Reply> _source = new() { RunContinuationsAsynchronously = true };

    public GrainKey Key { get; private set; } = key;

    public GrainMessage Message { get; private set; } = message;

    /// <summary>How often it was sent on by a merged grain.</summary>
    public int Hops { get; private set; }

    /// <summary>
    /// The stored row it came from, to be removed with the turn; null for a message from outside.
    /// </summary>
    public Origin? Origin { get; init; }

    /// <summary>Those it was sent together with, or null.</summary>
    public ReplyGroup? Group { get; init; }

    /// <summary>Its place among them.</summary>
    public int Place { get; init; }

    /// <summary>When it was taken, for a message from outside.</summary>
    public long Taken { get; init; }

    /// <summary>Where its grain is counted, as <see cref="Admission.TryEnter"/> gave it.</summary>
    public int CountedAt { get; init; } = -1;

    /// <summary>True when the turn's commit removes the row of <see cref="Origin"/>.</summary>
    public bool Settled { get; set; }

    /// <summary>The reply to give once the batch is durable.</summary>
    public Reply? Reply { get; set; }

    /// <summary>Where to send it on once the batch is durable, in place of a reply.</summary>
    public GrainKey? ForwardTo { get; set; }

    /// <summary>What to send on in place of its message, or null.</summary>
    public GrainMessage? ForwardAs { get; set; }

    /// <summary>The reply of a message that was sent alone.</summary>
    public ValueTask<Reply> Completion => new(this, _source.Version);

    /// <summary>Gives the reply and the room in the mailbox back.</summary>
    public void Complete(Reply reply) => Complete(reply, admittedBy?.Watch.Mark() ?? 0);

    /// <summary>The same, where the moment is known: one look at the clock does for a batch.</summary>
    public void Complete(Reply reply, long mark)
    {
        admittedBy?.Leave(this, mark - Taken, reply);
        if (Group is not null) Group.Set(Place, reply);
        else _source.SetResult(reply);
    }

    public override void Refuse(string reason)
    {
        Settled = false;
        Complete(new Reply.Unavailable(reason));
    }

    /// <summary>Readdresses it to the grain that its own was merged into.</summary>
    public void MoveTo(GrainKey target)
    {
        Key = target;
        Message = ForwardAs ?? Message;
        Hops++;
        (ForwardTo, ForwardAs) = (null, null);
    }

    Reply IValueTaskSource<Reply>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Reply>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<Reply>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}

/// <summary>The stored row behind a message of the host's own.</summary>
internal abstract record Origin(int Partition)
{
    /// <summary>A row of <c>pending_send</c>.</summary>
    public sealed record Send(int Partition, long Seq) : Origin(Partition);

    /// <summary>A row of <c>wake</c>; removed only while it still asks for this moment.</summary>
    public sealed record Wake(int Partition, GrainKey Key, string Name, Instant At) : Origin(Partition);
}

/// <summary>
/// Work of the host itself that must be in step with turns: something done on the turn loop, something
/// written in the batch's transaction, or both.
/// </summary>
internal sealed class Chore(Action<Batch>? onTurnLoop, Action<Storage.Database>? inTransaction) : MailItem
{
    private readonly TaskCompletionSource<string?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Null once durable, otherwise why it is not.</summary>
    public Task<string?> Done => _done.Task;

    /// <summary>True when it has something to write.</summary>
    public bool Writes => inTransaction is not null;

    public void OnTurnLoop(Batch batch) => onTurnLoop?.Invoke(batch);

    public void InTransaction(Storage.Database database) => inTransaction?.Invoke(database);

    public void Complete() => _done.TrySetResult(null);

    public override void Refuse(string reason) => _done.TrySetResult(reason);
}
