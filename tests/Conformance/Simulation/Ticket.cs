using DToC.Grains;

namespace DToC.Conformance;

/// <summary>What a client of a simulated host holds while it waits.</summary>
internal sealed class Ticket
{
    private TaskCompletionSource<Reply>? _source;

    /// <summary>True with a reply, or when none will come.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>The reply; null while waiting and when it was lost.</summary>
    public Reply? Reply { get; private set; }

    /// <summary>For callers that await; a lost reply is an <see cref="IOException"/>.</summary>
    public Task<Reply> Task
    {
        get
        {
            _source ??= new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (IsAnswered) Complete(_source);
            return _source.Task;
        }
    }

    /// <summary>Takes the reply, or null when it is lost.</summary>
    public void Take(Reply? reply)
    {
        IsAnswered = true;
        Reply = reply;
        if (_source is not null) Complete(_source);
    }

    private void Complete(TaskCompletionSource<Reply> source)
    {
        if (Reply is not null) source.TrySetResult(Reply);
        else source.TrySetException(new IOException("The connection to the host broke before the reply."));
    }
}
