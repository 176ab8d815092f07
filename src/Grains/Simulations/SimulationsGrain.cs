using System.Buffers;
using System.Globalization;
using System.Text;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// The table of simulations. Of each a row says what it is; others hold the request, the customers it names, the state
/// kept on the way and the result, the last two in pieces. Its root has nothing of its own, so that it can be made
/// anew.
/// </summary>
public sealed class SimulationsGrain : IGrain
{
    /// <summary>The table's one address.</summary>
    public static readonly GrainKey Key = new(GrainKind.Simulations, "all");

    /// <summary>Most simulations; of more, the one that was asked for first among those that have ended goes.</summary>
    public const int MaxKept = 100;

    /// <summary>Of them, most that have not ended.</summary>
    public const int MaxOpen = 16;

    /// <summary>Most pieces of a state on the way, and of a result.</summary>
    public const int MaxParts = 64;

    /// <summary>Most bytes of a piece.</summary>
    public const int MaxPartBytes = 1 << 20;

    /// <summary>First characters of the row that says what a simulation is; its id follows.</summary>
    public const string HeaderPrefix = "a/";

    private const string NamedPrefix = "n/";
    private const int RowsAtOnce = 4 * MaxParts;

    /// <inheritdoc/>
    public GrainKind Kind => GrainKind.Simulations;

    /// <summary>The row that says what a simulation is.</summary>
    public static string HeaderRow(string id) => HeaderPrefix + id;

    /// <summary>The row of what was asked for.</summary>
    public static string RequestRow(string id) => $"q/{id}";

    /// <summary>The row of the customers that were asked of.</summary>
    public static string AskedRow(string id) => $"{NamedPrefix}{id}/asked";

    /// <summary>The row of the customers that the result names.</summary>
    public static string NamedRow(string id) => $"{NamedPrefix}{id}/named";

    /// <summary>The row of a piece of a state on the way.</summary>
    public static string KeptRow(string id, int generation, int part) =>
        string.Create(CultureInfo.InvariantCulture, $"{Kept(id)}{generation:d8}/{part:d2}");

    /// <summary>The row of a piece of a result.</summary>
    public static string ResultRow(string id, int part) =>
        string.Create(CultureInfo.InvariantCulture, $"{Result(id)}{part:d2}");

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
        throw new InvalidDataException("No message to the table of simulations travels as an effect.");

    /// <inheritdoc/>
    public bool Concerns(GrainRow row, DataSubject subject) =>
        row.Row.StartsWith(NamedPrefix, StringComparison.Ordinal)
            && NamedCustomers.Read(row.Value.Span).Any(named => subject.Is(named.Customer));

    /// <inheritdoc/>
    /// <remarks>A row that names customers has their ids in UTF-8.</remarks>
    public IReadOnlyList<byte[]> TracesOf(DataSubject subject) =>
        [.. subject.Customers.Select(Encoding.UTF8.GetBytes)];

    /// <inheritdoc/>
    public TurnResult Handle(GrainMessage message, Turn turn) => message switch
    {
        SimulationsMessage.Add add => Add(add, turn),
        SimulationsMessage.Begin begin => Change(begin.Id, turn, header => [Row(header with
        {
            State = SimulationState.Running,
            Started = header.Started.IsNever ? turn.Now : header.Started,
        })]),
        SimulationsMessage.AddKept kept => Change(kept.Id, turn, _ =>
            [Part(KeptRow(kept.Id, kept.Generation, kept.Part.Number), kept.Part)]),
        SimulationsMessage.Keep keep => Change(keep.Id, turn, header => Keep(keep, header, turn)),
        SimulationsMessage.AddResult result => Change(result.Id, turn, _ =>
            [Part(ResultRow(result.Id, result.Part.Number), result.Part)]),
        SimulationsMessage.End end => Change(end.Id, turn, header => End(end, header, turn)),
        SimulationsMessage.Remove remove => turn.Rows.Find(HeaderRow(remove.Id)) is null
            ? Unchanged(new SimulationsReply.NotOpen())
            : Changed(turn, Reply.Done.Instance, AllOf(remove.Id, turn)),
        GrainMessage.RemoveRows removal => Remove(removal, turn),
        _ => Unchanged(Reply.Done.Instance),
    };

    private static TurnResult.Outcome Add(SimulationsMessage.Add add, Turn turn)
    {
        var known = turn.Rows.Range(HeaderPrefix, MaxKept).TakeWhile(IsHeader)
            .Select(row => SimulationHeader.Read(row.Value.Span)).ToList();
        if (known.Count(header => !header.HasEnded) >= MaxOpen) return Unchanged(new SimulationsReply.Full(MaxOpen));
        // In the order of their ids, which is that in which they were asked for.
        List<string> removed =
        [
            .. known.Where(header => header.HasEnded).Take(Math.Max(0, known.Count + 1 - MaxKept))
                .Select(header => header.Id),
        ];
        List<RowChange> rows = [.. removed.SelectMany(id => AllOf(id, turn))];
        rows.Add(Row(add.Header));
        rows.Add(new RowChange(RequestRow(add.Header.Id), Envelope.Seal(add.Request.Span)));
        if (add.Asked.Count > 0)
            rows.Add(new RowChange(AskedRow(add.Header.Id), NamedCustomers.Write(add.Asked)));
        return Changed(turn, new SimulationsReply.Added(removed), rows);
    }

