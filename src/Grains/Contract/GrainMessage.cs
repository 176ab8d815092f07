using DToC.Twin;

namespace DToC.Grains;

/// <summary>
/// What a grain is told. Each kind of grain has a closed union of its own below this; the cases here every kind
/// can get from its host.
/// </summary>
public abstract record GrainMessage
{
    /// <summary>Only the unions of this assembly, and the probe of the host tests, derive from this.</summary>
    protected GrainMessage()
    {
    }

    /// <summary>
    /// Whom it was addressed to, where that grain has been merged and led it on; of several the first. Null when it
    /// comes to the grain it was addressed to.
    /// </summary>
    public string? For { get; init; }

    /// <summary>
    /// What it brings of a time before this is not taken: whom it was addressed to was erased then, and let in again
    /// (<see cref="Turn.Since"/>).
    /// </summary>
    public Twin.Instant Since { get; init; } = Twin.Instant.Never;

    /// <summary>
    /// A wake-up the grain asked for has come. Delivered at least once; the grain ignores a stale one.
    /// </summary>
    /// <param name="Name">The name it asked with.</param>
    /// <param name="At">The moment it asked for.</param>
    public sealed record WokenUp(string Name, Instant At) : GrainMessage;

    /// <summary>Rebuild what needs history, for example after a changed definition.</summary>
    public sealed record Refold : GrainMessage;

    /// <summary>Write a checkpoint: journal rows past their retention are removed after its commit.</summary>
    public sealed record TakeCheckpoint : GrainMessage;

    /// <summary>
    /// To a table: remove these rows, as the one they concern (<see cref="IGrain.Concerns"/>) was erased. Rows that
    /// are not there any more are none of its business.
    /// </summary>
    public sealed record RemoveRows(IReadOnlyList<string> Rows) : GrainMessage
    {
        /// <summary>Who was erased: what a row holds of others stays. None: all of it goes.</summary>
        public IReadOnlyList<string> Customers { get; init; } = [];
    }
}

/// <summary>What a grain answers. Each kind of grain has a closed union of its own below this.</summary>
public abstract record Reply
{
    /// <summary>See <see cref="GrainMessage"/>.</summary>
    protected Reply()
    {
    }

    /// <summary>Done, nothing to say.</summary>
    public sealed record Done : Reply
    {
        /// <summary>The one instance.</summary>
        public static readonly Done Instance = new();
    }

    /// <summary>This key was erased (<see cref="ITwinHost.EraseAsync"/>): it takes no message, now and later.</summary>
    public sealed record Erased : Reply
    {
        /// <summary>The one instance.</summary>
        public static readonly Erased Instance = new();
    }

    /// <summary>The host takes no more at the moment; nothing happened. Try again after the delay.</summary>
    public sealed record Busy(TimeSpan RetryAfter) : Reply;

    /// <summary>The host could not commit; nothing happened. The same message may be sent again.</summary>
    /// <param name="Reason">For operators and for the caller: disk full, commit failed, draining.</param>
    public sealed record Unavailable(string Reason) : Reply;

    /// <summary>The turn broke an invariant; nothing happened, and sending the same again will not help.</summary>
    /// <param name="Reason">For operators: the kind of failure, without payloads.</param>
    public sealed record Failed(string Reason) : Reply;
}
