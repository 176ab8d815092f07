using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Http.Tests;

/// <summary>The embedded host, with a place where a test can answer in its stead or make it wait.</summary>
internal sealed class InterceptedHost(ITwinHost inner) : ITwinHost
{
    /// <summary>Asked before each message; a reply is given back in place of the host's.</summary>
    public Func<GrainKey, GrainMessage, Task<Reply?>>? Intercept { get; set; }

    /// <summary>Called before a row is read; may throw as a disk that fails does.</summary>
    public Action<GrainKey>? BeforeRow { get; set; }

    /// <summary>Touchpoint events that were sent so far.</summary>
    public int EventsSent;

    public PlanCatalog Plans => inner.Plans;

    public async ValueTask<Reply> SendAsync(
        GrainKey key, GrainMessage message, CancellationToken cancellation)
    {
        if (message is CustomerMessage.Observe observe) Interlocked.Add(ref EventsSent, observe.Events.Count);
        if (Intercept is { } intercept && await intercept(key, message) is { } reply) return reply;
        return await inner.SendAsync(key, message, cancellation);
    }

    public ValueTask<StoredState?> ReadAsync(GrainKey key, CancellationToken cancellation) =>
        inner.ReadAsync(key, cancellation);

    public ValueTask<SegmentsReading> ReadSegmentsAsync(CancellationToken cancellation) =>
        inner.ReadSegmentsAsync(cancellation);

    public ValueTask<IReadOnlyList<GrainRow>> ReadRowsAsync(
        GrainKey key, string from, int limit, CancellationToken cancellation) =>
        inner.ReadRowsAsync(key, from, limit, cancellation);

    public ValueTask<ReadOnlyMemory<byte>?> ReadRowAsync(
        GrainKey key, string row, CancellationToken cancellation)
    {
        BeforeRow?.Invoke(key);
        return inner.ReadRowAsync(key, row, cancellation);
    }

    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(
        GrainKey key, CancellationToken cancellation) =>
        inner.ReadJournalAsync(key, cancellation);

    public IAsyncEnumerable<Published> SubscribeAsync(
        Topic topic, string? cursor, CancellationToken cancellation) =>
        inner.SubscribeAsync(topic, cursor, cancellation);

    public ValueTask ReplaceDefinitionAsync(TwinPlan plan, CancellationToken cancellation) =>
        inner.ReplaceDefinitionAsync(plan, cancellation);

    public ValueTask<IReadOnlyList<GrainKey>> ListAsync(
        GrainKind kind, string after, int limit, CancellationToken cancellation) =>
        inner.ListAsync(kind, after, limit, cancellation);

    public IAsyncEnumerable<KeptRecord> ReadKeptAsync(DataSubject subject, CancellationToken cancellation) =>
        inner.ReadKeptAsync(subject, cancellation);

    public ValueTask<ErasureReceipt> EraseAsync(
        DataSubject subject, string by, CancellationToken cancellation) =>
        inner.EraseAsync(subject, by, cancellation);

    public Instant ErasedUntil(GrainKey key) => inner.ErasedUntil(key);

    public ValueTask<ReadmissionAnswer> ReadmitAsync(
        string token, Instant? since, string by, CancellationToken cancellation) =>
        inner.ReadmitAsync(token, since, by, cancellation);

    public ValueTask<Readmission?> FindReadmissionAsync(string token, CancellationToken cancellation) =>
        inner.FindReadmissionAsync(token, cancellation);

    public IAsyncEnumerable<StatePage> ReadAllAsync(
        GrainKind kind, string? cursor, int pageSize, CancellationToken cancellation) =>
        inner.ReadAllAsync(kind, cursor, pageSize, cancellation);

    public HostStatus Status() => inner.Status();
}
