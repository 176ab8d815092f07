using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>
/// 20 probes: 0 to 2 move to 17 to 19 in the middle of their scripts, 15 and 16 compete for a scarce lease,
/// all others have two clients each that add, write rows, publish, send, ask for wake-ups and spend.
/// </summary>
public sealed class ProbeWorkload : Workload
{
    private const int KeyCount = 20;
    private const int Movers = 3;
    private const int FirstSpender = 15;
    private const int LastSpender = 16;
    private const long ScarceAmount = 40;
    private const long PlentyAmount = 1_000_000;
    private const long NearMs = 60_000;
    private const long FarMs = 100 * NearMs;
    private static readonly TwinPlan Second = ProbePlans.Of("2");
    private static readonly Instant Start = SimulatedHost.Start;

    /// <inheritdoc/>
    public override GrainCatalog Grains => GrainCatalog.Empty.With(() => new ProbeGrain());

    /// <inheritdoc/>
    public override TwinPlan Plan => ProbePlans.First;

    /// <inheritdoc/>
    public override Topic Topic => Topic.Probe;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, long> Leases { get; } =
        new SortedDictionary<string, long>(StringComparer.Ordinal)
        {
            ["scarce"] = ScarceAmount,
            ["plenty"] = PlentyAmount,
        };

    /// <inheritdoc/>
    public override TwinPlan ReadPlan(ReadOnlyMemory<byte> source) => ProbePlans.Known(source);

    /// <inheritdoc/>
    public override Script Draw(ulong seed)
    {
        var draws = new SeededDraws(seed);
        var clients = new List<IReadOnlyList<ScriptStep>>();
        for (var key = 0; key < KeyCount; key++)
        {
            var isSpender = key is FirstSpender or LastSpender;
            var writers = key < Movers ? 1 : 2;
            for (var writer = 0; writer < writers; writer++)
            {
                clients.Add(isSpender ? Spend(key, writer, draws) : Write(key, writer, draws));
            }
        }
        var order = clients.OrderBy(_ => draws.Next()).ToList();
        return new Script(
            order, [.. Enumerable.Range(0, KeyCount).Select(Key)],
            draws.Percent(50) ? Second : null, Start.PlusMs(NearMs));
    }

    /// <inheritdoc/>
    public override Verdict Judge(Script script, ScheduleEnd end, ScheduleEnd faultless)
    {
        var judgement = new ProbeJudgement(script, end, faultless);
        var problems = judgement.Problems(key => key == Key(FirstSpender) || key == Key(LastSpender), ScarceAmount);
        return new Verdict([.. problems], []);
    }

    private static GrainKey Key(int number) => ProbeGrain.Key(Name(number));

    private static string Name(int number) => $"k{number:d2}";

    private static List<ScriptStep> Spend(int key, int writer, SeededDraws draws) =>
        [.. Enumerable.Range(0, 6)
            .Select(n => new ProbeMessage.Spend($"s{writer}-{n}", At(n, draws), "scarce", draws.Between(1, 6)))
            .Select(spend => new ScriptStep(Key(key), spend))];

    private static List<ScriptStep> Write(int key, int writer, SeededDraws draws)
    {
        var steps = new List<ScriptStep>();
        var count = draws.Between(6, 8);
        for (var n = 0; n < count; n++)
        {
            if (key < Movers && n == count / 2)
            {
                steps.Add(new ScriptStep(Key(key), new ProbeMessage.Move(Name(KeyCount - 1 - key))));
            }
            var message = Message($"{key}-{writer}", n, At(n, draws), draws);
            if (message is ProbeMessage.Command command) message = command with { Addressee = Name(key) };
            steps.Add(new ScriptStep(Key(key), message, message is ProbeMessage.Poison));
        }
        return steps;
    }

    /// <summary>
    /// Mostly in order, sometimes late: a late command makes the probe ask for its history.
    /// </summary>
    private static Instant At(int number, SeededDraws draws) =>
        Start.PlusMs(number * 1_000 + draws.Below(1_000) - (draws.Percent(15) ? 5_000 : 0));

    /// <summary>Rows and wake-ups are the client's own: two clients may come in any order.</summary>
    private static GrainMessage Message(string client, int number, Instant at, SeededDraws draws)
    {
        var id = $"{client}-{number}";
        var draw = draws.Below(100);
        return draw switch
        {
            < 22 => new ProbeMessage.Add(id, at, draws.Between(1, 1_000)),
            < 25 => new ProbeMessage.Rewrite(id, at),
            < 40 => new ProbeMessage.Pass(id, at, Name(draws.Below(KeyCount)), draws.Between(1, 100)),
            < 55 => new ProbeMessage.Tell(id, at),
            < 67 => new ProbeMessage.Put(id, at, $"row {client} {draws.Below(2)}", id),
            < 72 => new ProbeMessage.Put(id, at, $"row {client} {draws.Below(2)}", null),
            < 82 => new ProbeMessage.Wake(id, at, $"near {id}", Start.PlusMs(draws.Below((int)NearMs))),
            < 86 => new ProbeMessage.Wake(id, at, $"far {client}", Start.PlusMs(FarMs + draws.Below(9))),
            < 88 => new ProbeMessage.Wake(id, at, $"far {client}", Instant.Never),
            < 93 => new ProbeMessage.Spend(id, at, "plenty", draws.Between(1, 10)),
            < 96 => new GrainMessage.TakeCheckpoint(),
            < 98 => new ProbeMessage.Refuse("asked for"),
            _ => new ProbeMessage.Poison(),
        };
    }
}
