using System.Buffers;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Learn.Simulating;

/// <summary>A member of a past moment and what it bought before and after.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Inputs">Inputs of the model of purchases as of the moment: x, t_x, T.</param>
/// <param name="Spend">Repeat purchases and their mean spend as of the moment; NaN where nothing says so.</param>
/// <param name="Before">
/// Purchases in as much time before the moment as is looked ahead; null where that lies before what is kept.
/// </param>
/// <param name="Bought">Purchases from the moment to the end of each week after it.</param>
/// <param name="Spent">What was spent on them, in the currency; NaN where no model says what an order is worth.</param>
internal sealed record PastMember(
    string Id, double[] Inputs, double[] Spend, double? Before, double[] Bought, double[] Spent);

/// <summary>
/// Reads members as they were at a past moment, folded anew from their journals, and beside them what came: purchases
/// as the model of purchases counts them, days with one or more.
/// </summary>
internal sealed class PastMembers(ITwinHost host, Instant at, int weeks)
{
    private const int PageSize = 256;
    private const long WeekMs = 7 * Instant.DayMs;

    private readonly PlanCatalog _plans = host.Plans;
    private readonly Vectors _vectors = new(host.Plans.Current);
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>The members' states of the moment.</summary>
    public KeptMembers States { get; } = new();

    /// <summary>The members, in the order of <see cref="States"/>.</summary>
    public List<PastMember> Members { get; } = [];

    /// <summary>Customers whose journal does not reach back to the moment.</summary>
    public long TooOld { get; private set; }

    /// <summary>Reads them.</summary>
    /// <param name="customers">Most of them.</param>
    /// <param name="progress">Told after each customer; null for nobody.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task ReadAsync(
        long customers, Action<long>? progress, CancellationToken cancellation)
    {
        var moments = MomentsOf();
        var simulation = _plans.Current.Simulation
            ?? throw new InvalidOperationException(SimulationPlan.WhyNot(_plans.Current));
        var read = 0L;
        await foreach (var page in host.ReadAllAsync(GrainKind.Customer, null, PageSize, cancellation))
        {
            foreach (var (key, stored) in page.States)
            {
                if (States.Count >= customers) return;
                var today = CustomerCodec.Read(stored.Bytes.Span, _plans).Twin;
                if (today.MovedTo is null) await ReadAsync(key, today, moments, simulation, cancellation);
                progress?.Invoke(++read);
            }
        }
    }

    private async ValueTask ReadAsync(
        GrainKey key, CustomerState today, List<Instant> moments, SimulationPlan simulation,
        CancellationToken cancellation)
    {
        var entries = await host.ReadJournalAsync(key, today, cancellation);
        var history = CustomerHistory.Read(new History(entries), key, _plans, today);
        var (place, isOld) = (0, false);
        double? before = null;
        var now = Purchases.None;
        byte[]? encoded = null;
        var (bought, spent) = (new double[weeks], new double[weeks]);
        foreach (var state in history.AsOf(moments, today))
        {
            var (moment, n) = (moments[place], place++);
            var then = state is null ? (Purchases?)null : PurchasesOf(state, moment, simulation);
            if (n == 0) before = then?.Count;
            else if (n == 1)
            {
                if (state is null) isOld = true;
                if (state is null || state.FirstAt.IsNever || state.FirstAt > moment) break;
                now = then ?? Purchases.None;
                encoded = Encoded(state);
            }
            else (bought[n - 2], spent[n - 2]) = ((then ?? now).Count - now.Count, (then ?? now).Sum - now.Sum);
        }
        if (isOld) TooOld++;
        if (encoded is null) return;
        States.Add(key.Id, encoded, groups: 0);
        Members.Add(new PastMember(
            key.Id, now.Inputs, [now.Inputs[0], now.MeanSpend], now.Count - before, bought, spent));
    }

    // As long before as ahead, the moment, and the end of each week.
    private List<Instant> MomentsOf() =>
        [at.PlusMs(-weeks * WeekMs), .. Enumerable.Range(0, weeks + 1).Select(week => at.PlusMs(week * WeekMs))];

    private Purchases PurchasesOf(CustomerState state, Instant moment, SimulationPlan simulation)
    {
        if (state.FirstAt.IsNever || state.FirstAt > moment) return Purchases.None;
        FeatureReader.Fill(_vectors, state, moment);
        Scorer.ScoreAll(_vectors);
        var inputs = InputsOf(simulation.Purchases, 3);
        if (double.IsNaN(inputs[0])) return Purchases.None;
        var mean = simulation.Spend < 0 ? double.NaN : InputsOf(simulation.Spend, 2)[1];
        var sum = simulation.Spend < 0 ? double.NaN : inputs[0] > 0 ? inputs[0] * mean : 0;
        return new Purchases(inputs, inputs[0] + 1, mean, sum);
    }

    private double[] InputsOf(int model, int count)
    {
        var inputs = new double[count];
        ((ModelPlan.OfModel)_vectors.Plan.Models[model]).ReadInto(_vectors.Numbers, inputs);
        return inputs;
    }

    private byte[] Encoded(CustomerState state)
    {
        _buffer.ResetWrittenCount();
        CustomerCodec.Write(new CustomerActivation(state), _buffer);
        return _buffer.WrittenSpan.ToArray();
    }

    private readonly record struct Purchases(double[] Inputs, double Count, double MeanSpend, double Sum)
    {
        public static readonly Purchases None = new([double.NaN, double.NaN, double.NaN], 0, double.NaN, 0);
    }
}
