namespace DToC.Conformance;

/// <summary>What can go wrong.</summary>
public enum Fault
{
    /// <summary>
    /// The process dies; only the committed image is left. Within a transaction: all of it or nothing is in the image.
    /// </summary>
    Crash,

    /// <summary>The power fails within a transaction: any of its sectors may be on the disk.</summary>
    TornWrite,

    /// <summary>The commit fails; the old image stays.</summary>
    FullDisk,

    /// <summary>This commit and all others fail for a while.</summary>
    StaysFull,

    /// <summary>The commit takes long; other work goes on meanwhile.</summary>
    SlowDisk,

    /// <summary>A read fails.</summary>
    ReadFails,

    /// <summary>A message is delivered twice.</summary>
    Duplicate,

    /// <summary>A message is overtaken by those of other senders.</summary>
    Overtaken,

    /// <summary>The client never sees the reply.</summary>
    LostReply,

    /// <summary>The client sends the same message again without waiting.</summary>
    Resend,

    /// <summary>The subscriber dies and resumes by the cursor it kept.</summary>
    SubscriberDies,

    /// <summary>The grain is put out of memory.</summary>
    Evict,

    /// <summary>The clock of the machine is set back.</summary>
    ClockBack,
}

/// <summary>Where it can go wrong.</summary>
public enum Stage
{
    /// <summary>A message waits, its turn has not run.</summary>
    BeforeFold,

    /// <summary>The turn has run, its commit has not begun.</summary>
    AfterFold,

    /// <summary>The batch is closed, nothing of it is written.</summary>
    CommitBegins,

    /// <summary>In the middle of the transaction.</summary>
    DuringCommit,

    /// <summary>Durable, no reply sent.</summary>
    AfterCommit,

    /// <summary>Replied, no effect delivered.</summary>
    AfterReply,

    /// <summary>A grain has moved: the message goes on to where it moved.</summary>
    Forwarding,

    /// <summary>An effect leaves the outbox for its grain.</summary>
    Delivery,

    /// <summary>The effect was carried out and is still in the outbox.</summary>
    BeforeRemoval,

    /// <summary>A wake-up is due.</summary>
    WakeUpDue,

    /// <summary>The wake-up was carried out and is still asked for.</summary>
    WakeUpRemoval,

    /// <summary>After a checkpoint, journal entries whose retention has ended are removed.</summary>
    Retention,

    /// <summary>Another definition is put in force.</summary>
    Replacement,

    /// <summary>A state was refolded under the other definition; how far that got is noted.</summary>
    Refolding,

    /// <summary>A state is read into memory.</summary>
    Activation,

    /// <summary>A journal is read for a turn.</summary>
    HistoryRead,

    /// <summary>A turn reads rows.</summary>
    RowRead,

    /// <summary>The process starts and reads the image.</summary>
    Recovery,

    /// <summary>A customer's keys are closed, what lies under them is removed, or its erasure is completed.</summary>
    Erasing,

    /// <summary>A client sends.</summary>
    ClientSends,

    /// <summary>A subscriber reads.</summary>
    SubscriberReads,
}
