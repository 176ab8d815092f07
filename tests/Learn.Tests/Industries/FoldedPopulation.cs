using DToC.Learn.Synthetic;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Features;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Learn.Tests.Industries;

/// <summary>Customers of a shipped profile folded by the shipped definition of the same name, as of a moment.</summary>
internal sealed class FoldedPopulation
{
    private readonly List<(Truth Truth, CustomerState State, double[] Numbers)> _members = [];

    public FoldedPopulation(string industry, int customers, double shareOfSpan, ulong seed = 11)
    {
        Plan = Load(industry);
        var profile = ProfileReader.Read(industry).Profile
            ?? throw new InvalidOperationException($"no profile {industry}");
        AsOf = Instant.From(profile.Start).PlusMs((long)(profile.Days * shareOfSpan * Instant.DayMs));
        var population = new Population(profile, seed);
        for (var i = 0; i < customers; i++) Add(population.Customer(i));
    }

    public TwinPlan Plan { get; }
    public Instant AsOf { get; }
    public int Count => _members.Count;
    public IEnumerable<CustomerState> States => _members.Select(m => m.State);

    /// <summary>Values of a feature or score, with who they belong to; missing ones left out.</summary>
    public IReadOnlyList<(Truth Truth, double Value)> Values(string name)
    {
        var slot = Array.IndexOf(Plan.Vector.NumberNames, name);
        Assert.True(slot >= 0, $"no number {name}");
        return [.. _members.Where(m => double.IsFinite(m.Numbers[slot])).Select(m => (m.Truth, m.Numbers[slot]))];
    }

    public IReadOnlyList<string> Stages =>
        [.. _members.Select(m => Plan.Fold.Journey.Stages[FeatureReader.Stage(m.State, AsOf).Stage])];

    /// <summary>Probability that a member for whom the fact holds has the higher value (ties count half).</summary>
    public double Auc(string name, Func<Truth, bool?> fact)
    {
        var values = Values(name).Select(v => (Fact: fact(v.Truth), v.Value)).Where(v => v.Fact is not null).ToList();
        var (yes, no) =
            (values.Where(v => v.Fact == true).Select(v => v.Value).ToList(),
                values.Where(v => v.Fact == false).Select(v => v.Value).ToList());
        Assert.True(yes.Count >= 10 && no.Count >= 10, $"{name}: {yes.Count} against {no.Count} members say little");
        return yes.Average(y => no.Average(n => y > n ? 1.0 : y == n ? 0.5 : 0));
    }

    /// <summary>Splits members by a latent: its upper third against its lower third.</summary>
    public Func<Truth, bool?> UpperThird(Func<Truth, double> latent)
    {
        var sorted = _members.Select(m => latent(m.Truth)).Order().ToList();
        var (low, high) = (sorted[sorted.Count / 3], sorted[sorted.Count * 2 / 3]);
        return truth => latent(truth) <= low ? false : latent(truth) >= high ? true : null;
    }

    public Func<Truth, bool?> UpperThird(string latent) =>
        UpperThird(truth => truth.Latents.Single(l => l.Key == latent).Value);

    /// <summary>Members active now who leave within a time, against those who stay.</summary>
    public Func<Truth, bool?> LeavesWithin(double days) => truth =>
        truth.ChurnedAt is { } left ? left <= AsOf ? null : left <= AsOf.PlusMs((long)(days * Instant.DayMs)) : false;

    /// <summary>Members who left more than some days ago, against those still active.</summary>
    public Func<Truth, bool?> LeftBefore(double days) => truth =>
        truth.ChurnedAt is not { } left || left > AsOf ? false
        : left < AsOf.PlusMs((long)(-days * Instant.DayMs)) ? true : null;

    private void Add(CustomerHistory customer)
    {
        if (customer.Truth.JoinedAt >= AsOf) return;
        var state = new CustomerState(Plan);
        Array.Fill(state.Consents, new ConsentRecord(ConsentStatus.Granted, AsOf, "test") { IsExplicit = true });
        var reader = new EventReader(Plan.Events, EventLimits.Default);
        foreach (var generated in customer.Events)
        {
            var reading = reader.Read(generated.ToUtf8(), generated.Time.PlusMs(1));
            if (reading is EventReading.Rejected rejected) Assert.Fail($"{rejected.Field}: {rejected.Message}");
            var e = ((EventReading.Read)reading).Event;
            if (e.OccurredAt > AsOf) break;
            CommutativeFold.Apply(state, e);
            OrderedFold.Apply(state, e);
        }
        if (state.EventCount == 0) return;
        var vectors = new Vectors(Plan);
        FeatureReader.Fill(vectors, state, AsOf);
        Scorer.ScoreAll(vectors);
        _members.Add((customer.Truth, state, vectors.Numbers));
    }

    private static TwinPlan Load(string industry)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "DToC.sln"))) root = root.Parent;
        Assert.NotNull(root);
        var file = Path.Combine(root.FullName, "definitions", industry + ".jsonc");
        return TwinPlan.Load(File.ReadAllBytes(file), file) switch
        {
            PlanCompilation.Compiled compiled => compiled.Plan,
            PlanCompilation.Invalid invalid => throw new InvalidOperationException(string.Join('\n', invalid.Errors)),
            var other => throw new InvalidOperationException(other.ToString()),
        };
    }
}
