using System.Buffers;
using System.Text;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// A cohort: customers as they were chosen at a moment, a row each under the id they had then, and one that says what
/// the cohort is. Who reads it follows merges from there. Its root has nothing of its own, so that it can be made anew.
/// </summary>
public sealed class CohortGrain : IGrain
{
    /// <summary>Most members of a cohort.</summary>
    public const int MaxMembers = 200_000;

    /// <summary>Most customers of one message.</summary>
    public const int MaxBatch = 1_000;

    /// <summary>Most characters of a name.</summary>
    public const int MaxNameChars = 128;

    /// <summary>The row that says what the cohort is; it comes before its members.</summary>
    public const string HeaderRow = "h";

    /// <summary>First character of the row of a member; the customer id follows.</summary>
    public const string MemberPrefix = "m";

    private static readonly SearchValues<char> NameChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    /// <inheritdoc/>
    public GrainKind Kind => GrainKind.Cohort;

    /// <summary>The address of a cohort by its name.</summary>
    public static GrainKey KeyOf(string name) => new(GrainKind.Cohort, name);

    /// <summary>Whether a text can be a cohort's name: letters, digits, _ and -.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaxNameChars } && !name.AsSpan().ContainsAnyExcept(NameChars);

    /// <summary>The row of a member.</summary>
    public static string RowOf(string customer) => MemberPrefix + customer;

    /// <summary>The customer id of a member's row.</summary>
    public static string MemberOf(GrainRow row) => row.Row[MemberPrefix.Length..];

    /// <inheritdoc/>
    public GrainState Create(GrainKey key, TwinPlan plan) => new TableState();

    /// <inheritdoc/>
    public GrainState Decode(GrainKey key, ReadOnlySpan<byte> stored, PlanCatalog plans) => TableForm.Read(stored);

    /// <inheritdoc/>
    public void Encode(GrainState state, IBufferWriter<byte> output) => TableForm.Write(state, output);

    /// <inheritdoc/>
    public void EncodeMessage(GrainMessage message, IBufferWriter<byte> output) =>
        throw new ArgumentException(
            $"{message.GetType().Name} does not travel as an effect.", nameof(message));

    /// <inheritdoc/>
    public GrainMessage DecodeMessage(ReadOnlySpan<byte> stored) =>
        throw new InvalidDataException("No message to a cohort travels as an effect.");

    /// <inheritdoc/>
    public bool Concerns(GrainRow row, DataSubject subject) =>
        row.Row.StartsWith(MemberPrefix, StringComparison.Ordinal) && subject.Is(MemberOf(row));

    /// <inheritdoc/>
    /// <remarks>A member's row has its id in UTF-8.</remarks>
    public IReadOnlyList<byte[]> TracesOf(DataSubject subject) =>
        [.. subject.Customers.Select(Encoding.UTF8.GetBytes)];

    /// <inheritdoc/>
    public TurnResult Handle(GrainMessage message, Turn turn)
    {
        var header = turn.Rows.Find(HeaderRow) is { } row ? CohortHeader.Read(row.Span) : null;
        return (message, header) switch
        {
            (CohortMessage.Begin, not null) => Unchanged(new CohortReply.Taken()),
            (CohortMessage.Begin begin, null) => Changed(turn, Reply.Done.Instance, [Row(begin.Header)]),
            (CohortMessage.Add add, { IsFixed: false }) => Add(add, header, turn),
            (CohortMessage.Fix, { IsFixed: false }) =>
                Changed(turn, Reply.Done.Instance, [Row(header with { IsFixed = true })]),
            (CohortMessage.Add or CohortMessage.Fix, _) => Unchanged(new CohortReply.Closed()),
            (CohortMessage.Discard, not null) => Discard(header, turn),
            (CohortMessage.Discard, null) => Unchanged(new CohortReply.Discarded(IsAll: true)),
            (GrainMessage.RemoveRows removal, not null) => Remove(removal, header, turn),
            _ => Unchanged(Reply.Done.Instance),
        };
    }

    private static TurnResult.Outcome Add(CohortMessage.Add add, CohortHeader header, Turn turn)
    {
        if (add.Customers.Count > MaxBatch)
        {
            throw new ArgumentException(
                $"{add.Customers.Count} customers at a time; at most {MaxBatch} may come.", nameof(add));
        }
        List<RowChange> rows =
        [
            .. add.Customers.Distinct(StringComparer.Ordinal).Where(id => turn.Rows.Find(RowOf(id)) is null)
                .Select(id => new RowChange(RowOf(id), ValueOf(id))),
        ];
        if (rows.Count == 0) return Unchanged(Reply.Done.Instance);
        if (header.Members + rows.Count > MaxMembers) return Unchanged(new CohortReply.Full(MaxMembers));
        rows.Add(Row(header with { Members = header.Members + rows.Count }));
        return Changed(turn, Reply.Done.Instance, rows);
    }

    private static TurnResult.Outcome Remove(GrainMessage.RemoveRows removal, CohortHeader header, Turn turn)
    {
        List<RowChange> rows =
        [
            .. removal.Rows.Where(row => row != HeaderRow && turn.Rows.Find(row) is not null)
                .Select(row => new RowChange(row, null)),
        ];
        if (rows.Count == 0) return Unchanged(Reply.Done.Instance);
        rows.Add(Row(header with
        {
            Members = header.Members - rows.Count,
            Erased = header.Erased + rows.Count,
        }));
        return Changed(turn, Reply.Done.Instance, rows);
    }

    private static TurnResult.Outcome Discard(CohortHeader header, Turn turn)
    {
        List<RowChange> rows =
            [.. turn.Rows.Range(MemberPrefix, MaxBatch).Select(row => new RowChange(row.Row, null))];
        var isAll = rows.Count < MaxBatch;
        // What is half gone takes nobody in any more.
        rows.Add(isAll
            ? new RowChange(HeaderRow, null)
            : Row(header with { Members = header.Members - rows.Count, IsFixed = true }));
        return Changed(turn, new CohortReply.Discarded(isAll), rows);
    }

    private static byte[] ValueOf(string customer) => Envelope.Seal(Encoding.UTF8.GetBytes(customer));

    private static RowChange Row(CohortHeader header) => new(HeaderRow, header.Write());

    private static TurnResult.Outcome Changed(Turn turn, Reply reply, IReadOnlyList<RowChange> rows)
    {
        turn.State.Version++;
        return new TurnResult.Outcome(reply) { Rows = rows };
    }

    private static TurnResult.Outcome Unchanged(Reply reply) => new(reply) { Changed = false };
}
