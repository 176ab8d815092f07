using System.Buffers;
using DToC.Grains;
using DToC.Learn.Simulating;
using DToC.Learn.Synthetic;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;
using GeneratedCustomer = DToC.Learn.Synthetic.CustomerHistory;

namespace DToC.SimulationFigures;

/// <summary>
/// Members of a generated population, folded by the real fold and stored as a host stores them. So many different ones
/// are made; of more each is there several times under ids of their own, so that each runs a path of its own.
/// </summary>
internal sealed class FoldedMembers
{
    private const int MostDifferent = 20_000;
    private const ulong Seed = 20_261_123;

    private readonly List<byte[]> _states = [];

    private FoldedMembers(TwinPlan plan, Instant asOf) => (Plan, AsOf) = (plan, asOf);

    /// <summary>The definition.</summary>
    public TwinPlan Plan { get; }

    /// <summary>The moment the states are of.</summary>
    public Instant AsOf { get; }

    /// <summary>Members that differ.</summary>
    public int Different => _states.Count;

    /// <summary>Makes them.</summary>
    /// <param name="definition">Name of a shipped definition and of a profile.</param>
    /// <param name="members">Members there are to be.</param>
    public static FoldedMembers Make(string definition, int members)
    {
        var profile = ProfileReader.Read(definition) is { Profile: { } known }
            ? known
            : throw new InvalidOperationException($"There is no profile '{definition}'.");
        var asOf = Instant.From(profile.Start).PlusMs(profile.Days * Instant.DayMs);
        var made = new FoldedMembers(PlanOf(definition), asOf);
        var population = new Population(profile, Seed);
        var buffer = new ArrayBufferWriter<byte>();
        for (var i = 0; made._states.Count < Math.Min(members, MostDifferent); i++)
        {
            if (made.Fold(population.Customer(i)) is not { } state) continue;
            buffer.ResetWrittenCount();
            CustomerCodec.Write(new CustomerActivation(state), buffer);
            made._states.Add(buffer.WrittenSpan.ToArray());
        }
        return made;
    }

    /// <summary>So many of them in memory, each with a copy of its own.</summary>
    public KeptMembers Keep(int members)
    {
        var kept = new KeptMembers();
        for (var i = 0; i < members; i++) kept.Add($"customer-{i}", _states[i % _states.Count], groups: 0);
        return kept;
    }

    private CustomerState? Fold(GeneratedCustomer customer)
    {
        if (customer.Truth.JoinedAt >= AsOf) return null;
        var state = new CustomerState(Plan);
        Array.Fill(state.Consents, new ConsentRecord(ConsentStatus.Granted, AsOf, "bench") { IsExplicit = true });
        var reader = new EventReader(Plan.Events, EventLimits.Default);
        foreach (var generated in customer.Events)
        {
            var reading = reader.Read(generated.ToUtf8(), generated.Time.PlusMs(1));
            if (reading is not EventReading.Read { Event: var e })
                throw new InvalidOperationException($"An event of the profile is not one of the definition: {reading}");
            if (e.OccurredAt > AsOf) break;
            CommutativeFold.Apply(state, e);
            OrderedFold.Apply(state, e);
        }
        return state.EventCount == 0 ? null : state;
    }

    private static TwinPlan PlanOf(string definition)
    {
        var bytes = ShippedDefinitions.Find(definition)
            ?? throw new InvalidOperationException($"No definition '{definition}' ships.");
        return TwinPlan.Load(bytes, definition) switch
        {
            PlanCompilation.Compiled compiled => compiled.Plan,
            PlanCompilation.Invalid invalid => throw new InvalidOperationException(string.Join('\n', invalid.Errors)),
            var other => throw new InvalidOperationException($"Unknown compilation {other.GetType().Name}."),
        };
    }
}