    private static List<RowChange> Keep(SimulationsMessage.Keep keep, SimulationHeader header, Turn turn)
    {
        var counts = $"{Kept(keep.Id)}{keep.Generation.ToString("d8", CultureInfo.InvariantCulture)}/";
        List<RowChange> rows =
        [
            .. Under(Kept(keep.Id), turn).Where(row => !row.StartsWith(counts, StringComparison.Ordinal))
                .Select(Gone),
        ];
        rows.Add(Row(header with
        {
            Generation = keep.Generation,
            KeptParts = keep.Parts,
            PathsDone = keep.PathsDone,
            Ground = keep.Ground,
        }));
        return rows;
    }

    private static List<RowChange> End(SimulationsMessage.End end, SimulationHeader header, Turn turn)
    {
        List<RowChange> rows = [.. Under(Kept(end.Id), turn).Select(Gone)];
        rows.Add(Row(header with
        {
            State = end.State,
            Ended = turn.Now,
            Note = end.Note,
            ResultParts = end.ResultParts,
            PathsDone = end.PathsDone,
            Ground = end.Ground ?? header.Ground,
            Generation = 0,
            KeptParts = 0,
        }));
        if (end.Named.Count > 0) rows.Add(new RowChange(NamedRow(end.Id), NamedCustomers.Write(end.Named)));
        return rows;
    }

    /// <summary>Takes those who were erased out of the rows that name them; who else is named there stays.</summary>
    private static TurnResult.Outcome Remove(GrainMessage.RemoveRows removal, Turn turn)
    {
        List<RowChange> rows = [];
        Dictionary<string, int> erased = new(StringComparer.Ordinal);
        foreach (var row in removal.Rows)
        {
            if (!row.StartsWith(NamedPrefix, StringComparison.Ordinal)) continue;
            if (turn.Rows.Find(row) is not { } value) continue;
            var named = NamedCustomers.Read(value.Span);
            List<NamedCustomer> staying = removal.Customers.Count == 0 ? [] :
                [.. named.Where(one => !removal.Customers.Contains(one.Customer, StringComparer.Ordinal))];
            if (staying.Count == named.Count) continue;
            rows.Add(staying.Count == 0 ? Gone(row) : new RowChange(row, NamedCustomers.Write(staying)));
            var id = row.Split('/')[1];
            erased[id] = erased.GetValueOrDefault(id) + named.Count - staying.Count;
        }
        if (rows.Count == 0) return Unchanged(Reply.Done.Instance);
        foreach (var (id, count) in erased)
        {
            if (turn.Rows.Find(HeaderRow(id)) is not { } stored) continue;
            var header = SimulationHeader.Read(stored.Span);
            rows.Add(Row(header with { Erased = header.Erased + count }));
        }
        return Changed(turn, Reply.Done.Instance, rows);
    }

    private static TurnResult.Outcome Change(
        string id, Turn turn, Func<SimulationHeader, IReadOnlyList<RowChange>> rows)
    {
        if (turn.Rows.Find(HeaderRow(id)) is not { } stored) return Unchanged(new SimulationsReply.NotOpen());
        var header = SimulationHeader.Read(stored.Span);
        return header.HasEnded
            ? Unchanged(new SimulationsReply.NotOpen())
            : Changed(turn, Reply.Done.Instance, rows(header));
    }

    private static IEnumerable<RowChange> AllOf(string id, Turn turn) =>
    [
        Gone(HeaderRow(id)), Gone(RequestRow(id)), Gone(AskedRow(id)), Gone(NamedRow(id)),
        .. Under(Kept(id), turn).Select(Gone), .. Under(Result(id), turn).Select(Gone),
    ];

    private static IEnumerable<string> Under(string prefix, Turn turn) => turn.Rows.Range(prefix, RowsAtOnce)
        .Select(row => row.Row).TakeWhile(row => row.StartsWith(prefix, StringComparison.Ordinal));

    private static RowChange Part(string row, SimulationPart part)
    {
        if (part.Number is < 0 or >= MaxParts || part.Bytes.Length > MaxPartBytes)
        {
            throw new ArgumentException(
                $"Piece {part.Number} of {part.Bytes.Length} bytes; at most {MaxParts} of {MaxPartBytes} may come.",
                nameof(part));
        }
        return new RowChange(row, Envelope.Seal(part.Bytes.Span));
    }

    private static bool IsHeader(GrainRow row) => row.Row.StartsWith(HeaderPrefix, StringComparison.Ordinal);

    private static string Kept(string id) => $"k/{id}/";

    private static string Result(string id) => $"r/{id}/";

    private static RowChange Gone(string row) => new(row, null);

    private static RowChange Row(SimulationHeader header) => new(HeaderRow(header.Id), header.Write());

    private static TurnResult.Outcome Changed(Turn turn, Reply reply, IEnumerable<RowChange> rows)
    {
        turn.State.Version++;
        return new TurnResult.Outcome(reply) { Rows = [.. rows] };
    }

    private static TurnResult.Outcome Unchanged(Reply reply) => new(reply) { Changed = false };
}
